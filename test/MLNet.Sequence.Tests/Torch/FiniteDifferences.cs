namespace MLNet.Sequence.Tests.Torch;

/// <summary>
/// Compares every component of the gradient with a central difference, in double precision. With steps of h = 1e-5 the rounding
/// of a sum f of size S leaves about 2e-16 · S / h = 2e-11 · S, and the cubic term h² f‴/6 about 1e-11. The tolerance of 1e-6 of the
/// component and 1e-8 of the sum's size is therefore at least two orders of magnitude above the error of the method.
/// </summary>
internal static class FiniteDifferences
{
    private const double Step = 1e-5;

    public static void AssertAgree(NetworkProbe probe, SequenceBatch input, string what)
    {
        double[] factors = SequenceBatch.Random(1, probe.Forward(input).Length, 1, seed: 11).Values;
        (double[] parameters, double[] inputs) = probe.Gradients(input, factors);
        double size = Math.Max(1, Dot(probe.Forward(input), factors, Math.Abs));

        for (int i = 0; i < parameters.Length; i++)
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

    private static double Dot(double[] left, double[] right, Func<double, double>? each = null) =>
        left.Zip(right, (l, r) => each is null ? l * r : each(l * r)).Sum();

    private static void AssertClose(double slope, double gradient, double size, string what) =>
        Assert.IsTrue(Math.Abs(slope - gradient) <= 1e-6 * Math.Abs(gradient) + 1e-8 * size, $"{what}: difference quotient {slope:R}, gradient {gradient:R}");
}
