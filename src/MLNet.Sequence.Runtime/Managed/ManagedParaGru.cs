using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>The state is h and the working space of z, r and n.</summary>
internal sealed class ManagedParaGru(ParaGruLayer layer, int inputSize, Func<string, float[]> own) : IManagedLayer
{
    private readonly PackedMatrix _weight = new(own("weight"), 3 * layer.HiddenSize, inputSize, own("bias"));
    private readonly float[] _recurrent = own("recurrent");

    public int InputSize => inputSize;

    public int OutputSize => layer.HiddenSize;

    public int StateSize => 4 * OutputSize;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        int n = OutputSize;
        Span<float> h = state[..n], parts = state.Slice(n, 3 * n);
        _weight.Multiply(input, parts);
        Advance(parts, h, output);
        // Working space is no part of a state.
        parts.Clear();
        output[..n].CopyTo(h);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        int n = OutputSize;
        using RentedFloats parts = RentedFloats.Of(steps * 3 * n), zeros = RentedFloats.Zeros(n);
        _weight.Multiply(input, parts.Values, steps);
        ReadOnlySpan<float> h = zeros.Values;
        for (int t = 0; t < steps; t++)
        {
            Span<float> next = output.Slice(t * n, n);
            Advance(parts.Values.Slice(t * 3 * n, 3 * n), h, next);
            h = next;
        }
    }

    /// <param name="parts">The input's part of z, r and n; overwritten.</param>
    /// <param name="h">The state before.</param>
    /// <param name="next">The state after.</param>
    private void Advance(Span<float> parts, ReadOnlySpan<float> h, Span<float> next)
    {
        int n = OutputSize;
        Span<float> z = parts[..n], r = parts.Slice(n, n), fresh = parts.Slice(2 * n, n);
        ReadOnlySpan<float> recurrent = _recurrent;
        TensorPrimitives.MultiplyAdd(recurrent[..n], h, z, z);
        TensorPrimitives.MultiplyAdd(recurrent.Slice(n, n), h, r, r);
        TensorPrimitives.Sigmoid(parts[..(2 * n)], parts[..(2 * n)]);
        TensorPrimitives.Multiply(r, h, r);
        TensorPrimitives.MultiplyAdd(recurrent.Slice(2 * n, n), r, fresh, fresh);
        TensorPrimitives.Tanh(fresh, fresh);
        // h' = h + z (n − h)
        TensorPrimitives.Subtract(fresh, h, fresh);
        TensorPrimitives.MultiplyAdd(z, fresh, h, next);
    }
}
