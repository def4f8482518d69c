using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

internal sealed class ManagedClamp(Clamp layer, int size) : IManagedLayer
{
    private readonly float _limit = (float)layer.Limit;

    public int InputSize => size;

    public int OutputSize => size;

    public int StateSize => 0;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time) => Apply(input, output);

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps) => Apply(input, output);

    public ISelectedLayer Select(int[] wanted, int steps) => new SelectedTogether(this, wanted);

    private void Apply(ReadOnlySpan<float> input, Span<float> output) => TensorPrimitives.Clamp(input, -_limit, _limit, output);
}
