using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>
/// The state is the keys and values of the last Window steps, as a ring, and working space for one step: queries, keys and values, the
/// attention weights, and the attention's result. A step costs one pass over the ring.
/// </summary>
internal sealed class ManagedCausalAttention : IManagedLayer
{
    private readonly PackedMatrix _query, _pairs, _out;
    private readonly HeadRotation? _rotation;
    private readonly AttentionHeads _attention;
    private readonly int _window;

    public ManagedCausalAttention(CausalAttention layer, int inputSize, Func<string, float[]> own)
    {
        int width = inputSize / layer.Heads;
        (InputSize, _window, _attention) = (inputSize, layer.Window, new AttentionHeads(inputSize, width));
        float[] weight = own("weight_in"), bias = own("bias_in");
        _query = new PackedMatrix(weight.AsSpan(0, inputSize * inputSize), inputSize, inputSize, bias.AsSpan(0, inputSize));
        _pairs = new PackedMatrix(weight.AsSpan(inputSize * inputSize), 2 * inputSize, inputSize, bias.AsSpan(inputSize));
        _out = new PackedMatrix(own("weight_out"), inputSize, inputSize, own("bias_out"));
        _rotation = layer.Rotary ? new HeadRotation(width) : null;
    }

    public int InputSize { get; }

    public int OutputSize => InputSize;

    public int StateSize => IManagedLayer.Size((2L * _window + 4) * InputSize + _window);

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        int size = InputSize, row = 2 * size;
        Span<float> ring = state[..(_window * row)], parts = state.Slice(_window * row, 3 * size);
        Span<float> attended = state.Slice(_window * row + 3 * size, size), weights = state[^_window..];
        _query.Multiply(input, parts);
        _pairs.Multiply(input, parts[size..]);
        _rotation?.Turn(parts[..row], time);
        parts[size..].CopyTo(ring.Slice((int)(time % _window) * row, row));
        // A sum over steps does not depend on their order in the ring.
        _attention.Attend(parts[..size], ring, row, weights[..(int)Math.Min(time + 1, _window)], attended);
        _out.Multiply(attended, output);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        int size = InputSize, row = 3 * size;
        float[] parts = new float[steps * row], attended = new float[steps * size], weights = new float[Math.Min(steps, _window)];
        _query.Multiply(input, size, parts, row, steps);
        _pairs.Multiply(input, size, parts.AsSpan(size), row, steps);
        for (int t = 0; t < steps; t++)
        {
            _rotation?.Turn(parts.AsSpan(t * row, 2 * size), t);
            int seen = Math.Min(t + 1, _window);
            ReadOnlySpan<float> past = parts.AsSpan((t + 1 - seen) * row + size);
            _attention.Attend(parts.AsSpan(t * row, size), past, row, weights.AsSpan(0, seen), attended.AsSpan(t * size, size));
        }

        _out.Multiply(attended, output, steps);
    }

    public ISelectedLayer Select(int[] wanted, int steps) => new SelectedAttention(this, _window, wanted);

    /// <summary>Keys and values of steps.</summary>
    /// <param name="input">[times, InputSize].</param>
    /// <param name="times">The number of steps before each.</param>
    /// <param name="pairs">[times, 2 × InputSize], filled: of each step its keys, then its values.</param>
    public void Pairs(ReadOnlySpan<float> input, int[] times, Span<float> pairs)
    {
        _pairs.Multiply(input, pairs, times.Length);
        for (int i = 0; i < times.Length; i++)
            _rotation?.Turn(pairs.Slice(i * 2 * InputSize, InputSize), times[i]);
    }

    /// <summary>The queries of steps.</summary>
    /// <param name="input">[times, InputSize].</param>
    /// <param name="times">The number of steps before each.</param>
    /// <param name="queries">[times, InputSize], filled.</param>
    public void Queries(ReadOnlySpan<float> input, int[] times, Span<float> queries)
    {
        _query.Multiply(input, queries, times.Length);
        for (int i = 0; i < times.Length; i++)
            _rotation?.Turn(queries.Slice(i * InputSize, InputSize), times[i]);
    }

    /// <summary>The attention of a query over neighbouring steps.</summary>
    /// <param name="query">[InputSize].</param>
    /// <param name="pairs">Keys and values of the steps, of the first one first.</param>
    /// <param name="weights">Working space: one value for each step that it sees.</param>
    /// <param name="attended">[InputSize], filled.</param>
    public void Attend(ReadOnlySpan<float> query, ReadOnlySpan<float> pairs, Span<float> weights, Span<float> attended) =>
        _attention.Attend(query, pairs, 2 * InputSize, weights, attended);

    /// <summary>From the attention of heads to the output.</summary>
    public void Project(ReadOnlySpan<float> attended, Span<float> output, int steps) => _out.Multiply(attended, output, steps);
}
