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
        var level = new float[InputSize];
        var scale = new float[InputSize];
        for (int channel = 0; channel < InputSize; channel++)
            (level[channel], scale[channel]) = LevelAndScale(input, channel, steps);
        float[] normalized = input.ToArray();
        for (int i = 0; i < normalized.Length; i++)
            normalized[i] = (normalized[i] - level[i % InputSize]) / scale[i % InputSize];
        inner.Run(normalized, output, steps);
        for (int i = 0; i < output.Length; i++)
            output[i] = output[i] * scale[i % layer.Targets] + level[i % layer.Targets];
    }

    private (float Level, float Scale) LevelAndScale(ReadOnlySpan<float> input, int channel, int steps)
    {
        if (layer.Kind == WindowNormalization.None)
            return (0, 1);
        if (layer.Kind == WindowNormalization.LastValue)
            return (input[(steps - 1) * InputSize + channel], 1);
        double sum = 0, squares = 0;
        for (int t = 0; t < steps; t++)
            sum += input[t * InputSize + channel];
        double mean = sum / steps;
        for (int t = 0; t < steps; t++)
            squares += Math.Pow(input[t * InputSize + channel] - mean, 2);
        return ((float)mean, (float)Math.Sqrt(squares / steps + WindowNormalized.Epsilon));
    }
}
