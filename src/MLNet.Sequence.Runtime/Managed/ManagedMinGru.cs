using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>The state is h and the working space of z, h̃ and one more row.</summary>
internal sealed class ManagedMinGru(MinGruLayer layer, int inputSize, Func<string, float[]> own) : IManagedLayer
{
    private readonly PackedMatrix _weight = new(own("weight"), 2 * layer.HiddenSize, inputSize);
    private readonly float[] _bias = own("bias");

    public int InputSize => inputSize;

    public int OutputSize => layer.HiddenSize;

    public int StateSize => 4 * OutputSize;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        int n = OutputSize;
        Span<float> h = state[..n], parts = state.Slice(n, 2 * n), z = parts[..n];
        _bias.CopyTo(parts);
        _weight.MultiplyAdd(input, parts);
        TensorPrimitives.Negate(z, z);
        ManagedMinimalCell.Advance(z, parts[n..], state.Slice(3 * n, n), h);
        h.CopyTo(output);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        var state = new float[StateSize];
        for (int t = 0; t < steps; t++)
            Step(input.Slice(t * InputSize, InputSize), output.Slice(t * OutputSize, OutputSize), state, t);
    }
}
