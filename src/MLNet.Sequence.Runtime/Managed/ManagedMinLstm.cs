using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>The state is h and the working space of f, i, h̃ and two more rows.</summary>
internal sealed class ManagedMinLstm(MinLstmLayer layer, int inputSize, Func<string, float[]> own) : IManagedLayer
{
    private readonly PackedMatrix _weight = new(own("weight"), 3 * layer.HiddenSize, inputSize, own("bias"));

    public int InputSize => inputSize;

    public int OutputSize => layer.HiddenSize;

    public int StateSize => 6 * OutputSize;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        int n = OutputSize;
        Span<float> h = state[..n], parts = state.Slice(n, 3 * n);
        _weight.Multiply(input, parts);
        Advance(parts, state.Slice(4 * n, 2 * n), h);
        // Working space is no part of a state.
        state[n..].Clear();
        h.CopyTo(output);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        int n = OutputSize;
        using RentedFloats parts = RentedFloats.Of(steps * 3 * n), work = RentedFloats.Of(2 * n), h = RentedFloats.Zeros(n);
        _weight.Multiply(input, parts.Values, steps);
        for (int t = 0; t < steps; t++)
        {
            Advance(parts.Values.Slice(t * 3 * n, 3 * n), work.Values, h.Values);
            h.Values.CopyTo(output[(t * n)..]);
        }
    }

    private void Advance(Span<float> parts, Span<float> work, Span<float> h)
    {
        int n = OutputSize;
        Span<float> gates = parts[..(2 * n)];
        // f / (f + i) = σ(ln f − ln i)
        LogSigmoid(gates, work);
        TensorPrimitives.Subtract(gates[..n], gates[n..], gates[..n]);
        ManagedMinimalCell.Advance(gates[..n], parts[(2 * n)..], work[..n], h);
    }

    // ln σ(x) = min(x, 0) − ln(1 + e^−|x|), which does not overflow.
    private static void LogSigmoid(Span<float> x, Span<float> work)
    {
        TensorPrimitives.Abs(x, work);
        TensorPrimitives.Negate(work, work);
        TensorPrimitives.Exp(work, work);
        TensorPrimitives.LogP1(work, work);
        TensorPrimitives.Min(x, 0, x);
        TensorPrimitives.Subtract(x, work, x);
    }
}
