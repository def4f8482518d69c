using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

internal sealed class ManagedSinusoidalPositions(int size) : IManagedLayer
{
    public int InputSize => size;

    public int OutputSize => size;

    public int StateSize => 0;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        for (int channel = 0; channel < size; channel++)
            output[channel] = input[channel] + (float)SinusoidalPositions.Wave(time, channel, size);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        for (int t = 0; t < steps; t++)
            Step(input.Slice(t * size, size), output.Slice(t * size, size), default, t);
    }

    public ISelectedLayer Select(int[] wanted, int steps) => new SelectedEach(this, wanted);
}
