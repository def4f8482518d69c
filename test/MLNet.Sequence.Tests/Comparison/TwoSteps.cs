namespace MLNet.Sequence.Tests.Comparison;

/// <summary>A series x(t) = .6 x(t − 2) + noise: the last value says nothing about the next one, and the value before it says a lot.</summary>
internal static class TwoSteps
{
    /// <summary>The mean squared error of the best forecast from the last two values, divided by that from the last one: 1 − .6².</summary>
    public const double Ratio = 1 - 0.6 * 0.6;

    public static double[] Values(int count, int seed = 3)
    {
        var random = new RandomStream(seed);
        var values = new double[count];
        for (int t = 0; t < count; t++)
            values[t] = 0.6 * (t < 2 ? 0 : values[t - 2]) + random.NextNormal();
        return values;
    }
}
