using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

internal sealed class ManagedEmbedding(Embedding layer, Func<string, float[]> own) : IManagedLayer
{
    private readonly float[] _weight = own("weight");
    private readonly float _scale = (float)layer.Scale;

    public int InputSize => 1;

    public int OutputSize => layer.Size;

    public int StateSize => 0;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time) =>
        TensorPrimitives.Multiply(_weight.AsSpan((int)input[0] * layer.Size, layer.Size), _scale, output);

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        for (int t = 0; t < steps; t++)
            Step(input.Slice(t, 1), output.Slice(t * OutputSize, OutputSize), default, t);
    }

    public ISelectedLayer Select(int[] wanted, int steps) => new SelectedTogether(this, wanted);
}
