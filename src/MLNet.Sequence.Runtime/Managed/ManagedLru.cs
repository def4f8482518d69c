using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>The state is x, real parts and then imaginary ones, and the working space of the next x.</summary>
internal sealed class ManagedLru : IManagedLayer
{
    private readonly int _states;
    private readonly PackedMatrix _in, _out;
    private readonly float[] _real, _imaginary, _minusImaginary, _skip;

    public ManagedLru(LruLayer layer, int inputSize, Func<string, float[]> own)
    {
        (InputSize, _states) = (inputSize, layer.States);
        float[] nu = own("nu_log"), theta = own("theta_log"), gamma = own("gamma_log");
        _real = [.. nu.Zip(theta, (n, t) => (float)(Math.Exp(-Math.Exp(n)) * Math.Cos(Math.Exp(t))))];
        _imaginary = [.. nu.Zip(theta, (n, t) => (float)(Math.Exp(-Math.Exp(n)) * Math.Sin(Math.Exp(t))))];
        _minusImaginary = [.. _imaginary.Select(value => -value)];
        // γ multiplies rows of B: once, in advance.
        float[] into = [.. own("weight_in").Select((value, i) => (float)(value * Math.Exp(gamma[i / inputSize % _states])))];
        _in = new PackedMatrix(into, 2 * _states, inputSize);
        _out = new PackedMatrix(own("weight_out"), inputSize, 2 * _states);
        _skip = own("skip");
    }

    public int InputSize { get; }

    public int OutputSize => InputSize;

    public int StateSize => 4 * _states;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        Span<float> x = state[..(2 * _states)], next = state.Slice(2 * _states, 2 * _states);
        _in.Multiply(input, next);
        Advance(x, next);
        next.CopyTo(x);
        TensorPrimitives.Multiply(_skip, input, output);
        _out.MultiplyAdd(x, output);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        int size = 2 * _states;
        using RentedFloats rented = RentedFloats.Of(steps * size);
        Span<float> states = rented.Values;
        _in.Multiply(input, states, steps);
        for (int t = 1; t < steps; t++)
            Advance(states.Slice((t - 1) * size, size), states.Slice(t * size, size));
        for (int t = 0; t < steps; t++)
            TensorPrimitives.Multiply(_skip, input.Slice(t * InputSize, InputSize), output.Slice(t * InputSize, InputSize));
        _out.MultiplyAdd(states, output, steps);
    }

    /// <param name="x">The state before.</param>
    /// <param name="next">The input's contribution; then the state after.</param>
    private void Advance(ReadOnlySpan<float> x, Span<float> next)
    {
        int n = _states;
        Span<float> real = next[..n], imaginary = next.Slice(n, n);
        TensorPrimitives.MultiplyAdd(_real, x[..n], real, real);
        TensorPrimitives.MultiplyAdd(_minusImaginary, x[n..], real, real);
        TensorPrimitives.MultiplyAdd(_real, x[n..], imaginary, imaginary);
        TensorPrimitives.MultiplyAdd(_imaginary, x[..n], imaginary, imaginary);
    }
}
