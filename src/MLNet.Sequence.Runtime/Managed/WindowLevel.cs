using System.Runtime.CompilerServices;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>Level and scale of each channel of one window.</summary>
internal sealed record WindowLevel(float[] Level, float[] Scale)
{
    /// <param name="layer">The kind of level and scale, and the channels that have none.</param>
    /// <param name="window">[steps, channels].</param>
    /// <param name="channels">Values of a step.</param>
    public static WindowLevel Of(WindowNormalized layer, ReadOnlySpan<float> window, int channels)
    {
        var level = new float[channels];
        var scale = new float[channels];
        Of(layer, window, level, scale);
        return new WindowLevel(level, scale);
    }

    /// <inheritdoc cref="Of(WindowNormalized, ReadOnlySpan{float}, int)"/>
    /// <param name="layer">The kind of level and scale, and the channels that have none.</param>
    /// <param name="window">[steps, channels].</param>
    /// <param name="level">[channels], filled.</param>
    /// <param name="scale">[channels], filled.</param>
    public static void Of(WindowNormalized layer, ReadOnlySpan<float> window, Span<float> level, Span<float> scale)
    {
        for (int channel = 0; channel < level.Length; channel++)
            (level[channel], scale[channel]) = layer.Kept.Contains(channel) ? (0, 1) : Of(layer.Kind, window, (channel, level.Length));
    }

    /// <summary>The window, or its last steps, at the common level and scale.</summary>
    public float[] Apply(ReadOnlySpan<float> window)
    {
        var normalized = new float[window.Length];
        Apply(window, normalized);
        return normalized;
    }

    /// <inheritdoc cref="Apply(ReadOnlySpan{float})"/>
    public void Apply(ReadOnlySpan<float> window, Span<float> normalized)
    {
        window.CopyTo(normalized);
        Apply(normalized[..window.Length], new Moments(Level, Scale));
    }

    /// <summary>Brings steps to the common level and scale.</summary>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public static void Apply(Span<float> steps, Moments of)
    {
        int channels = of.Level.Length;
        for (int at = 0; at < steps.Length; at += channels)
        {
            for (int channel = 0; channel < channels; channel++)
                steps[at + channel] = (steps[at + channel] - of.Level[channel]) / of.Scale[channel];
        }
    }

    /// <summary>Returns outputs, [horizon · targets], to the window's own level and scale.</summary>
    public float[] Undo(float[] output, int targets)
    {
        Undo(output.AsSpan(), targets);
        return output;
    }

    /// <inheritdoc cref="Undo(float[], int)"/>
    public void Undo(Span<float> output, int targets)
    {
        Undo(output, new Moments(Level.AsSpan(0, targets), Scale.AsSpan(0, targets)));
    }

    /// <summary>Returns outputs, [steps, targets], to a level and scale, [targets].</summary>
    public static void Undo(Span<float> output, Moments of)
    {
        int targets = of.Level.Length;
        for (int i = 0; i < output.Length; i++)
            output[i] = output[i] * of.Scale[i % targets] + of.Level[i % targets];
    }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    private static (float Level, float Scale) Of(WindowNormalization kind, ReadOnlySpan<float> window, (int Index, int Count) channel)
    {
        if (kind == WindowNormalization.None)
            return (0, 1);
        if (kind == WindowNormalization.LastValue)
            return (window[window.Length - channel.Count + channel.Index], 1);
        int steps = window.Length / channel.Count;
        double sum = 0, squares = 0;
        for (int at = channel.Index; at < window.Length; at += channel.Count)
            sum += window[at];
        double mean = sum / steps;
        if (kind == WindowNormalization.Mean)
            return ((float)mean, 1);
        for (int at = channel.Index; at < window.Length; at += channel.Count)
            squares += (window[at] - mean) * (window[at] - mean);
        return ((float)mean, (float)Math.Sqrt(squares / steps + WindowNormalized.Epsilon));
    }

    /// <summary>Level and scale of channels.</summary>
    public readonly ref struct Moments(ReadOnlySpan<float> level, ReadOnlySpan<float> scale)
    {
        public readonly ReadOnlySpan<float> Level = level, Scale = scale;
    }
}
