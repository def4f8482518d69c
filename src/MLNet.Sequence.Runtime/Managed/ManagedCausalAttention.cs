using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>
/// The state is the keys and values of the last Window steps, as a ring, and working space for one step: queries, keys and values, the
/// attention weights, and the attention's result. A step costs one pass over the ring.
/// </summary>
internal sealed class ManagedCausalAttention : IManagedLayer
{
    private readonly PackedMatrix _in, _out;
    private readonly double[] _angles;
    private readonly AttentionHeads _attention;
    private readonly int _window, _width;

    public ManagedCausalAttention(CausalAttention layer, int inputSize, Func<string, float[]> own)
    {
        (InputSize, _window, _width) = (inputSize, layer.Window, inputSize / layer.Heads);
        _attention = new AttentionHeads(inputSize, _width);
        _in = new PackedMatrix(own("weight_in"), 3 * inputSize, inputSize, own("bias_in"));
        _out = new PackedMatrix(own("weight_out"), inputSize, inputSize, own("bias_out"));
        _angles = [.. Enumerable.Range(0, layer.Rotary ? _width / 2 : 0).Select(pair => CausalAttention.Angle(pair, _width))];
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
        Turn(parts[..row], time);
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
            Turn(parts.AsSpan(t * row, 2 * size), t);
            int seen = Math.Min(t + 1, _window);
            ReadOnlySpan<float> past = parts.AsSpan((t + 1 - seen) * row + size);
            _attention.Attend(parts.AsSpan(t * row, size), past, row, weights.AsSpan(0, seen), attended.AsSpan(t * size, size));
        }

        _out.Multiply(attended, output, steps);
    }

    // Queries and keys of all heads; the angles in double precision, because a stream may be long.
    private void Turn(Span<float> x, long time)
    {
        for (int pair = 0; pair < _angles.Length; pair++)
        {
            (double sin, double cos) = Math.SinCos(time * _angles[pair]);
            for (int i = 2 * pair; i < x.Length; i += _width)
            {
                (float a, float b) = (x[i], x[i + 1]);
                (x[i], x[i + 1]) = ((float)(a * cos - b * sin), (float)(a * sin + b * cos));
            }
        }
    }
}
