namespace MLNet.Sequence.Bench.KnownTruth;

/// <summary>A bit that is shown, and asked for later. Noise of .1 is over all.</summary>
internal static class Switches
{
    private const double Noise = 0.1;

    /// <summary>
    /// In each stretch a bit is shown once (input 0) and asked for (input 1) exactly so many steps later, and before that at random steps, so many
    /// of all.
    /// </summary>
    public static KnownTable Shown(RandomStream random, int rows, int delay, double before)
    {
        int stretch = delay + 40;
        return Make(
            random, rows, (t, bit) => t % stretch == 0 ? Sign(random) : 0, (t, _) => t % stretch == delay || t % stretch < delay && random.NextDouble() < before);
    }

    /// <summary>
    /// A rare switch sets a hidden value (input 0: −1 or 1, once in 300 steps or so), which is asked for (input 1) at random steps, one in ten,
    /// and is never shown in between.
    /// </summary>
    public static KnownTable Latch(RandomStream random, int rows) =>
        Make(random, rows, (t, _) => t == 0 || random.NextDouble() < 1 / 300.0 ? Sign(random) : 0, (_, _) => random.NextDouble() < 0.1);

    // The target of the step after that which asks is the bit.
    private static KnownTable Make(RandomStream random, int rows, Func<int, int, int> shows, Func<int, int, bool> asks)
    {
        (double[] values, double[] best) = (new double[rows], new double[rows]);
        var inputs = new float[rows][];
        int bit = 0;
        for (int t = 0; t < rows; t++)
        {
            best[t] = t > 0 && inputs[t - 1][1] == 1 ? bit : 0;
            values[t] = best[t] + Noise * random.NextNormal();
            int shown = shows(t, bit);
            bit = shown == 0 ? bit : shown;
            inputs[t] = [shown, asks(t, bit) ? 1 : 0];
        }

        return new KnownTable(new KnownPath(values, best), inputs);
    }

    private static int Sign(RandomStream random) => random.NextDouble() < 0.5 ? -1 : 1;
}
