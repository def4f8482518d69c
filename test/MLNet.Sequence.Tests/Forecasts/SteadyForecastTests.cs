using Microsoft.ML;
using MLNet.Sequence.Torch;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Columns and series that are constant in training, within a series or within a window.</summary>
[TestClass]
public sealed class SteadyForecastTests
{
    private readonly MLContext _ml = new(seed: 5);
    private readonly List<string> _lines = [];

    public SteadyForecastTests() => _ml.Log += (_, entry) => _lines.Add(entry.Message);

    [TestMethod]
    [DataRow(WindowNormalization.None)]
    [DataRow(WindowNormalization.MeanAndDeviation)]
    [DataRow(WindowNormalization.LastValue)]
    public void An_input_that_is_constant_within_series_reaches_the_network(WindowNormalization normalization)
    {
        List<Step> rows = [.. Steps(40), .. Steps(40, 2, "b")];
        foreach (Step row in rows)
            row.Price = row.Series == "a" ? 3 : 7;
        using ForecastingTransformer fitted = Trained(rows, SeriesOptions with { Normalization = normalization });

        CollectionAssert.AreEqual(new[] { 1 }, ((Forecasting)fitted.Model.Task).SteadyInputs!.ToArray());
        foreach (string series in new[] { "a", "b" })
            Assert.AreEqual((5.0, 2.0), (fitted.Model.Scaling[series].Mean[1], fitted.Model.Scaling[series].Deviation[1]));
        float[] With(float price) => fitted.Model.Forecast([.. rows.Take(Context).SelectMany(row => new[] { row.Load, price })], "a");
        Assert.IsTrue(With(3).Zip(With(7)).All(pair => Math.Abs(pair.First - pair.Second) > 1e-3));
        StringAssert.Contains(_lines.Single(line => line.Contains("one value within most windows")), "'Price'");
        float[][] plain = [.. Column(fitted.Transform(View(_ml, rows))).Skip(Context - 1).Take(1)];
        AssertNear([With(3)], plain, 1e-5);
        SequenceModel loaded = SequenceModel.Load(new MemoryStream(Model.SequenceModelFileTests.Saved(fitted.Model)));
        CollectionAssert.AreEqual(Bits(With(3)), Bits(loaded.Forecast([.. rows.Take(Context).SelectMany(row => new[] { row.Load, 3f })], "a")));
    }

    [TestMethod]
    public void The_level_of_an_input_that_seldom_changes_counts_in_a_normalised_window()
    {
        List<Step> rows = Steps(120);
        for (int i = 0; i < rows.Count; i++)
            rows[i].Price = i / 20 % 3;
        using ForecastingTransformer fitted = Trained(rows, Options with { Inputs = ["Price"] });
        float[] With(float price) => fitted.Model.Forecast([.. rows.Take(Context).SelectMany(row => new[] { row.Load, price })]);
        Assert.IsTrue(With(0).Zip(With(2)).All(pair => Math.Abs(pair.First - pair.Second) > 1e-3));
    }

    [TestMethod]
    [DataRow(150, 0)]
    [DataRow(150, 1e-4)]
    [DataRow(0, 1e-5)]
    public void A_series_that_sleeps_through_training_and_wakes_does_not_rule_validation(double level, double breath)
    {
        List<Step> rows = [.. Steps(60), .. Steps(60, 2, "b"), .. Steps(60, 3, "sleeper")];
        for (int i = 0; i < 60; i++)
            rows[120 + i].Load = (float)(level + breath * (i % 3) + (i < 54 ? 0 : 10 * (i - 53)));
        using ForecastingTransformer fitted = Trained(rows, SeriesOptions with { Inputs = [], Normalization = WindowNormalization.None });

        Assert.AreEqual(fitted.Model.Scaling.Pooled.Deviation[0], fitted.Model.Scaling["sleeper"].Deviation[0]);
        StringAssert.Contains(_lines.Single(line => line.Contains("do not vary in training")),
            "1 series do not vary in training, or by next to nothing compared with the others, beginning with 'sleeper'");
        Assert.IsLessThan(20, fitted.Model.Report.Epochs[0].ValidationLoss!.Value);
    }

    [TestMethod]
    public void A_target_that_is_constant_in_training_is_left_out_of_validation_and_of_standardised_errors()
    {
        List<Step> rows = Steps(60);
        for (int i = 0; i < rows.Count; i++)
            rows[i].Price = i < 54 ? 8 : 8 + 500 * (i - 53);
        ForecastingOptions options =
            Options with { Targets = ["Load", "Price"], Normalization = WindowNormalization.None, Training = BriefTraining with { Epochs = 1 } };
        using ForecastingTransformer fitted = _ml.Forecasting.Trainers.Sequence(TinyLstm, options).Fit(View(_ml, rows));

        // The validation loss by hand: squared errors of the other target, in its standard deviations, over the windows at the end.
        IDataView scored = fitted.Transform(View(_ml, rows));
        (float[][] forecasts, float[][] actuals) = (Column(scored), Column(scored, "Actual"));
        double deviation = fitted.Model.Scaling.Pooled.Deviation[0];
        int first = rows.Count - (int)Math.Round(rows.Count * options.Training.ValidationFraction) - 1;
        double expected = Enumerable.Range(first, rows.Count - Horizon - first)
            .Average(row => Enumerable.Range(0, Horizon).Average(step => Math.Pow((forecasts[row][2 * step] - actuals[row][2 * step]) / deviation, 2)));
        Assert.AreEqual(expected, fitted.Model.Report.Epochs[0].ValidationLoss!.Value, 1e-3 * expected);

        ForecastingMetrics metrics = _ml.Forecasting.EvaluateSequence(scored);
        Assert.IsTrue(double.IsNaN(metrics.PerTarget[1].StandardizedMeanSquaredError));
        Assert.AreEqual(metrics.PerTarget[0].StandardizedMeanSquaredError, metrics.StandardizedMeanSquaredError);
        Assert.AreEqual(2, _lines.Count(line => line.Contains("'Price'") && line.Contains("one value in all training rows")));
    }

    [TestMethod]
    public void A_target_that_never_varied_is_trained_without_validation_and_forecast_as_it_was()
    {
        List<Step> rows = Steps(60);
        rows.ForEach(row => row.Load = 12);
        using ForecastingTransformer fitted = Trained(rows, Options);
        Assert.IsNull(fitted.Model.Report.Epochs[0].ValidationLoss);
        Assert.IsTrue(fitted.Model.Forecast([.. rows.Take(Context).Select(row => row.Load)]).All(value => Math.Abs(value - 12) < 1));
        Assert.IsTrue(double.IsNaN(_ml.Forecasting.EvaluateSequence(fitted.Transform(View(_ml, rows))).StandardizedMeanSquaredError));
    }

    [TestMethod]
    [DataRow(WindowNormalization.MeanAndDeviation)]
    [DataRow(WindowNormalization.LastValue)]
    public void A_context_of_one_step_under_window_normalisation_is_refused_with_the_remedy(WindowNormalization normalization)
    {
        ForecastingOptions options = Options with { Context = 1, Normalization = normalization };
        string message = Assert.Throws<ArgumentException>(() => _ml.Forecasting.Trainers.Sequence(new Linear(), options)).Message;
        StringAssert.Contains(message, "Set Context to at least 2, or Normalization to None.");
        Fit(Steps(40), options with { Normalization = WindowNormalization.None }, new Linear()).Dispose();
    }

    [TestMethod]
    public void Series_whose_tail_is_too_short_to_validate_are_reported_with_their_number()
    {
        List<Step> rows = [.. Steps(100), .. Steps(14, 2, "b"), .. Steps(14, 3, "c")];
        ForecastingOptions options = SeriesOptions with { Inputs = [], Training = BriefTraining with { ValidationFraction = 0.1, Epochs = 1 } };
        _ml.Forecasting.Trainers.Sequence(TinyLstm, options).Fit(View(_ml, rows)).Dispose();
        StringAssert.Contains(
            _lines.Single(line => line.Contains("Kind=Warning")),
                "2 series have a validation tail that is shorter than Horizon (3), beginning with 'b', 'c': these rows are neither validated nor trained on.");
    }

    private ForecastingTransformer Trained(List<Step> rows, ForecastingOptions options) =>
        _ml.Forecasting.Trainers.Sequence(TinyLstm, options).Fit(View(_ml, rows));
}
