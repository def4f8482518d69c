namespace MLNet.Sequence.Tests.Metrics;

/// <summary>Percentages, squared scales, quantiles, series and references: against formulas worked by hand.</summary>
[TestClass]
public sealed class QuantileScoresTests
{
    private const double Exact = 1e-12;

    [TestMethod]
    public void Percentages_and_squared_scales_worked_by_hand()
    {
        var evaluator = new ForecastingEvaluator(new() { Targets = ["y"], Horizon = 3 });
        // Errors 1, 3, 2 of 4, 5, 0.
        evaluator.Add(new EvaluatedWindow { Forecast = [5, 2, 2], Actual = [4, 5, 0], Scale = [2], SquaredScale = [7] });
        ForecastingMetrics metrics = evaluator.Compute();

        Assert.AreEqual(100 * (1.0 / 4 + 3.0 / 5) / 2, metrics.Overall.MeanAbsolutePercentageError, Exact);
        Assert.AreEqual(100 * 6.0 / 9, metrics.Overall.WeightedAbsolutePercentageError, Exact);
        Assert.AreEqual(Math.Sqrt((1 + 9 + 4) / 3.0 / 7), metrics.Overall.RootMeanSquaredScaledError, Exact);
        Assert.AreEqual(1, metrics.MeanAbsoluteScaledError, Exact);
        Assert.AreEqual("MAPE leaves out 1 of 3 actual values, which are 0.", metrics.Remarks.Single());
        Assert.AreEqual(double.NaN, metrics.PerStep[2].MeanAbsolutePercentageError);
        Assert.IsNull(metrics.Overall.Quantiles);
    }

    [TestMethod]
    public void The_squared_scale_is_the_mean_squared_seasonal_change()
    {
        Assert.AreEqual((4 + 25 + 9) / 3.0, ForecastingEvaluator.SeasonalSquaredScale([1, 3, 8, 5], 1), Exact);
        Assert.AreEqual((49 + 4) / 2.0, ForecastingEvaluator.SeasonalSquaredScale([1, 3, 8, 5], 2), Exact);
        Assert.AreEqual(double.NaN, ForecastingEvaluator.SeasonalSquaredScale([1, 3], 2));
    }

    [TestMethod]
    public void What_is_not_defined_is_said()
    {
        var evaluator = new ForecastingEvaluator(new() { Targets = ["y"], Horizon = 1, Seasonality = 4 });
        evaluator.Add([1], [0], [], [0]);
        ForecastingMetrics metrics = evaluator.Compute();

        CollectionAssert.AreEqual(new[]
        {
            "MAPE and WAPE are not defined: all 1 actual values are 0.",
            "MASE and RMSSE are not defined: in sample the series is not longer than a season (4), or repeats itself.",
        }, metrics.Remarks.ToArray());
        StringAssert.Contains(metrics.ToString(), "MASE and RMSSE are not defined");
    }

    [TestMethod]
    public void Quantiles_worked_by_hand()
    {
        var evaluator = new ForecastingEvaluator(new() { Targets = ["y"], Horizon = 2, Levels = [0.1, 0.5, 0.9] });
        // Step 1: 2, 4, 8 for 5; step 2: 1, 3, 4 for 6.
        evaluator.Add([2, 4, 8, 1, 3, 4], [5, 6], [], [1]);
        ForecastingMetrics metrics = evaluator.Compute();
        QuantileScores scores = metrics.Overall.Quantiles!;

        double low = (0.1 * 3 + 0.1 * 5) / 2, middle = (0.5 * 1 + 0.5 * 3) / 2, high = (0.1 * 3 + 0.9 * 2) / 2;
        AssertNear([low, middle, high], scores.PinballLosses);
        Assert.AreEqual((low + middle + high) / 3, scores.MeanPinballLoss, Exact);
        Assert.AreEqual(2 * 2 * (low + middle + high) / 11 / 3, scores.WeightedQuantileLoss, Exact);
        Assert.AreEqual(2 * (0.3 * low + 0.4 * middle + 0.3 * high), scores.ContinuousRankedProbabilityScore, Exact);
        AssertNear([0, 0, 0.5], scores.Coverages);
        IntervalScores interval = scores.Intervals.Single();
        Assert.AreEqual(0.8, interval.Level, Exact);
        Assert.AreEqual(0.5, interval.Coverage, Exact);
        Assert.AreEqual((6 + 3) / 2.0, interval.Width, Exact);
        Assert.AreEqual((6 + 3 + 2 / 0.2 * 2) / 2, interval.WinklerScore, Exact);
        // The point is the middle quantile.
        Assert.AreEqual((1 + 3) / 2.0, metrics.MeanAbsoluteError, Exact);
        Assert.AreEqual(3, metrics.PerStep[1].MeanAbsoluteError, Exact);
        Assert.AreEqual(1, metrics.PerStep[0].Quantiles!.Intervals[0].Coverage, Exact);
        StringAssert.Contains(metrics.ToString(), "80 % interval: holds 50 %");
    }

    [TestMethod]
    public void The_crps_of_many_normal_quantiles_is_that_of_the_normal_distribution()
    {
        double[] levels = [.. Enumerable.Range(0, 500).Select(i => (i + 0.5) / 500)];
        double[] quantiles = [.. levels.Select(NormalQuantile)];
        var evaluator = new ForecastingEvaluator(new() { Targets = ["y"], Horizon = 1, Levels = levels });
        evaluator.Add(quantiles, [0.7], [], [1]);

        // Gneiting and Raftery 2007, equation 21: z (2 Φ(z) − 1) + 2 φ(z) − 1 / √π, at z = 0.7 with Φ = 0.758036.
        double expected = 0.7 * (2 * 0.7580363477769270 - 1) + 2 * Math.Exp(-0.245) / Math.Sqrt(2 * Math.PI) - 1 / Math.Sqrt(Math.PI);
        Assert.AreEqual(expected, evaluator.Compute().Overall.Quantiles!.ContinuousRankedProbabilityScore, 2e-4);
    }

    [TestMethod]
    public void Two_targets_have_their_own_quantiles()
    {
        var evaluator = new ForecastingEvaluator(new() { Targets = ["a", "b"], Horizon = 1, Levels = [0.25, 0.75] });
        // [levels × targets]: a from 1 to 3, b from 10 to 20.
        evaluator.Add([1, 10, 3, 20], [2, 30], [], [1, 1]);
        ForecastingMetrics metrics = evaluator.Compute();

        Assert.AreEqual(1, metrics.PerTarget[0].Quantiles!.Intervals[0].Coverage, Exact);
        Assert.AreEqual(0, metrics.PerTarget[1].Quantiles!.Intervals[0].Coverage, Exact);
        Assert.AreEqual(10 + 2 / 0.5 * 10, metrics.PerTarget[1].Quantiles!.Intervals[0].WinklerScore, Exact);
    }

    [TestMethod]
    public void Scores_per_series_and_their_distribution()
    {
        var evaluator = new ForecastingEvaluator(new() { Targets = ["y"], Horizon = 1 });
        foreach ((string series, double error) in new[] { ("a", 1.0), ("b", 2), ("a", 3), ("c", 10), ("d", 4), ("e", 5) })
            evaluator.Add(new EvaluatedWindow { Forecast = [error], Actual = [0], Scale = [series == "e" ? 0 : 2], Series = series });
        ForecastingMetrics metrics = evaluator.Compute();

        CollectionAssert.AreEqual(new[] { "a", "b", "c", "d", "e" }, metrics.PerSeries.Select(one => one.Series).ToArray());
        Assert.AreEqual(2, metrics.PerSeries[0].Count);
        Assert.AreEqual(2, metrics.PerSeries[0].Scores.MeanAbsoluteError, Exact);
        SeriesDistribution errors = metrics.AcrossSeries(scores => scores.MeanAbsoluteError);
        SeriesDistribution scaled = metrics.AcrossSeries(scores => scores.MeanAbsoluteScaledError);
        AssertNear([2, 2, 4, 5, 10], errors.Quartiles);
        Assert.AreEqual(23.0 / 5, errors.Mean, Exact);
        Assert.AreEqual(1, scaled.Undefined);
        AssertNear([1, 1, 1.5, 2.75, 5], scaled.Quartiles);
        Assert.Throws<InvalidOperationException>(() =>
        {
            var unnamed = new ForecastingEvaluator(new() { Targets = ["y"], Horizon = 1 });
            unnamed.Add([1], [0], [], [1]);
            return unnamed.Compute().AcrossSeries(scores => scores.MeanAbsoluteError);
        });
    }

    [TestMethod]
    public void Owa_relates_to_naive2_on_the_same_windows()
    {
        var options = new ForecastingEvaluatorOptions { Targets = ["y"], Horizon = 2, References = [new Theta(), new Naive2()] };
        var evaluator = new ForecastingEvaluator(options);
        evaluator.Add(new EvaluatedWindow { Forecast = [4, 5], Actual = [3, 6], History = [1, 4, 2], Scale = [2] });
        ForecastingMetrics metrics = evaluator.Compute();

        // Naive2 without a season repeats 2.
        double smape = (200 * 1.0 / 5 + 200 * 4.0 / 8) / 2, mase = (1 + 4) / 2.0 / 2;
        ForecastingMetrics second = metrics.References.Single(one => one.Name == "Naive2").Metrics;
        Assert.AreEqual(smape, second.SymmetricMeanAbsolutePercentageError, Exact);
        Assert.AreEqual((metrics.SymmetricMeanAbsolutePercentageError / smape + metrics.MeanAbsoluteScaledError / mase) / 2,
            metrics.OverallWeightedAverage, Exact);
        CollectionAssert.AreEqual(new[] { "Theta", "Naive2" }, metrics.References.Select(one => one.Name).ToArray());
        Assert.AreEqual(double.NaN, second.OverallWeightedAverage);
    }

    [TestMethod]
    public void Wrong_options_are_refused()
    {
        Assert.Throws<ArgumentException>(() => new ForecastingEvaluator(new() { Targets = ["y"], Horizon = 1, Levels = [0.5, 1] }));
        Assert.Throws<ArgumentException>(() => new ForecastingEvaluator(new() { Targets = ["y"], Horizon = 1, References = [new Theta { Season = 0 }] }));
        Assert.Throws<ArgumentException>(() => new ForecastingEvaluator(new() { Targets = ["y"], Horizon = 1, Levels = [0.5] }).Add([1, 2], [1], [], [1]));
    }

    private static void AssertNear(double[] expected, IReadOnlyList<double> actual)
    {
        Assert.HasCount(expected.Length, actual);
        foreach ((double one, double other) in expected.Zip(actual))
            Assert.AreEqual(one, other, Exact);
    }

    // By bisection of the distribution function, which is integrated by Simpson's rule.
    private static double NormalQuantile(double level)
    {
        double Below(double z)
        {
            const int Parts = 2000;
            double width = z / Parts;
            double Density(double x) => Math.Exp(-x * x / 2) / Math.Sqrt(2 * Math.PI);
            return 0.5 + Enumerable.Range(0, Parts + 1).Sum(i => Density(i * width) * (i is 0 or Parts ? 1 : i % 2 == 1 ? 4 : 2)) * width / 3;
        }

        (double low, double high) = (-6, 6);
        for (int i = 0; i < 40; i++)
            (low, high) = Below((low + high) / 2) < level ? ((low + high) / 2, high) : (low, (low + high) / 2);
        return low;
    }
}
