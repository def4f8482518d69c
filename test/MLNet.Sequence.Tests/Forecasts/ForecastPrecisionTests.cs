using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Columns with more digits than Single holds: a counter, a time, an identifier.</summary>
[TestClass]
public sealed class ForecastPrecisionTests
{
    private const int Context = 8, Horizon = 2;
    private const double Level = 1.7e9;

    private readonly MLContext _ml = new(seed: 5);
    private readonly List<string> _lines = [];

    private static ForecastingOptions Options => new()
    {
        Targets = ["Value"],
        Context = Context,
        Horizon = Horizon,
        Training = new TrainingOptions { Epochs = 2, Seed = 3, LearningRate = 0.01 },
    };

    public ForecastPrecisionTests() => _ml.Log += (_, entry) => _lines.Add(entry.Message);

    [TestMethod]
    public void A_double_column_at_a_large_level_is_forecast_as_the_same_column_around_zero()
    {
        using ForecastingTransformer near = Fit(Doubles(0)), far = Fit(Doubles(Level));
        double[] history = Values(0, 30), there = Values(Level, 30);
        double[] expected = near.Model.Forecast(history), found = far.Model.Forecast(there);
        SequenceSession session = far.Model.CreateSession();
        var streamed = new double[Horizon];
        foreach (double value in there)
            session.Step([value], streamed);
        for (int step = 0; step < Horizon; step++)
        {
            Assert.AreEqual(expected[step] + Level, found[step], 1e-3);
            Assert.AreEqual(found[step], streamed[step], 1e-5);
        }
    }

    [TestMethod]
    public void Figures_are_those_of_the_original_values()
    {
        using ForecastingTransformer near = Fit(Doubles(0)), far = Fit(Doubles(Level));
        ForecastingMetrics expected = _ml.Forecasting.EvaluateSequence(near.Transform(Doubles(0)), seasonality: 3);
        ForecastingMetrics found = _ml.Forecasting.EvaluateSequence(far.Transform(Doubles(Level)), seasonality: 3);

        double[] values = Values(0, 60);
        double naive = Enumerable.Range(0, 60 - Horizon).Skip(Context - 1)
            .Average(row => Enumerable.Range(1, Horizon).Average(step => Math.Pow(values[row + step] - values[row], 2)));
        Assert.AreEqual(naive, found.Naive!.MeanSquaredError, 1e-5 * naive);
        foreach ((ForecastingScores one, ForecastingScores other) in new[] { (expected.Overall, found.Overall),
            (expected.SeasonalNaive!.Overall, found.SeasonalNaive!.Overall) })
        {
            Assert.AreEqual(one.MeanSquaredError, other.MeanSquaredError, 1e-3 * one.MeanSquaredError);
            Assert.AreEqual(one.MeanAbsoluteScaledError, other.MeanAbsoluteScaledError, 1e-3 * one.MeanAbsoluteScaledError);
            Assert.AreEqual(one.StandardizedMeanAbsoluteError, other.StandardizedMeanAbsoluteError, 1e-3 * one.StandardizedMeanAbsoluteError);
        }
    }

    [TestMethod]
    public void Integers_of_more_digits_than_Single_holds_are_read_whole()
    {
        long[] counter = [.. Enumerable.Range(0, 60).Select(i => 1_234_567_890_123 + 3 * i + i % 2)];
        IDataView rows = _ml.Data.LoadFromEnumerable(counter.Select(value => new Long { Value = value }).ToList());
        ForecastingOptions options = Options with { Training = Options.Training with { ValidationFraction = 0 } };
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(new Linear(), options).Fit(rows);

        double mean = counter.Average(value => (double)(value - counter[0]));
        Assert.AreEqual(mean, model.Model.Scaling.Pooled.Mean[0] - counter[0], 1e-3);
        Assert.AreEqual(
            Math.Sqrt(counter.Average(value => Math.Pow(value - counter[0] - mean, 2))), model.Model.Scaling.Pooled.Deviation[0], 1e-3);
        // The next value is 2 or 4 larger.
        Assert.AreEqual(3, _ml.Forecasting.EvaluateSequence(model.Transform(rows)).Naive!.PerStep[0].MeanAbsoluteError, 0.1);
    }

    [TestMethod]
    public void Digits_that_Single_does_not_hold_cause_one_warning_with_the_figure()
    {
        using ForecastingTransformer model = Fit(Doubles(Level));
        Assert.IsFalse(_lines.Any(line => line.Contains("128 apart")), "The values of a Double column are not lost.");
        for (int i = 0; i < 2; i++)
            _ = model.Transform(Doubles(Level)).GetColumn<float[]>("Forecast").Count();
        string said = _lines.Single(line => line.Contains("128 apart"));
        StringAssert.Contains(said, "'Value' is around 1.7E+09, where Single holds only numbers 128 apart");
        StringAssert.Contains(said, "SequenceModel.Forecast and sessions");

        using ForecastingTransformer small = Fit(Doubles(1000));
        _ = small.Transform(Doubles(1000)).GetColumn<float[]>("Forecast").Count();
        Assert.AreEqual(1, _lines.Count(line => line.Contains("apart")));
    }

    [TestMethod]
    public void The_warning_appears_once_in_a_context_for_all_models_of_a_column()
    {
        using ForecastingTransformer model = Fit(Doubles(Level)), other = Fit(Doubles(Level));
        using var again = (ForecastingTransformer)_ml.Sequence.CreateTransformer(model.Model);
        using var file = new MemoryStream();
        _ml.Model.Save(other, Doubles(Level).Schema, file);
        file.Position = 0;
        foreach (ITransformer one in new[] { model, other, again, _ml.Model.Load(file, out _) })
            _ = one.Transform(Doubles(Level)).GetColumn<float[]>("Forecast").Count();
        Assert.AreEqual(1, _lines.Count(line => line.Contains("apart")));

        // Another level causes another warning.
        using ForecastingTransformer higher = Fit(Doubles(1e12));
        _ = higher.Transform(Doubles(1e12)).GetColumn<float[]>("Forecast").Count();
        Assert.AreEqual(2, _lines.Count(line => line.Contains("apart")));
    }

    [TestMethod]
    public void A_column_that_lost_its_digits_before_it_came_is_named_in_training()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(Values(1e8, 60).Select(value => new Single { Value = (float)value }).ToList());
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(new Linear(), Options).Fit(rows);
        StringAssert.Contains(_lines.Single(line => line.Contains("apart")), "Read the column as Double or an integer type");
    }

    [TestMethod]
    public void Double_and_float_forms_give_the_same_where_Single_holds_the_values()
    {
        using ForecastingTransformer model = Fit(Doubles(0));
        float[] history = [.. Values(0, 20).Select(value => (float)value)];
        double[] wide = model.Model.Forecast([.. history.Select(value => (double)value)]);
        CollectionAssert.AreEqual(model.Model.Forecast(history), wide.Select(value => (float)value).ToArray());
        Assert.AreEqual(
            ForecastingEvaluator.SeasonalScale(history, 3), ForecastingEvaluator.SeasonalScale([.. history.Select(value => (double)value)], 3));
        Assert.IsTrue(model.Model.Forecast([double.NaN, .. Values(0, Context - 1)]).All(double.IsNaN));
    }

    private static double[] Values(double level, int count) => [.. Enumerable.Range(0, count).Select(i => level + 20 * Math.Sin(i / 2.0) + i * 7 % 5)];

    private IDataView Doubles(double level) => _ml.Data.LoadFromEnumerable(Values(level, 60).Select(value => new Double { Value = value }).ToList());

    private ForecastingTransformer Fit(IDataView rows) => _ml.Forecasting.Trainers.Sequence(new Linear(), Options).Fit(rows);

    private sealed class Double
    {
        public double Value { get; set; }
    }

    private sealed class Single
    {
        public float Value { get; set; }
    }

    private sealed class Long
    {
        public long Value { get; set; }
    }
}
