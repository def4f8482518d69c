namespace MLNet.Sequence.Bench.KnownTruth;

/// <summary>
/// A bit is shown once (input 0: −1 or 1) and requested once (input 1), later. The target is the bit in the step after the request,
/// otherwise 0.
/// It is requested only once, because the answer shows it. All values have a little noise.
/// </summary>
internal static class Switches
{
    private const double Noise = 0.03;

    private const int Pause = 40;

    /// <summary>The bit is requested this many steps later.</summary>
    public static KnownTable Shown(RandomStream random, int rows, int delay) => Make(random, rows, () => delay);

    /// <summary>In half of the cases the bit is requested this many steps later, in the others sooner, because no model learns from such
    /// long distances alone.</summary>
    public static KnownTable ShownOrSooner(RandomStream random, int rows, int delay) =>
        Make(random, rows, () => random.NextDouble() < 0.5 ? delay : 1 + (int)random.NextInt64(delay));

    /// <summary>A rare switch sets a hidden value, which is requested at a random step: in two of three cases more than 64 steps
    /// later.</summary>
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
