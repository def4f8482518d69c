using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>
/// The state is the keys and values of the last Window steps, as a ring, and working space for one step: queries, keys and values, the
/// attention weights, and the attention's result. A step costs one pass over the ring.
/// </summary>
internal sealed class ManagedCausalAttention : IManagedLayer
{
    private readonly PackedMatrix _in, _out;
    private readonly HeadRotation? _rotation;
    private readonly AttentionHeads _attention;
    private readonly int _window;

    public ManagedCausalAttention(CausalAttention layer, int inputSize, Func<string, float[]> own)
    {
        int width = inputSize / layer.Heads;
        (InputSize, _window, _attention) = (inputSize, layer.Window, new AttentionHeads(inputSize, width));
        _in = new PackedMatrix(own("weight_in"), 3 * inputSize, inputSize, own("bias_in"));
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
        _in.Multiply(input, parts);
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
        _in.Multiply(input, parts, steps);
        for (int t = 0; t < steps; t++)
        {
            _rotation?.Turn(parts.AsSpan(t * row, 2 * size), t);
            int seen = Math.Min(t + 1, _window);
            ReadOnlySpan<float> past = parts.AsSpan((t + 1 - seen) * row + size);
            _attention.Attend(parts.AsSpan(t * row, size), past, row, weights.AsSpan(0, seen), attended.AsSpan(t * size, size));
        }

        _out.Multiply(attended, output, steps);
    }
}
