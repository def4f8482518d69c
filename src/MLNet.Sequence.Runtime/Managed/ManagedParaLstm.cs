using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>The state is h, c and the working space of f, o and n.</summary>
internal sealed class ManagedParaLstm(ParaLstmLayer layer, int inputSize, Func<string, float[]> own) : IManagedLayer
{
    private readonly PackedMatrix _weight = new(own("weight"), 3 * layer.HiddenSize, inputSize, own("bias"));
    private readonly float[] _recurrent = own("recurrent"), _peephole = own("peephole");

    public int InputSize => inputSize;

    public int OutputSize => layer.HiddenSize;

    public int StateSize => 5 * OutputSize;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        int n = OutputSize;
        Span<float> h = state[..n], parts = state.Slice(2 * n, 3 * n);
        _weight.Multiply(input, parts);
        Advance(parts, h, state.Slice(n, n), output);
        // Working space is no part of a state.
        parts.Clear();
        output[..n].CopyTo(h);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        int n = OutputSize;
        using RentedFloats parts = RentedFloats.Of(steps * 3 * n), c = RentedFloats.Zeros(n), zeros = RentedFloats.Zeros(n);
        _weight.Multiply(input, parts.Values, steps);
        ReadOnlySpan<float> h = zeros.Values;
        for (int t = 0; t < steps; t++)
        {
            Span<float> next = output.Slice(t * n, n);
            Advance(parts.Values.Slice(t * 3 * n, 3 * n), h, c.Values, next);
            h = next;
        }
    }

    /// <param name="parts">The input's part of f, o and n; overwritten.</param>
    /// <param name="h">The hidden state before.</param>
    /// <param name="c">The cell state, before and after.</param>
    /// <param name="next">The hidden state after.</param>
    private void Advance(Span<float> parts, ReadOnlySpan<float> h, Span<float> c, Span<float> next)
    {
        int n = OutputSize;
        Span<float> f = parts[..n], o = parts.Slice(n, n), fresh = parts.Slice(2 * n, n);
        ReadOnlySpan<float> recurrent = _recurrent, peephole = _peephole;
        for (int part = 0; part < 3; part++)
            TensorPrimitives.MultiplyAdd(recurrent.Slice(part * n, n), h, parts.Slice(part * n, n), parts.Slice(part * n, n));
        TensorPrimitives.MultiplyAdd(peephole[..n], c, f, f);
        TensorPrimitives.Sigmoid(f, f);
        TensorPrimitives.Tanh(fresh, fresh);
        // c' = n + f (c − n)
        TensorPrimitives.Subtract(c, fresh, c);
        TensorPrimitives.MultiplyAdd(f, c, fresh, c);
        TensorPrimitives.MultiplyAdd(peephole[n..], c, o, o);
        TensorPrimitives.Sigmoid(o, o);
        TensorPrimitives.Tanh(c, next);
        TensorPrimitives.Multiply(next, o, next);
    }
}
