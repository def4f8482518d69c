using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>Without a memory it attends to its own input, of which only whole sequences are possible: a step would have to see later steps.</summary>
internal sealed class ManagedCrossAttention : IManagedLayer
{
    private readonly PackedMatrix _query, _memory, _out;
    private readonly AttentionHeads _heads;
    private readonly int _memorySize;
    private readonly HeadRotation? _rotation;

    public ManagedCrossAttention(CrossAttention layer, int inputSize, Func<string, float[]> own)
    {
        (InputSize, _memorySize, _heads) = (inputSize, layer.MemorySize ?? inputSize, new AttentionHeads(inputSize, inputSize / layer.Heads));
        _rotation = layer.Rotary ? new HeadRotation(inputSize / layer.Heads) : null;
        _query = new PackedMatrix(own("weight_query"), inputSize, inputSize, own("bias_query"));
        _memory = new PackedMatrix(own("weight_memory"), 2 * inputSize, _memorySize, own("bias_memory"));
        _out = new PackedMatrix(own("weight_out"), inputSize, inputSize, own("bias_out"));
    }

    public int InputSize { get; }

    public int OutputSize => InputSize;

    public int StateSize => 0;

    public bool CanStep => false;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time) =>
        throw new NotSupportedException("Attention to all steps cannot be computed step by step.");

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps) => Remember(input[..(steps * InputSize)]).Run(input, output, steps);

    public IManagedLayer Remember(ReadOnlySpan<float> memory, AttentionTrace? trace = null)
    {
        int steps = memory.Length / _memorySize;
        var parts = new float[steps * 2 * InputSize];
        _memory.Multiply(memory, parts, steps);
        for (int s = 0; s < steps && _rotation is not null; s++)
            _rotation.Turn(parts.AsSpan(s * 2 * InputSize, InputSize), s);
        return new Remembering(this, parts, steps, trace);
    }

    /// <summary>
    /// With the keys and values of a memory. The state is working space for one step: queries, the attention's result and the attention
    /// weights.
    /// </summary>
    private sealed class Remembering(ManagedCrossAttention of, float[] parts, int steps, AttentionTrace? trace) : IManagedLayer
    {
        public int InputSize => of.InputSize;

        public int OutputSize => of.InputSize;

        public int StateSize => IManagedLayer.Size(2L * InputSize + steps);

        public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
        {
            int size = InputSize;
            Span<float> query = state[..size], attended = state.Slice(size, size);
            of._query.Multiply(input, query);
            of._rotation?.Turn(query, time);
            of._heads.Attend(query, parts, 2 * size, state.Slice(2 * size, steps), attended, trace);
            of._out.Multiply(attended, output);
        }

        public void Run(ReadOnlySpan<float> input, Span<float> output, int rows)
        {
            int size = InputSize;
            float[] queries = new float[rows * size], attended = new float[rows * size], weights = new float[steps];
            of._query.Multiply(input, queries, rows);
            for (int t = 0; t < rows; t++)
            {
                of._rotation?.Turn(queries.AsSpan(t * size, size), t);
                of._heads.Attend(queries.AsSpan(t * size, size), parts, 2 * size, weights, attended.AsSpan(t * size, size));
            }

            of._out.Multiply(attended, output, rows);
        }
    }
}
