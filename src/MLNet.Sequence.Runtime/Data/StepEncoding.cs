namespace MLNet.Sequence.Data;

/// <summary>
/// How the values of a step become the network's channels: standardised, with a missing value (NaN) as the mean, which is 0. With a mask, a
/// further channel for each value follows, which is 1 if the value is missing, otherwise 0.
/// </summary>
/// <param name="Scaling">The scaling of the values.</param>
/// <param name="HasMask">Whether there is a mask.</param>
internal sealed record StepEncoding(ChannelScaling Scaling, bool HasMask = false)
{
    /// <summary>Channels of a step.</summary>
    public int Channels => HasMask ? 2 * Scaling.Mean.Length : Scaling.Mean.Length;

    /// <summary>Encodes steps; values are centred in double before they become floats.</summary>
    /// <param name="values">Step by step, in the data's units.</param>
    /// <param name="channels">Filled, step by step.</param>
    public void Apply(ReadOnlySpan<double> values, Span<float> channels)
    {
        if (!HasMask)
        {
            Scaling.ApplyOrMean(values, channels);
            return;
        }

        Scaling.Apply(values, channels[^values.Length..]);
        Mask(channels);
    }

    // The standardised values are at the end.
    private void Mask(Span<float> channels)
    {
        int width = Scaling.Mean.Length, values = channels.Length / 2;
        // Values are read before their memory is overwritten: only the last step is written into itself.
        for (int i = 0; i < values; i++)
        {
            int channel = 2 * (i / width) * width + i % width;
            float value = channels[values + i];
            channels[channel] = float.IsNaN(value) ? 0 : value;
            channels[channel + width] = float.IsNaN(value) ? 1 : 0;
        }
    }
}
