namespace MLNet.Sequence.Tests.Metrics;

[TestClass]
public sealed class ForecastingEvaluatorTests
{
    private const double Exact = 1e-12;

    [TestMethod]
    public void Two_steps_worked_by_hand_give_every_measure()
    {
        var evaluator = One(horizon: 2, seasonality: 2, deviation: 4);

        // Errors +1 and −3; sMAPE terms 200·1/(4+3) and 200·3/(5+2); scale 2.
        evaluator.Add([4, 2], [3, 5], [9, 1, 2], [2]);
        var metrics = evaluator.Compute();

        Assert.AreEqual(2, metrics.MeanAbsoluteError, Exact);
        Assert.AreEqual(5, metrics.MeanSquaredError, Exact);
        Assert.AreEqual(Math.Sqrt(5), metrics.RootMeanSquaredError, Exact);
        Assert.AreEqual((200.0 / 7 + 600.0 / 7) / 2, metrics.SymmetricMeanAbsolutePercentageError, Exact);
        Assert.AreEqual(1, metrics.MeanAbsoluteScaledError, Exact);
        Assert.AreEqual(5.0 / 16, metrics.StandardizedMeanSquaredError, Exact);
        Assert.AreEqual(0.5, metrics.StandardizedMeanAbsoluteError, Exact);
        Assert.AreEqual(1, metrics.PerStep[0].MeanSquaredError, Exact);
        Assert.AreEqual(9, metrics.PerStep[1].MeanSquaredError, Exact);
        Assert.AreEqual(5, metrics.PerTarget[0].MeanSquaredError, Exact);
        Assert.AreEqual(1, metrics.Count);
        Assert.AreEqual(2, metrics.Horizon);
        Assert.AreEqual(2, metrics.Seasonality);
    }

    [TestMethod]
    public void Naive_repeats_the_last_row_and_seasonal_naive_the_last_season()
    {
        var evaluator = One(horizon: 5, seasonality: 2);

        // Naive forecasts 2 2 2 2 2, seasonal naive 1 2 1 2 1.
        evaluator.Add(new float[5], new float[5], [9, 1, 2], [1]);
        var metrics = evaluator.Compute();

        CollectionAssert.AreEqual(new double[] { 2, 2, 2, 2, 2 }, metrics.Naive!.PerStep.Select(step => step.MeanAbsoluteError).ToArray());
        CollectionAssert.AreEqual(new double[] { 1, 2, 1, 2, 1 }, metrics.SeasonalNaive!.PerStep.Select(step => step.MeanAbsoluteError).ToArray());
        Assert.IsNull(metrics.Naive.Naive);
        Assert.IsNull(metrics.SeasonalNaive.Naive);
    }

    [TestMethod]
    public void A_window_with_less_history_than_a_season_has_no_seasonal_naive_forecast()
    {
        var evaluator = One(horizon: 1, seasonality: 3);
        evaluator.Add([0], [0], [1, 2], [1]);
        evaluator.Add([0], [0], [5, 1, 2], [1]);
        evaluator.Add([0], [0], [], [1]);
        evaluator.Add([0], [0], [float.NaN, 1, 2], [1]);
        var metrics = evaluator.Compute();

        Assert.AreEqual(4, metrics.Count);
        Assert.AreEqual(3, metrics.Naive!.Count);
        Assert.AreEqual(1, metrics.Naive.LeftOut);
        Assert.AreEqual(2, metrics.Naive.MeanAbsoluteError, Exact);
        Assert.AreEqual(1, metrics.SeasonalNaive!.Count);
        Assert.AreEqual(5, metrics.SeasonalNaive.MeanAbsoluteError, Exact);
        StringAssert.Contains(metrics.ToString(), "seasonal naive (1 of 4 windows)");
    }

    [TestMethod]
    public void Baselines_are_null_where_no_window_has_a_history()
    {
        var evaluator = One(horizon: 1, seasonality: 1);
        evaluator.Add([1], [0], [], [1]);

        Assert.IsNull(evaluator.Compute().Naive);
        Assert.IsNull(evaluator.Compute().SeasonalNaive);
    }

    [TestMethod]
    [DataRow(float.NaN, 0f)]
    [DataRow(0f, float.NaN)]
    [DataRow(float.PositiveInfinity, 0f)]
    public void A_window_with_one_missing_value_is_left_out_whole(float forecast, float actual)
    {
        var evaluator = One(horizon: 2, seasonality: 1);

        Assert.IsFalse(evaluator.Add([100, forecast], [0, actual], [7], [1]));
        Assert.IsTrue(evaluator.Add([1, 1], [0, 0], [7], [1]));
        var metrics = evaluator.Compute();

        Assert.AreEqual(1, metrics.Count);
        Assert.AreEqual(1, metrics.LeftOut);
        Assert.AreEqual(1, metrics.MeanAbsoluteError, Exact);
        Assert.AreEqual(1, metrics.Naive!.Count);
    }

    [TestMethod]
    [DataRow(0.0)]
    [DataRow(double.NaN)]
    [DataRow(double.PositiveInfinity)]
    public void A_useless_scale_leaves_only_the_scaled_error(double scale)
    {
        var evaluator = One(horizon: 1, seasonality: 1);
        evaluator.Add([3], [0], [7], [scale]);
        Assert.AreEqual(double.NaN, evaluator.Compute().MeanAbsoluteScaledError);

        evaluator.Add([1], [0], [7], [2]);
        Assert.AreEqual(0.5, evaluator.Compute().MeanAbsoluteScaledError, Exact);
        Assert.AreEqual(2, evaluator.Compute().MeanAbsoluteError, Exact);
    }

    [TestMethod]
    public void A_constant_target_leaves_only_the_standardised_errors()
    {
        var evaluator = new ForecastingEvaluator(new() { Targets = ["a", "b"], Horizon = 1, StandardDeviations = [2, 0] });
        evaluator.Add([2, 9], [0, 0], [0, 0], [1, 1]);
        var metrics = evaluator.Compute();

        Assert.AreEqual(1, metrics.StandardizedMeanSquaredError, Exact);
        Assert.AreEqual(double.NaN, metrics.PerTarget[1].StandardizedMeanSquaredError);
        Assert.AreEqual(9, metrics.PerTarget[1].MeanAbsoluteError, Exact);
    }

    [TestMethod]
    public void Symmetric_percentage_error_of_zero_against_zero_is_zero_and_of_opposites_is_200()
    {
        var evaluator = One(horizon: 2, seasonality: 1);
        evaluator.Add([0, 3], [0, -3], [7], [1]);

        Assert.AreEqual(0, evaluator.Compute().PerStep[0].SymmetricMeanAbsolutePercentageError, Exact);
        Assert.AreEqual(200, evaluator.Compute().PerStep[1].SymmetricMeanAbsolutePercentageError, Exact);
    }

    [TestMethod]
    public void Standardised_errors_are_not_a_number_without_standard_deviations()
    {
        var evaluator = new ForecastingEvaluator(new() { Targets = ["a"], Horizon = 1 });
        evaluator.Add([1], [0], [0], [1]);

        Assert.AreEqual(double.NaN, evaluator.Compute().StandardizedMeanSquaredError);
        Assert.AreEqual(double.NaN, evaluator.Compute().StandardizedMeanAbsoluteError);
    }

    [TestMethod]
    public void Nothing_evaluated_is_an_error_that_says_why()
    {
        var evaluator = One(horizon: 1, seasonality: 1);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(evaluator.Compute).Message, "no window was added");

        evaluator.Add([float.NaN], [0], [0], [1]);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(evaluator.Compute).Message, "all 1 windows were left out");
    }

    [TestMethod]
    public void Options_out_of_range_are_all_named_in_one_message()
    {
        var options = new ForecastingEvaluatorOptions { Targets = [], Horizon = 0, Seasonality = -1, StandardDeviations = [1] };
        string message = Assert.ThrowsExactly<ArgumentException>(() => new ForecastingEvaluator(options)).Message;

        foreach (string name in new[] { "Targets", "Horizon", "Seasonality", "StandardDeviations" })
            StringAssert.Contains(message, name);
    }

    [TestMethod]
    public void A_span_of_the_wrong_length_is_an_error_that_names_it()
    {
        var evaluator = new ForecastingEvaluator(new() { Targets = ["a", "b"], Horizon = 2 });
        string NameOf(Action act) => Assert.ThrowsExactly<ArgumentException>(act).ParamName!;

        Assert.AreEqual("forecast", NameOf(() => evaluator.Add(new float[3], new float[4], [], new double[2])));
        Assert.AreEqual("actual", NameOf(() => evaluator.Add(new float[4], new float[5], [], new double[2])));
        Assert.AreEqual("history", NameOf(() => evaluator.Add(new float[4], new float[4], new float[3], new double[2])));
        Assert.AreEqual("scale", NameOf(() => evaluator.Add(new float[4], new float[4], [], new double[1])));
    }

    [TestMethod]
    public void Adding_a_window_allocates_nothing()
    {
        var evaluator = One(horizon: 24, seasonality: 24);
        float[] forecast = new float[24], actual = new float[24], history = new float[48];
        double[] scale = [1];
        evaluator.Add(forecast, actual, history, scale);

        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int window = 0; window < 1000; window++)
            evaluator.Add(forecast, actual, history, scale);

        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
    }

    [TestMethod]
    public void Seasonal_scale_is_the_mean_change_over_a_season()
    {
        Assert.AreEqual(2, ForecastingEvaluator.SeasonalScale([1, 3, 1, 3], 1), Exact);
        Assert.AreEqual(0, ForecastingEvaluator.SeasonalScale([1, 3, 1, 3], 2), Exact);
        Assert.AreEqual(10.0 / 3, ForecastingEvaluator.SeasonalScale([1, 2, 3, 10, 3], 2), Exact);
        Assert.AreEqual(double.NaN, ForecastingEvaluator.SeasonalScale([1, 3], 2));
        Assert.AreEqual(double.NaN, ForecastingEvaluator.SeasonalScale(Array.Empty<double>(), 1));
        Assert.AreEqual(5, ForecastingEvaluator.SeasonalScale([1, 6, float.NaN, 9], 1), Exact);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => ForecastingEvaluator.SeasonalScale([1], 0));
    }

    [TestMethod]
    public void Seasonal_scales_of_rows_of_targets_equal_those_of_each_target_alone()
    {
        var scale = new double[2];
        ForecastingEvaluator.SeasonalScale([1, 10, 2, 40, 5, 20], 1, scale);

        Assert.AreEqual(ForecastingEvaluator.SeasonalScale([1, 2, 5], 1), scale[0], Exact);
        Assert.AreEqual(ForecastingEvaluator.SeasonalScale([10, 40, 20], 1), scale[1], Exact);
    }

    private static ForecastingEvaluator One(int horizon, int seasonality, double deviation = 1) =>
        new(new() { Targets = ["y"], Horizon = horizon, Seasonality = seasonality, StandardDeviations = [deviation] });
}
