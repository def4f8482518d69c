using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>The state is h, c and the working space of the four gates.</summary>
internal sealed class ManagedLstm : IManagedLayer
{
    private readonly PackedMatrix _input, _recurrent;
    private readonly float[] _bias;

    public ManagedLstm(LstmLayer layer, int inputSize, Func<string, float[]> own)
    {
        (InputSize, OutputSize) = (inputSize, layer.HiddenSize);
        _input = new PackedMatrix(own("weight_ih"), 4 * OutputSize, inputSize);
        _recurrent = new PackedMatrix(own("weight_hh"), 4 * OutputSize, OutputSize);
        _bias = new float[4 * OutputSize];
        TensorPrimitives.Add(own("bias_ih"), own("bias_hh"), _bias);
    }

    public int InputSize { get; }

    public int OutputSize { get; }

    public int StateSize => 6 * OutputSize;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        int n = OutputSize;
        Span<float> h = state[..n], gates = state.Slice(2 * n, 4 * n);
        _input.Multiply(input, _bias, gates);
        Advance(h, state.Slice(n, n), gates, output);
        output.CopyTo(h);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        int n = OutputSize;
        var gates = new float[steps * 4 * n];
        _input.Multiply(input, _bias, gates, steps);
        var c = new float[n];
        ReadOnlySpan<float> h = new float[n];
        for (int t = 0; t < steps; t++)
        {
            Span<float> next = output.Slice(t * n, n);
            Advance(h, c, gates.AsSpan(t * 4 * n, 4 * n), next);
            h = next;
        }
    }

    /// <param name="h">The hidden state before.</param>
    /// <param name="c">The cell state, before and after.</param>
    /// <param name="gates">The input's contribution for i, f, g and o; overwritten.</param>
    /// <param name="next">The hidden state after.</param>
    private void Advance(ReadOnlySpan<float> h, Span<float> c, Span<float> gates, Span<float> next)
    {
        int n = OutputSize;
        _recurrent.MultiplyAdd(h, gates);
        Span<float> i = gates[..n], f = gates.Slice(n, n), g = gates.Slice(2 * n, n), o = gates.Slice(3 * n, n);
        TensorPrimitives.Sigmoid(gates[..(2 * n)], gates[..(2 * n)]);
        TensorPrimitives.Tanh(g, g);
        TensorPrimitives.Sigmoid(o, o);
        TensorPrimitives.Multiply(f, c, c);
        TensorPrimitives.MultiplyAdd(i, g, c, c);
        TensorPrimitives.Tanh(c, next);
        TensorPrimitives.Multiply(next, o, next);
    }
}
