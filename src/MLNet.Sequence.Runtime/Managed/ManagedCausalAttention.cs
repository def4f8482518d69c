using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>
/// The state is the keys and values of the last Window steps, as rings, and room for one step: queries, keys and values, the
/// weights of the attention, and what was attended to. A step costs one pass over the rings.
/// </summary>
internal sealed class ManagedCausalAttention : IManagedLayer
{
    private readonly PackedMatrix _in, _out;
    private readonly float[] _biasIn, _biasOut;
    private readonly double[] _angles;
    private readonly int _heads, _window, _width;

    public ManagedCausalAttention(CausalAttention layer, int inputSize, Func<string, float[]> own)
    {
        (InputSize, _heads, _window, _width) = (inputSize, layer.Heads, layer.Window, inputSize / layer.Heads);
        _in = new PackedMatrix(own("weight_in"), 3 * inputSize, inputSize);
        _out = new PackedMatrix(own("weight_out"), inputSize, inputSize);
        (_biasIn, _biasOut) = (own("bias_in"), own("bias_out"));
        _angles = [.. Enumerable.Range(0, _width / 2).Select(pair => CausalAttention.Angle(pair, _width))];
    }

    public int InputSize { get; }

    public int OutputSize => InputSize;

    public int StateSize => (2 * _window + 4) * InputSize + _window;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        int size = InputSize, ring = _window * size, newest = (int)(time % _window) * size;
        Span<float> keys = state[..ring], values = state.Slice(ring, ring), parts = state.Slice(2 * ring, 3 * size);
        Span<float> attended = state.Slice(2 * ring + 3 * size, size), weights = state[^_window..];
        _biasIn.CopyTo(parts);
        _in.MultiplyAdd(input, parts);
        Turn(parts[..(2 * size)], time);
        parts.Slice(size, size).CopyTo(keys.Slice(newest, size));
        parts.Slice(2 * size, size).CopyTo(values.Slice(newest, size));
        // A sum over steps does not ask in which order they lie in the ring.
        weights = weights[..(int)Math.Min(time + 1, _window)];
        for (int from = 0; from < size; from += _width)
        {
            Attend(parts.Slice(from, _width), keys[from..], weights);
            Span<float> head = attended.Slice(from, _width);
            head.Clear();
            for (int step = 0; step < weights.Length; step++)
                TensorPrimitives.MultiplyAdd(values.Slice(step * size + from, _width), weights[step], head, head);
        }

        _biasOut.CopyTo(output);
        _out.MultiplyAdd(attended, output);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        var state = new float[StateSize];
        for (int t = 0; t < steps; t++)
            Step(input.Slice(t * InputSize, InputSize), output.Slice(t * OutputSize, OutputSize), state, t);
    }

    // softmax(q·k / √d) over the steps of the ring
    private void Attend(ReadOnlySpan<float> query, ReadOnlySpan<float> keys, Span<float> weights)
    {
        float scale = 1 / MathF.Sqrt(_width);
        for (int step = 0; step < weights.Length; step++)
            weights[step] = scale * TensorPrimitives.Dot(query, keys.Slice(step * InputSize, _width));
        // From the largest down, so that no exponential overflows.
        TensorPrimitives.Subtract(weights, TensorPrimitives.Max(weights), weights);
        TensorPrimitives.Exp(weights, weights);
        TensorPrimitives.Divide(weights, TensorPrimitives.Sum(weights), weights);
    }

    // Queries and keys of all heads; the angles in double precision, for a stream may be long.
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
