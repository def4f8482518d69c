using Microsoft.ML;
using MLNet.Sequence.Tests.Rows;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

[TestClass]
public sealed class EvaluateSequenceTests
{
    private static readonly string[] Targets = ["Load", "Price"];

    private readonly MLContext _ml = new(seed: 5);
    private readonly List<Step> _training = Interleaved(Steps(80), Steps(60, 2, "b"));
    private readonly List<Step> _test = Interleaved(Steps(40, 3, "a"), Steps(30, 4, "b"));

    private static ForecastingOptions TwoTargets => SeriesOptions with { Targets = Targets, Inputs = [] };

    [TestMethod]
    [DataRow(1, false)]
    [DataRow(4, true)]
    [DataRow(12, true)] // longer than the context: the first windows have no whole season before them
    public void Metrics_are_those_of_the_forecast_and_actual_columns(int season, bool withHistory)
    {
        using ForecastingTransformer model = Fit(_training, TwoTargets);
        IDataView scored = model.Transform(View(_ml, _test));
        IDataView? history = withHistory ? View(_ml, _training) : null;

        ForecastingMetrics metrics = _ml.Forecasting.EvaluateSequence(scored, season, history);

        var hand = new EvaluationByHand(_test, withHistory ? _training : _test, season) { Deviation = model.Model.Scaling.Pooled.Deviation.Items };
        float[][] forecasts = Column(scored), actuals = Column(scored, "Actual");
        AssertSame(hand.Score(row => forecasts[row], actuals), metrics);
        AssertSame(hand.Score(row => hand.Seasonal(row, 1), actuals), metrics.Naive!);
        AssertSame(hand.Score(row => hand.Seasonal(row, season), actuals), metrics.SeasonalNaive!);
        Assert.AreEqual(_test.Count - metrics.Count, metrics.LeftOut);
        Assert.AreEqual(season, metrics.Seasonality);
        CollectionAssert.AreEqual(Targets, metrics.Targets.ToArray());
    }

    [TestMethod]
    public void A_renamed_forecast_column_can_be_evaluated()
    {
        using ForecastingTransformer model = Fit(_training, TwoTargets);
        IDataView scored = model.Transform(View(_ml, _test));
        IDataView renamed = _ml.Transforms.CopyColumns("Mine", "Forecast").Fit(scored).Transform(scored);

        Assert.AreEqual(
            _ml.Forecasting.EvaluateSequence(scored).MeanSquaredError,
            _ml.Forecasting.EvaluateSequence(renamed, forecastColumnName: "Mine").MeanSquaredError);
    }

    [TestMethod]
    public void A_missing_value_leaves_out_the_windows_that_hold_it()
    {
        using ForecastingTransformer model = Fit(Steps(60));
        List<Step> steps = Steps(40);
        steps[25].Load = float.NaN;

        ForecastingMetrics metrics = _ml.Forecasting.EvaluateSequence(model.Transform(View(_ml, steps)));

        // Origins 7 to 36 have a whole history and horizon. Those from 22 to 32 have row 25 in one of the two.
        Assert.AreEqual(30 - 11, metrics.Count);
        Assert.AreEqual(40 - 19, metrics.LeftOut);
        Assert.IsTrue(double.IsFinite(metrics.MeanAbsoluteScaledError));
    }

    [TestMethod]
    public void A_series_unknown_to_the_history_counts_in_all_but_the_scaled_error()
    {
        using ForecastingTransformer model = Fit(_training, TwoTargets);
        IDataView scored = model.Transform(View(_ml, _test));
        IDataView onlyB = View(_ml, _training.Where(step => step.Series == "b"));

        ForecastingMetrics metrics = _ml.Forecasting.EvaluateSequence(scored, 1, onlyB);

        Assert.AreEqual(_ml.Forecasting.EvaluateSequence(scored).Count, metrics.Count);
        Assert.IsTrue(double.IsFinite(metrics.MeanAbsoluteScaledError));
    }

    [TestMethod]
    public void Wrong_columns_are_refused_by_name()
    {
        using ForecastingTransformer model = Fit(_training, TwoTargets);
        IDataView plain = View(_ml, _test), scored = model.Transform(plain);
        IDataView Without(string name) => _ml.Transforms.DropColumns(name).Fit(scored).Transform(scored);

        Refused(plain, "Could not find forecast column 'Forecast'");
        Refused(scored, "Could not find forecast column 'Forcast'. The nearest names in the data: 'Forecast'", "Forcast");
        Refused(scored, "Schema mismatch for forecast column 'Price': expected a forecast column of MLNet.Sequence, got Single", "Price");
        Refused(scored, "Schema mismatch for forecast column 'Actual': expected a column of forecasts", "Actual");
        Refused(Without("Actual"), "Could not find actual column 'Actual'");
        Refused(Without("Series"), "Could not find series column 'Series'");
        Refused(Without("Load"), "Could not find target column 'Load'");
        IDataView covered = _ml.Transforms.CopyColumns("Actual", "Price").Fit(scored).Transform(scored);
        Refused(covered, "Schema mismatch for actual column 'Actual': expected Vector<Single, 6>, got Single");
        IDataView history = _ml.Transforms.DropColumns("Load").Fit(plain).Transform(plain);
        Refused(scored, "Could not find target column 'Load'. The nearest names in the data", history: history);
    }

    [TestMethod]
    public void In_a_chain_of_two_forecasters_each_is_paired_with_its_own_actual_values()
    {
        ForecastingOptions load = SeriesOptions with { Targets = ["Load"], Inputs = [], ForecastColumnName = "FY" },
            price = load with { Targets = ["Price"], ForecastColumnName = "FZ" };
        using ForecastingTransformer one = Fit(_training, load), two = Fit(_training, price);
        IDataView both = two.Transform(one.Transform(View(_ml, _test)));

        Assert.AreEqual(
            _ml.Forecasting.EvaluateSequence(one.Transform(View(_ml, _test)), 3, forecastColumnName: "FY").MeanAbsoluteError,
            _ml.Forecasting.EvaluateSequence(both, 3, forecastColumnName: "FY").MeanAbsoluteError, 1e-9);
        Assert.AreEqual(
            _ml.Forecasting.EvaluateSequence(two.Transform(View(_ml, _test)), forecastColumnName: "FZ").MeanAbsoluteError,
            _ml.Forecasting.EvaluateSequence(both, forecastColumnName: "FZ").MeanAbsoluteError, 1e-9);
        IDataView without = _ml.Transforms.SelectColumns("Series", "Load", "Price", "FY", "FZ", "Actual").Fit(both).Transform(both);
        Refused(without, "expected the column that came with 'FY'", "FY");
    }

    [TestMethod]
    public void Rows_that_are_not_consecutive_are_refused_where_a_figure_needs_their_neighbours()
    {
        using ForecastingTransformer model = Fit(_training, TwoTargets);
        IDataView scored = model.Transform(View(_ml, _test));
        IDataView every = _ml.Data.FilterRowsByColumn(Numbered(scored), "Odd", upperBound: 0.5);
        IDataView tail = _ml.Data.SkipRows(scored, 13);

        foreach (Action evaluate in new Action[]
        {
            () => _ml.Forecasting.EvaluateSequence(every),
            () => _ml.Forecasting.EvaluateSequence(every, 4, View(_ml, _training)),
        })
        {
            string message = Assert.ThrowsExactly<InvalidOperationException>(evaluate).Message;
            StringAssert.Contains(message, "are not those that were scored");
            StringAssert.Contains(message, "without a seasonality, and with the training rows as history");
        }

        // The last value is in the row itself and the scale comes from the history, so any rows can be evaluated.
        ForecastingMetrics part = _ml.Forecasting.EvaluateSequence(every, 1, View(_ml, _training));
        Assert.IsTrue(double.IsFinite(part.MeanAbsoluteScaledError) && part.Naive is not null);
        // Consecutive rows may begin anywhere.
        Assert.IsNotNull(_ml.Forecasting.EvaluateSequence(tail, 4).SeasonalNaive);
    }

    [TestMethod]
    public void A_history_in_other_units_is_reported()
    {
        List<string> lines = [];
        _ml.Log += (_, entry) => lines.Add(entry.Message);
        List<Step> steps = Steps(80);
        var scaling = _ml.Transforms.NormalizeMinMax("Load").Fit(View(_ml, steps));
        IDataView normalized = scaling.Transform(View(_ml, steps));
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(TinyLstm, Options).Fit(normalized);
        IDataView scored = model.Transform(normalized);

        _ml.Forecasting.EvaluateSequence(scored, 1, normalized);
        Assert.IsFalse(lines.Any(line => line.Contains("MASE is wrong")));
        _ml.Forecasting.EvaluateSequence(scored, 1, View(_ml, steps));
        Assert.AreEqual(1, lines.Count(line => line.Contains("The history of 'Load' has mean")));
        Assert.AreEqual(1, lines.Count(line => line.Contains("Only one of the scored rows and the history has 'Load' normalised")));
    }

    [TestMethod]
    public void Rows_that_hold_no_whole_window_cannot_be_evaluated()
    {
        using ForecastingTransformer model = Fit(Steps(60));

        Exception error = Assert.ThrowsExactly<InvalidOperationException>(
            () => _ml.Forecasting.EvaluateSequence(model.Transform(View(_ml, Steps(10)))));

        StringAssert.Contains(error.Message, "There is nothing to evaluate");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => _ml.Forecasting.EvaluateSequence(model.Transform(View(_ml, Steps(40))), seasonality: 0));
    }

    // Adds a column that is 1 in odd hours.
    private IDataView Numbered(IDataView scored) =>
        _ml.Transforms.CustomMapping<Hour, Oddness>((row, odd) => odd.Odd = row.Time.Hour % 2, contractName: null).Fit(scored).Transform(scored);

    private sealed class Hour
    {
        public DateTime Time { get; set; }
    }

    private sealed class Oddness
    {
        public float Odd { get; set; }
    }

    private void Refused(IDataView scored, string message, string column = "Forecast", IDataView? history = null)
    {
        Exception error = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Forecasting.EvaluateSequence(scored, 1, history, column));
        StringAssert.Contains(error.Message, message);
    }

    private static void AssertSame(EvaluationByHand.Result expected, ForecastingMetrics found)
    {
        Assert.AreEqual(expected.Count, found.Count);
        AssertSame(expected.Of(null, null), found.Overall, "overall");
        for (int target = 0; target < Targets.Length; target++)
            AssertSame(expected.Of(null, target), found.PerTarget[target], $"target {target}");
        for (int step = 0; step < Horizon; step++)
            AssertSame(expected.Of(step, null), found.PerStep[step], $"step {step}");
    }

    private static void AssertSame(double[] expected, ForecastingScores found, string where)
    {
        double[] values =
        [
            found.MeanAbsoluteError, found.MeanSquaredError, found.RootMeanSquaredError, found.SymmetricMeanAbsolutePercentageError,
            found.MeanAbsoluteScaledError, found.StandardizedMeanSquaredError, found.StandardizedMeanAbsoluteError,
        ];
        for (int i = 0; i < values.Length; i++)
            Assert.AreEqual(expected[i], values[i], 1e-9 * Math.Abs(expected[i]), $"{where}, measure {i}");
    }
}
