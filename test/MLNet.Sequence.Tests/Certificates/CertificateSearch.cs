using MLNet.Sequence.Certificates;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Tests.Layers;

namespace MLNet.Sequence.Tests.Certificates;

/// <summary>The largest ratio of a difference to its bound: 1 would be the bound itself.</summary>
internal sealed record Finding(string Subject, double Ratio);

/// <summary>
/// Tries to break the bounds of random networks with random weights: hill climbing changes the inputs before a window and in it. It
/// increases the difference between the network that sees all of them and the one that begins at the window, divided by its proved bound.
/// Each case follows from a number, so it can be repeated.
/// </summary>
internal static class CertificateSearch
{
    private const int Climbs = 25, Outputs = 2;

    // How much the rounding of an output may add to a difference, as a fraction of the output's size.
    private const double Single = 1e-4, Double = 1e-10;

    /// <summary>The largest ratio of a found difference to its proved bound; null if no bound is proved.</summary>
    public static Finding? Truncation(long number)
    {
        var random = new RandomStream(number, 1);
        int inputs = 1 + (int)random.NextInt64(2), steps = 1 + (int)random.NextInt64(12), before = 1 + (int)random.NextInt64(30);
        double range = new[] { 0.5, 1, 3 }[random.NextInt64(3)];
        Layer layer = new Sequential(RandomNetworks.Body(random), new Dense(Outputs));
        Weights weights = RandomNetworks.Weights(layer, inputs, random);
        LayerBound Bound(double? spacing) => LayerBound.Of(
            layer, ValueRange.Around(inputs, range), "",
                spacing is { } given ? new BoundedNetwork(weights, null) { Spacing = given } : new BoundedNetwork(weights, null));
        LayerBound bound = Bound(null);
        Difference proved = After(bound.Start(Past.Unknown), inputs, steps);
        var network = new ManagedNetwork(layer, inputs, weights);
        double[] point = [.. Enumerable.Range(0, (before + steps) * inputs).Select(_ => Corner(random, range))];
        double Ratio(double[] sequence)
        {
            float[] values = [.. sequence.Select(value => (float)value)];
            float[] full = network.Run(values)[^Outputs..], cut = network.Run(values.AsSpan(before * inputs))[^Outputs..];
            return Math.Max(OutOf(bound.Output, full), Over(proved, Doubles(full), Doubles(cut), Single));
        }

        (double ratio, point) = Climb(point, Ratio, () => Corner(random, range), random);
        // Results near a bound are computed again in double precision with the plain formulas, in which rounding does not exceed a bound
        // that is attained.
        if (ratio is > 0.99 and < 2)
        {
            double[][] all = [.. point.Select(value => (double)(float)value).Chunk(inputs)];
            double[] Exact(double[][] steps) => PlainLayers.Run(layer, steps, new PlainWeights(weights))[^1];
            ratio = Over(After(Bound(0).Start(Past.Unknown), inputs, steps), Exact(all), Exact(all[before..]), Double);
        }

        return proved.Length < double.PositiveInfinity ? new Finding($"case {number}, {steps} steps after {before}: {layer}", ratio) : null;
    }

    /// <summary>The largest ratio of a step's factor to λ, over both norms and pairs of states.</summary>
    public static Finding Contraction(long number)
    {
        var random = new RandomStream(number, 2);
        int inputs = 1 + (int)random.NextInt64(2);
        double range = new[] { 0.5, 1, 3 }[random.NextInt64(3)];
        Layer layer = RandomNetworks.Cell(random);
        Weights weights = RandomNetworks.Weights(layer, inputs, random);
        var pair = new StatePair(layer, inputs, weights, range);
        double[] point = [.. Enumerable.Range(0, inputs + 2 * pair.Size).Select(_ => Corner(random, 1))];
        return new Finding($"case {number}: {layer}", Climb(point, pair.Ratio, () => Corner(random, 1), random).Best);
    }

    // Half of the values are at the ends of the range, where bounds are attained.
    private static double Corner(RandomStream random, double range)
    {
        double value = 2 * random.NextDouble() - 1;
        return random.NextInt64(2) == 0 ? range * value : range * Math.Sign(value);
    }

    private static (double Best, double[] Point) Climb(double[] point, Func<double[], double> ratio, Func<double> draw, RandomStream random)
    {
        double best = ratio(point);
        for (int climb = 0; climb < Climbs; climb++)
        {
            double[] next = [.. point];
            for (int changes = 1 + (int)random.NextInt64(4); changes > 0; changes--)
                next[random.NextInt64(next.Length)] = draw();
            double found = ratio(next);
            if (found > best)
                (best, point) = (found, next);
        }

        return (best, point);
    }

    private static Difference After(DifferenceStep step, int inputs, int steps)
    {
        var same = Difference.None(inputs);
        Difference last = same;
        for (int i = 0; i < steps; i++)
            last = step(same);
        return last;
    }

    private static double Over(Difference proved, double[] full, double[] cut, double rounding)
    {
        double most = 0, square = 0, slack = rounding * (full.Max(Math.Abs) + 1);
        for (int i = 0; i < full.Length; i++)
        {
            double difference = Math.Abs(full[i] - cut[i]);
            square += difference * difference;
            most = Math.Max(most, difference / (proved.Channels[i] + slack));
        }

        return Math.Max(most, Math.Sqrt(square) / (proved.Length + slack));
    }

    private static double[] Doubles(float[] values) => [.. values.Select(value => (double)value)];

    // 2 if an output left its proved range.
    private static double OutOf(ValueRange range, float[] output) =>
        output.Where((value, i) => value < range.Low[i] - Slack(range, i) || value > range.High[i] + Slack(range, i)).Any() ? 2 : 0;

    private static double Slack(ValueRange range, int i) => 1e-5 * (1 + range.Magnitude(i));
}
