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
        for (int channel = 0; channel < channels; channel++)
            (level[channel], scale[channel]) = layer.Kept.Contains(channel) ? (0, 1) : Of(layer.Kind, window, (channel, channels));
        return new WindowLevel(level, scale);
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
        for (int i = 0; i < window.Length; i++)
            normalized[i] = (window[i] - Level[i % Level.Length]) / Scale[i % Level.Length];
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
        for (int i = 0; i < output.Length; i++)
            output[i] = output[i] * Scale[i % targets] + Level[i % targets];
    }

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
            squares += Math.Pow(window[at] - mean, 2);
        return ((float)mean, (float)Math.Sqrt(squares / steps + WindowNormalized.Epsilon));
    }
}
