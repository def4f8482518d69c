using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>Only whole sequences: a step would have to see later steps.</summary>
internal sealed class ManagedCrossAttention : IManagedLayer
{
    private readonly PackedMatrix _query, _memory, _out;
    private readonly AttentionHeads _heads;
    private readonly int _memorySize;

    public ManagedCrossAttention(CrossAttention layer, int inputSize, Func<string, float[]> own)
    {
        (InputSize, _memorySize, _heads) = (inputSize, layer.MemorySize ?? inputSize, new AttentionHeads(inputSize, inputSize / layer.Heads));
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

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps) => Run(input, output, steps, input[..(steps * InputSize)]);

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps, ReadOnlySpan<float> memory)
    {
        int size = InputSize, remembered = memory.Length / _memorySize;
        float[] queries = new float[steps * size], parts = new float[remembered * 2 * size], attended = new float[steps * size],
            weights = new float[remembered];
        _query.Multiply(input, queries, steps);
        _memory.Multiply(memory, parts, remembered);
        for (int t = 0; t < steps; t++)
            _heads.Attend(queries.AsSpan(t * size, size), parts, 2 * size, weights, attended.AsSpan(t * size, size));
        _out.Multiply(attended, output, steps);
    }
}
