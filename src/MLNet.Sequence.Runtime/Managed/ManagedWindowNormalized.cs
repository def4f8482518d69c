using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>Level and scale are those of the whole window, so a step alone cannot be taken.</summary>
internal sealed class ManagedWindowNormalized(WindowNormalized layer, IManagedLayer inner) : IManagedLayer
{
    public int InputSize => inner.InputSize;

    public int OutputSize => inner.OutputSize;

    public int StateSize => 0;

    public bool CanStep => false;

    public int OutputSteps(int steps) => inner.OutputSteps(steps);

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time) =>
        throw new NotSupportedException("A window that is normalised as a whole cannot be fed step by step: run the whole window.");

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        var window = WindowLevel.Of(layer, input, InputSize);
        inner.Run(window.Apply(input), output, steps);
        window.Undo(output, layer.Targets);
    }
}
