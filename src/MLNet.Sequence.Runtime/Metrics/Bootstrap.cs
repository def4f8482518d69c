namespace MLNet.Sequence.Metrics;

/// <summary>Percentile intervals by the bootstrap (Efron, "Bootstrap methods: another look at the jackknife", 1979).</summary>
internal static class Bootstrap
{
    /// <summary>The interval of each of several measures.</summary>
    /// <param name="options">The number of samples and the level; null: there are no intervals.</param>
    /// <param name="count">The number of sequences.</param>
    /// <param name="names">The measures.</param>
    /// <param name="measure">Their values over the sequences with these indices; some indices occur more than once.</param>
    public static IReadOnlyDictionary<string, ConfidenceInterval> Intervals(
        BootstrapOptions? options, int count, IReadOnlyList<string> names, Func<int[], double[]> measure)
    {
        var intervals = new Dictionary<string, ConfidenceInterval>();
        if (options is null)
            return intervals;
        options.Validate();
        var random = new RandomStream(options.Seed);
        var drawn = new int[count];
        var values = new double[names.Count][];
        for (int i = 0; i < values.Length; i++)
            values[i] = new double[options.Resamples];
        for (int sample = 0; sample < options.Resamples; sample++)
        {
            for (int i = 0; i < count; i++)
                drawn[i] = (int)random.NextInt64(count);
            double[] measured = measure(drawn);
            for (int i = 0; i < values.Length; i++)
                values[i][sample] = measured[i];
        }

        double tail = (1 - options.Confidence) / 2;
        for (int i = 0; i < values.Length; i++)
        {
            Array.Sort(values[i]);
            intervals.Add(names[i], new ConfidenceInterval(Quantile(values[i], tail), Quantile(values[i], 1 - tail)));
        }

        return intervals;
    }

    // Linear interpolation between neighbours.
    internal static double Quantile(double[] sorted, double part)
    {
        double place = part * (sorted.Length - 1);
        int below = (int)place, above = Math.Min(below + 1, sorted.Length - 1);
        return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
    }
}
