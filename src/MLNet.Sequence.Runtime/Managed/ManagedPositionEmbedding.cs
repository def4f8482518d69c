using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

internal sealed class ManagedPositionEmbedding(PositionEmbedding layer, int size, Func<string, float[]> own) : IManagedLayer
{
    private readonly float[] _vectors = own("weight");

    public int InputSize => size;

    public int OutputSize => size;

    public int StateSize => 0;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time) =>
        TensorPrimitives.Add(input, _vectors.AsSpan((int)Math.Min(time, layer.Positions - 1) * size, size), output);

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        for (int t = 0; t < steps; t++)
            Step(input.Slice(t * size, size), output.Slice(t * size, size), default, t);
    }

    public ISelectedLayer Select(int[] wanted, int steps) => new SelectedEach(this, wanted);
}
