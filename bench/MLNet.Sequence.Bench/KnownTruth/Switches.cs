namespace MLNet.Sequence.Bench.KnownTruth;

/// <summary>
/// A bit that is shown once (input 0: −1 or 1) and asked for once (input 1), later; the target is the bit in the step behind that which asks, else 0.
/// It is asked for once alone, since the answer shows it. A little noise is over all.
/// </summary>
internal static class Switches
{
    private const double Noise = 0.03;

    private const int Pause = 40;

    /// <summary>Asked for so many steps later.</summary>
    public static KnownTable Shown(RandomStream random, int rows, int delay) => Make(random, rows, () => delay);

    /// <summary>Asked for so many steps later in one half of the cases and sooner in the other: from what is so far away alone nothing learns.</summary>
    public static KnownTable ShownOrSooner(RandomStream random, int rows, int delay) =>
        Make(random, rows, () => random.NextDouble() < 0.5 ? delay : 1 + (int)random.NextInt64(delay));

    /// <summary>A rare switch sets a hidden value, which is asked for at a random moment: in two of three cases more than 64 steps later.</summary>
    public static KnownTable Latch(RandomStream random, int rows) => Make(random, rows, () => 1 + (int)random.NextInt64(200));

    private static KnownTable Make(RandomStream random, int rows, Func<int> delay)
    {
        (double[] values, double[] best) = (new double[rows], new double[rows]);
        float[][] inputs = [.. Enumerable.Range(0, rows).Select(_ => new float[2])];
        for (int shown = 0; shown < rows;)
        {
            int bit = random.NextDouble() < 0.5 ? -1 : 1, asked = shown + delay();
            inputs[shown][0] = bit;
            if (asked + 1 < rows)
                (inputs[asked][1], best[asked + 1]) = (1, bit);
            shown = asked + 2 + (int)random.NextInt64(Pause);
        }

        for (int t = 0; t < rows; t++)
            values[t] = best[t] + Noise * random.NextNormal();
        return new KnownTable(new KnownPath(values, best), inputs);
    }
}
