using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Tests.Tasks;

/// <summary>Adaptive conformal inference against its definition and its theorem (Gibbs and Candès 2021).</summary>
[TestClass]
public sealed class AdaptiveBoundsTests
{
    [TestMethod]
    public void Rates_and_widths_follow_the_definition_for_each_step_and_target()
    {
        const int horizon = 3, targets = 2, steps = 60;
        const double level = 0.8, rate = 0.1;
        var bounds = new AdaptiveBounds(Task(horizon, targets, level, rate));
        double[] state = new double[bounds.StateSize];
        var random = new RandomStream(2);
        double[][] actual = [.. Enumerable.Range(0, steps).Select(_ => Normals(random, targets))];
        // By definition: α of each step and target, and all bounds of all steps.
        var alpha = new double[horizon * targets];
        Array.Fill(alpha, 1 - level);
        var given = new List<(double Lower, double Upper)[]>();
        for (int t = 0; t < steps; t++)
        {
            for (int h = 1; h <= Math.Min(horizon, t); h++)
            {
                for (int k = 0; k < targets; k++)
                {
                    (double lower, double upper) = given[t - h][(h - 1) * targets + k];
                    alpha[(h - 1) * targets + k] += rate * (1 - level - (actual[t][k] < lower || actual[t][k] > upper ? 1 : 0));
                }
            }

            double[] middle = Normals(random, horizon * targets);
            double[] values = [.. Enumerable.Range(0, horizon).SelectMany(h => new[] { -1.0, 0, 1 }.SelectMany(side =>
                Enumerable.Range(0, targets).Select(k => middle[h * targets + k] + side)))];
            bounds.Next(actual[t], values, t, state);
            // The relative width of a coverage c is c / level here: see Task.
            given.Add([.. middle.Select((forecast, i) => (1 - alpha[i]) switch
            {
                >= 1 => (double.NegativeInfinity, double.PositiveInfinity),
                <= 0 => (forecast, forecast),
                var coverage => (forecast - Width(coverage, level), forecast + Width(coverage, level)),
            })]);
            for (int i = 0; i < middle.Length; i++)
            {
                int place = i / targets * 3 * targets + i % targets;
                Assert.AreEqual(given[t][i].Lower, values[place], 1e-9, $"step {t}, {i}");
                Assert.AreEqual(middle[i], values[place + targets]);
                Assert.AreEqual(given[t][i].Upper, values[place + 2 * targets], 1e-9, $"step {t}, {i}");
            }
        }
    }

    [TestMethod]
    [DataRow(0.9, 0.05)]
    [DataRow(0.5, 0.02)]
    public void Coverage_is_as_near_to_the_level_as_the_theorem_says_whatever_the_series_does(double level, double rate)
    {
        const int steps = 2_000;
        var bounds = new AdaptiveBounds(Task(1, 1, level, rate));
        double[] state = new double[bounds.StateSize];
        var random = new RandomStream(4);
        double[] values = [double.NaN, double.NaN, double.NaN];
        int misses = 0;
        for (int t = 0; t < steps; t++)
        {
            // A series whose scale and level grow, jump and fall.
            double actual = 3 * Math.Sin(t / 50.0) + random.NextNormal() * (t % 500 < 250 ? 0.1 : 4);
            if (t > 0 && (actual < values[0] || actual > values[2]))
                misses++;
            values = [-1, 0, 1];
            bounds.Next([actual], values, t, state);
        }

        // Proposition 4.1: |mean of the misses − α| ≤ (max(α, 1 − α) + γ) / (T γ).
        double alpha = 1 - level, most = (Math.Max(alpha, 1 - alpha) + rate) / ((steps - 1) * rate);
        Assert.IsLessThanOrEqualTo(most, Math.Abs((double)misses / (steps - 1) - alpha));
    }

    [TestMethod]
    public void A_value_or_a_forecast_that_is_missing_changes_no_rate()
    {
        var bounds = new AdaptiveBounds(Task(1, 1, 0.9, 0.1));
        double[] state = new double[bounds.StateSize], missing = [double.NaN, double.NaN, double.NaN], values = [-1, 0, 1];
        bounds.Next([0], missing, 0, state);
        bounds.Next([100], values, 1, state);
        Assert.AreEqual(0, state[0]);
        bounds.Next([double.NaN], values, 2, state);
        Assert.AreEqual(0, state[0]);
        bounds.Next([100], values, 3, state);
        Assert.AreEqual(0.1 * (0.1 - 1), state[0], 1e-12);
    }

    private static double Width(double coverage, double level) => Math.Ceiling(coverage * AdaptiveBounds.Parts - 1e-9) / AdaptiveBounds.Parts / level;

    private static double[] Normals(RandomStream random, int count) => [.. Enumerable.Range(0, count).Select(_ => (double)random.NextNormal())];

    private static Forecasting Task(int horizon, int targets, double level, double rate) => new()
    {
        Targets = [new ChannelColumn("y", [.. Enumerable.Range(0, targets).Select(target => $"y{target}")])],
        Context = 4,
        Horizon = horizon,
        Intervals = new ForecastIntervals
        {
            ConfidenceLevel = level,
            AdaptationRate = rate,
            RelativeWidths = [.. Enumerable.Range(0, AdaptiveBounds.Parts + 1).Select(part => (double)part / AdaptiveBounds.Parts / level)],
        },
    };
}
