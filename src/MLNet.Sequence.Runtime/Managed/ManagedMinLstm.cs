using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>The state is h and the working space of f, i, h̃ and two more rows.</summary>
internal sealed class ManagedMinLstm(MinLstmLayer layer, int inputSize, Func<string, float[]> own) : IManagedLayer
{
    private readonly PackedMatrix _weight = new(own("weight"), 3 * layer.HiddenSize, inputSize);
    private readonly float[] _bias = own("bias");

    public int InputSize => inputSize;

    public int OutputSize => layer.HiddenSize;

    public int StateSize => 6 * OutputSize;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        int n = OutputSize;
        Span<float> h = state[..n], parts = state.Slice(n, 3 * n), gates = parts[..(2 * n)], work = state.Slice(4 * n, 2 * n);
        _bias.CopyTo(parts);
        _weight.MultiplyAdd(input, parts);
        // f / (f + i) = σ(ln f − ln i)
        LogSigmoid(gates, work);
        TensorPrimitives.Subtract(gates[..n], gates[n..], gates[..n]);
        ManagedMinimalCell.Advance(gates[..n], parts[(2 * n)..], work[..n], h);
        h.CopyTo(output);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        var state = new float[StateSize];
        for (int t = 0; t < steps; t++)
            Step(input.Slice(t * InputSize, InputSize), output.Slice(t * OutputSize, OutputSize), state, t);
    }

    // ln σ(x) = min(x, 0) − ln(1 + e^−|x|), in which nothing overflows.
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
