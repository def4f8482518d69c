using System.Globalization;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Metrics;

/// <summary>The metrics against a second computation that keeps every error and takes each mean over a filtered list.</summary>
[TestClass]
public sealed class ForecastingMetricsTests
{
    private const int Horizon = 7;
    private const int Season = 3;
    private static readonly string[] Targets = ["a", "b", "c"];
    private static readonly double[] Deviations = [0.5, 0, 3];

    private sealed record Term(string Model, int Step, int Target, double Forecast, double Actual, double Scale);

    [TestMethod]
    public void Every_score_equals_its_definition_applied_to_the_list_of_all_errors()
    {
        var evaluator = new ForecastingEvaluator(new() { Targets = Targets, Horizon = Horizon, Seasonality = Season, StandardDeviations = Deviations });
        List<Term> terms = AddRandomWindows(evaluator);
        var metrics = evaluator.Compute();

        foreach (var (name, scores) in new[] { ("model", metrics), ("naive", metrics.Naive!), ("seasonal", metrics.SeasonalNaive!) })
        {
            List<Term> own = terms.FindAll(term => term.Model == name);
            AssertScores(own, scores.Overall);
            for (int target = 0; target < Targets.Length; target++)
                AssertScores(own.FindAll(term => term.Target == target), scores.PerTarget[target]);
            for (int step = 0; step < Horizon; step++)
                AssertScores(own.FindAll(term => term.Step == step), scores.PerStep[step]);
            Assert.AreEqual(own.Count, scores.Count * Horizon * Targets.Length);
        }
    }

    [TestMethod]
    public void The_table_is_aligned_and_the_same_in_every_culture()
    {
        var evaluator = new ForecastingEvaluator(new() { Targets = Targets, Horizon = Horizon, Seasonality = Season, StandardDeviations = Deviations });
        AddRandomWindows(evaluator);
        string table = evaluator.Compute().ToString();
        // After the table come the measures that have no column.
        string[] lines = [.. table.TrimEnd().Split(Environment.NewLine).TakeWhile(line => !line.StartsWith("MAPE", StringComparison.Ordinal))];

        Assert.HasCount(1 + 1 + 3 + Targets.Length + Horizon, lines);
        Assert.AreEqual(1, lines.Skip(1).Select(line => line.Length).Distinct().Count(), table);
        foreach (string name in new[] { "overall", "naive", "seasonal naive", "a ", "step 7" })
            Assert.IsTrue(lines.Any(line => line.StartsWith(name, StringComparison.Ordinal)), name);

        var culture = CultureInfo.CurrentCulture;
        try
        {
            var comma = (CultureInfo)CultureInfo.InvariantCulture.Clone();
            comma.NumberFormat.NumberDecimalSeparator = ",";
            CultureInfo.CurrentCulture = comma;
            Assert.AreEqual("0,5", 0.5.ToString(CultureInfo.CurrentCulture));
            Assert.AreEqual(table, evaluator.Compute().ToString());
        }
        finally
        {
            CultureInfo.CurrentCulture = culture;
        }
    }

    [TestMethod]
    public void The_table_of_a_long_horizon_shows_the_first_and_the_last_step_and_few_between()
    {
        var evaluator = new ForecastingEvaluator(new() { Targets = ["y"], Horizon = 720 });
        evaluator.Add(new float[720], new float[720], [1], [1]);
        string table = evaluator.Compute().ToString();

        StringAssert.Contains(table, "step 1 ");
        StringAssert.Contains(table, "step 720 ");
        Assert.IsLessThan(15, table.Split('\n').TakeWhile(line => !line.StartsWith("MAPE", StringComparison.Ordinal)).Count() + 1);
    }

    private static List<Term> AddRandomWindows(ForecastingEvaluator evaluator)
    {
        var random = new Random(20);
        var terms = new List<Term>();
        for (int window = 0; window < 60; window++)
        {
            float[] forecast = Values(random, Horizon), actual = Values(random, Horizon), history = Values(random, random.Next(0, 6));
            double[] scale = [1 + random.NextDouble(), window % 4 == 0 ? 0 : 2, window % 5 == 0 ? double.NaN : 3];
            if (window % 7 == 0)
                actual[random.Next(actual.Length)] = float.NaN;
            evaluator.Add(forecast, actual, history, scale);
            if (window % 7 != 0)
                AddTerms(terms, forecast, actual, history, scale);
        }

        return terms;
    }

    private static void AddTerms(List<Term> terms, float[] forecast, float[] actual, float[] history, double[] scale)
    {
        int rows = history.Length / Targets.Length;
        for (int step = 0; step < Horizon; step++)
        {
            for (int target = 0; target < Targets.Length; target++)
            {
                void Add(string model, float value) =>
                    terms.Add(new(model, step, target, value, actual[step * Targets.Length + target], scale[target]));

                Add("model", forecast[step * Targets.Length + target]);
                if (rows >= 1)
                    Add("naive", history[(rows - 1) * Targets.Length + target]);
                int back = Season * (int)Math.Ceiling((step + 1) / (double)Season);
                if (rows >= Season)
                    Add("seasonal", history[(rows + step - back) * Targets.Length + target]);
            }
        }
    }

    private static float[] Values(Random random, int rows) =>
        [.. Enumerable.Range(0, rows * Targets.Length).Select(_ => random.Next(5) == 0 ? 0 : random.NextSingle() * 20 - 10)];

    private static void AssertScores(List<Term> terms, ForecastingScores scores)
    {
        double Mean(Func<Term, bool> where, Func<Term, double> of) => terms.Where(where).Select(of).DefaultIfEmpty(double.NaN).Average();
        void Equal(double expected, double actual) => Assert.AreEqual(expected, actual, 1e-9);
        static double Error(Term term) => Math.Abs(term.Forecast - term.Actual);
        static double Standard(Term term) => Error(term) / Deviations[term.Target];

        Equal(Mean(_ => true, Error), scores.MeanAbsoluteError);
        Equal(Mean(_ => true, term => Error(term) * Error(term)), scores.MeanSquaredError);
        Equal(Math.Sqrt(Mean(_ => true, term => Error(term) * Error(term))), scores.RootMeanSquaredError);
        Equal(
            Mean(_ => true, term => Error(term) == 0 ? 0 : 100 * 2 * Error(term) / (Math.Abs(term.Actual) + Math.Abs(term.Forecast))),
            scores.SymmetricMeanAbsolutePercentageError);
        Equal(Mean(term => term.Scale > 0, term => Error(term) / term.Scale), scores.MeanAbsoluteScaledError);
        Equal(Mean(term => Deviations[term.Target] > 0, term => Standard(term) * Standard(term)), scores.StandardizedMeanSquaredError);
        Equal(Mean(term => Deviations[term.Target] > 0, Standard), scores.StandardizedMeanAbsoluteError);
    }
}
