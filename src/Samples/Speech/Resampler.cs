namespace MLNet.Sequence.Samples.Speech;

/// <summary>Sound at a lower rate, by a low pass: a sinc of 16 zero crossings on each side, weighted by Hann's window.</summary>
internal static class Resampler
{
    private const int Crossings = 16;

    public static float[] To(int rate, float[] samples, int from)
    {
        if (rate == from)
            return samples;
        double ratio = (double)from / rate, cut = Math.Min(1, 0.95 / ratio), reach = Crossings / cut;
        var result = new float[(int)(samples.Length / ratio)];
        for (int i = 0; i < result.Length; i++)
        {
            double at = i * ratio, sum = 0;
            for (int j = Math.Max(0, (int)Math.Ceiling(at - reach)); j < samples.Length && j <= at + reach; j++)
            {
                double x = (j - at) * cut, sinc = x == 0 ? 1 : Math.Sin(Math.PI * x) / (Math.PI * x);
                sum += samples[j] * cut * sinc * (0.5 + 0.5 * Math.Cos(Math.PI * (j - at) / reach));
            }

            result[i] = (float)Math.Clamp(sum, -1, 1);
        }

        return result;
    }
}
