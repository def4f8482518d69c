namespace MLNet.Sequence.Samples.Speech;

/// <summary>Frames of 10 ms that describe a sound: the logarithms of the power in 8 bands, how periodic it is, and its pitch.</summary>
internal static class SoundFrames
{
    /// <summary>Samples in a frame.</summary>
    public const int Hop = 80;

    /// <summary>Bands of frequency, equally wide on the mel scale, and values in a frame.</summary>
    public const int Bands = 8, Size = Bands + 2;

    private const int Window = 256, Longest = 140, Shortest = 20;

    private static readonly double[] Weights = [.. Enumerable.Range(0, Window).Select(n => 0.5 - 0.5 * Math.Cos(2 * Math.PI * n / Window))];
    private static readonly int[] Band = [.. Enumerable.Range(0, Window / 2 + 1).Select(k =>
        Math.Min(Bands - 1, (int)(Bands * Mel(k * 8000.0 / Window) / Mel(4000))))];

    /// <summary>The frames, ⌈T / 80⌉ of them, one after the other.</summary>
    public static float[] Of(float[] samples)
    {
        int count = (samples.Length + Hop - 1) / Hop;
        var frames = new float[count * Size];
        Parallel.For(0, count, frame =>
        {
            int centre = frame * Hop + Hop / 2;
            Span<float> to = frames.AsSpan(frame * Size, Size);
            double[] power = Power(samples, centre - Window / 2);
            for (int band = 0; band < Bands; band++)
                to[band] = (float)Math.Log10(BandPower(power, band) + 1e-6);
            (to[Bands], to[Bands + 1]) = Pitch(samples, centre);
        });
        return frames;
    }

    /// <summary>The average power in each band, in decibels.</summary>
    public static double[] Decibels(float[] samples)
    {
        double[][] powers = [.. Enumerable.Range(0, Math.Max(1, samples.Length / (Window / 2))).Select(i => Power(samples, i * Window / 2))];
        return [.. Enumerable.Range(0, Bands).Select(band => 10 * Math.Log10(powers.Average(power => BandPower(power, band)) + 1e-9))];
    }

    /// <summary>The power at each frequency of a window, [129].</summary>
    public static double[] Power(float[] samples, int first)
    {
        var power = new double[Window / 2 + 1];
        for (int k = 0; k < power.Length; k++)
        {
            (double re, double im) = (0, 0);
            (double stepSin, double stepCos) = Math.SinCos(2 * Math.PI * k / Window);
            (double c, double s) = (1, 0);
            for (int n = 0; n < Window; n++)
            {
                int at = first + n;
                double x = at >= 0 && at < samples.Length ? samples[at] * Weights[n] : 0;
                (re, im) = (re + x * c, im + x * s);
                (c, s) = (c * stepCos - s * stepSin, c * stepSin + s * stepCos);
            }

            power[k] = (re * re + im * im) / Window;
        }

        return power;
    }

    private static double BandPower(double[] power, int band) => power.Where((_, k) => Band[k] == band).Sum();

    // The largest normalised autocorrelation, and, if it is a pitch, its logarithm in octaves above 57 Hz.
    private static (float Periodic, float Octaves) Pitch(float[] samples, int centre)
    {
        (double best, int lag) = (0, Longest);
        int first = centre - Longest, end = Math.Min(samples.Length, centre + Longest);
        for (int back = Shortest; back <= Longest; back++)
        {
            (double product, double one, double other) = (0, 1e-6, 1e-6);
            for (int t = Math.Max(back, first + back); t < end; t++)
            {
                product += samples[t] * samples[t - back];
                one += samples[t] * samples[t];
                other += samples[t - back] * samples[t - back];
            }

            double similar = product / Math.Sqrt(one * other);
            if (similar > best + 0.02)
                (best, lag) = (similar, back);
        }

        return ((float)best, best > 0.5 ? (float)Math.Log2((double)Longest / lag) : 0);
    }

    private static double Mel(double hertz) => Math.Log(1 + hertz / 700);
}
