using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>The state is r, c, and the working space of the gates and of o tanh(c).</summary>
internal sealed class ManagedProjectedLstm : IManagedLayer
{
    private readonly PackedMatrix _input, _recurrent, _projection;
    private readonly int _units;

    public ManagedProjectedLstm(ProjectedLstmLayer layer, int inputSize, Func<string, float[]> own)
    {
        (InputSize, OutputSize, _units) = (inputSize, layer.ProjectionSize, layer.HiddenSize);
        float[] bias = [.. own("bias_ih")];
        // The biases of both parts only appear as a sum.
        TensorPrimitives.Add(bias, own("bias_hh"), bias);
        _input = new PackedMatrix(own("weight_ih"), 4 * _units, inputSize, bias);
        _recurrent = new PackedMatrix(own("weight_hh"), 4 * _units, OutputSize);
        _projection = new PackedMatrix(own("weight_hr"), OutputSize, _units);
    }

    public int InputSize { get; }

    public int OutputSize { get; }

    public int StateSize => IManagedLayer.Size(OutputSize + 6L * _units);

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        int n = _units;
        Span<float> r = state[..OutputSize], c = state.Slice(OutputSize, n), work = state[(OutputSize + n)..];
        Span<float> gates = work[..(4 * n)], hidden = work[(4 * n)..];
        _input.Multiply(input, gates);
        Advance(gates, r, new Cells(c, hidden), output);
        // Working space is no part of a state.
        work.Clear();
        output[..OutputSize].CopyTo(r);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        int width = 4 * _units;
        using RentedFloats gates = RentedFloats.Of(steps * width), c = RentedFloats.Zeros(_units), hidden = RentedFloats.Of(_units);
        using RentedFloats zeros = RentedFloats.Zeros(OutputSize);
        _input.Multiply(input, gates.Values, steps);
        ReadOnlySpan<float> r = zeros.Values;
        for (int t = 0; t < steps; t++)
        {
            Span<float> next = output.Slice(t * OutputSize, OutputSize);
            Advance(gates.Values.Slice(t * width, width), r, new Cells(c.Values, hidden.Values), next);
            r = next;
        }
    }

    /// <param name="gates">The input's part of i, f, g and o; overwritten.</param>
    /// <param name="r">The projection before.</param>
    /// <param name="cells">c, before and after; and working space for o tanh(c).</param>
    /// <param name="next">The projection after.</param>
    private void Advance(Span<float> gates, ReadOnlySpan<float> r, Cells cells, Span<float> next)
    {
        int n = _units;
        Span<float> c = cells.Cell, hidden = cells.Hidden;
        _recurrent.MultiplyAdd(r, gates);
        Span<float> i = gates[..n], f = gates.Slice(n, n), g = gates.Slice(2 * n, n), o = gates.Slice(3 * n, n);
        TensorPrimitives.Sigmoid(gates[..(2 * n)], gates[..(2 * n)]);
        TensorPrimitives.Tanh(g, g);
        TensorPrimitives.Sigmoid(o, o);
        // c' = f c + i g
        TensorPrimitives.Multiply(f, c, c);
        TensorPrimitives.MultiplyAdd(i, g, c, c);
        TensorPrimitives.Tanh(c, hidden);
        TensorPrimitives.Multiply(hidden, o, hidden);
        _projection.Multiply(hidden, next);
    }

    private readonly ref struct Cells(Span<float> cell, Span<float> hidden)
    {
        public readonly Span<float> Cell = cell, Hidden = hidden;
    }
}
