using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>The state is h and the working space of z, h̃ and one more row.</summary>
internal sealed class ManagedMinGru(MinGruLayer layer, int inputSize, Func<string, float[]> own) : IManagedLayer
{
    private readonly PackedMatrix _weight = new(own("weight"), 2 * layer.HiddenSize, inputSize, own("bias"));

    public int InputSize => inputSize;

    public int OutputSize => layer.HiddenSize;

    public int StateSize => 4 * OutputSize;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        int n = OutputSize;
        Span<float> h = state[..n], parts = state.Slice(n, 2 * n);
        _weight.Multiply(input, parts);
        Advance(parts, state.Slice(3 * n, n), h);
        // Working space is no part of a state.
        state[n..].Clear();
        h.CopyTo(output);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        int n = OutputSize;
        using RentedFloats parts = RentedFloats.Of(steps * 2 * n), work = RentedFloats.Of(n), h = RentedFloats.Zeros(n);
        _weight.Multiply(input, parts.Values, steps);
        for (int t = 0; t < steps; t++)
        {
            Advance(parts.Values.Slice(t * 2 * n, 2 * n), work.Values, h.Values);
            h.Values.CopyTo(output[(t * n)..]);
        }
    }

    private void Advance(Span<float> parts, Span<float> work, Span<float> h)
    {
        Span<float> z = parts[..OutputSize];
        TensorPrimitives.Negate(z, z);
        ManagedMinimalCell.Advance(z, parts[OutputSize..], work, h);
    }
}
