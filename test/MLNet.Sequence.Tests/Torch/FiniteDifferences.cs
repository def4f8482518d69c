namespace MLNet.Sequence.Tests.Torch;

/// <summary>
/// Compares components of the gradient, all or evenly spread ones, with a central difference, in double precision. With steps of h = 1e-5 the rounding
/// of a sum f of size S leaves about 2e-16 · S / h = 2e-11 · S, and the cubic term h² f‴/6 about 1e-11. The tolerance of 1e-6 of the
/// component and 1e-8 of the sum's size is therefore at least two orders of magnitude above the error of the method.
/// </summary>
internal static class FiniteDifferences
{
    private const double Step = 1e-5;

    /// <param name="probe">The network.</param>
    /// <param name="input">Its input.</param>
    /// <param name="what">What is compared, for messages.</param>
    /// <param name="most">
    /// The number of parameters, evenly spread, that are compared one by one; default: all. All of them together are compared along one
    /// random direction, in which one of N that is wrong by more than √N tolerances is seen.
    /// </param>
    public static void AssertAgree(NetworkProbe probe, SequenceBatch input, string what, int most = int.MaxValue)
    {
        double[] factors = SequenceBatch.Random(1, probe.Forward(input).Length, 1, seed: 11).Values;
        (double[] parameters, double[] inputs) = probe.Gradients(input, factors);
        double size = Math.Max(1, Dot(probe.Forward(input), factors, Math.Abs));

        double[] direction = Direction(parameters.Length);
        double Along(double by) => Dot(probe.Nudged(direction, by, () => probe.Forward(input)), factors);
        AssertClose((Along(Step) - Along(-Step)) / (2 * Step), Dot(direction, parameters), size, $"{what}, all parameters");
        foreach (int i in Spread(parameters.Length, most))
        {
            probe.Nudge(i, Step);
            double up = Dot(probe.Forward(input), factors);
            probe.Nudge(i, -2 * Step);
            double down = Dot(probe.Forward(input), factors);
            probe.Nudge(i, Step);
            AssertClose((up - down) / (2 * Step), parameters[i], size, $"{what}, parameter {i}");
        }

        // Tokens are not continuous: they have no gradient.
        Assert.HasCount(input.Vocabulary is null ? input.Values.Length : 0, inputs, what);
        for (int i = 0; i < inputs.Length; i++)
        {
            double slope = (At(i, Step) - At(i, -Step)) / (2 * Step);
            AssertClose(slope, inputs[i], size, $"{what}, input {i}");
        }

        double At(int index, double difference)
        {
            double[] values = [.. input.Values];
            values[index] += difference;
            return Dot(probe.Forward(input with { Values = values }), factors);
        }
    }

    /// <summary>A random direction of length 1.</summary>
    public static double[] Direction(int count)
    {
        var random = new RandomStream(5);
        return [.. Enumerable.Range(0, count).Select(_ => (random.NextInt64(2) == 0 ? 1 : -1) / Math.Sqrt(count))];
    }

    /// <summary>At most so many places, evenly spread, the first and the last one included.</summary>
    public static IEnumerable<int> Spread(int count, int most) =>
        count <= most ? Enumerable.Range(0, count) : Enumerable.Range(0, most).Select(i => (int)((long)i * (count - 1) / (most - 1)));

    private static double Dot(double[] left, double[] right, Func<double, double>? each = null) =>
        left.Zip(right, (l, r) => each is null ? l * r : each(l * r)).Sum();

    private static void AssertClose(double slope, double gradient, double size, string what) =>
        Assert.IsTrue(Math.Abs(slope - gradient) <= 1e-6 * Math.Abs(gradient) + 1e-8 * size, $"{what}: difference quotient {slope:R}, gradient {gradient:R}");
}
