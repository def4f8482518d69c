using Microsoft.ML;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Forecasts;
using Architecture = MLNet.Sequence.Architecture;

namespace MLNet.Sequence.Tests.Training.References;

/// <summary>Compares fitted mean, naive, seasonal naive and drift forecasts with those by hand.</summary>
[TestClass]
public sealed class ReferenceForecastTests
{
    private const int Context = 8, Horizon = 7, Season = 3, Length = 60, Trained = 48;

    private static readonly ForecastingOptions Options = new()
    {
        Targets = ["Load", "Price"],
        SeriesColumnName = "Series",
        Context = Context,
        Horizon = Horizon,
        Training = new TrainingOptions { ValidationFraction = 0.2 },
    };

    // Two series with different levels, scales and trends.
    private static readonly List<Step> Rows = TinyForecasting.Interleaved(Series("a", 100, 5), Series("b", -3, 0.02f));

    private readonly MLContext _ml = new(seed: 4);

    [TestMethod]
    public void The_mean_is_that_of_the_training_rows_of_the_series() =>
        Agrees(new Mean(), (rows, _, _, _) => rows[..Trained].Average());

    [TestMethod]
    public void Naive_repeats_the_last_value() => Agrees(new Naive(), (rows, origin, _, _) => rows[origin]);

    [TestMethod]
    public void Seasonal_naive_repeats_the_last_season_as_often_as_the_horizon_asks_for() =>
        Agrees(new SeasonalNaive { Season = Season }, (rows, origin, ahead, _) => rows[origin + ahead - Season * ((ahead + Season - 1) / Season)]);

    [TestMethod]
    public void A_season_may_be_as_long_as_the_context_and_as_short_as_a_step()
    {
        Agrees(new SeasonalNaive { Season = Context }, (rows, origin, ahead, _) => rows[origin + ahead - Context]);
        Agrees(new SeasonalNaive { Season = 1 }, (rows, origin, _, _) => rows[origin]);
    }

    [TestMethod]
    public void Drift_adds_the_mean_step_of_all_series_in_the_deviations_of_each()
    {
        double[] Steps(Func<Step, float> value) => [.. new[] { "a", "b" }.Select(series =>
        {
            double[] rows = Values(series, value)[..Trained];
            return (rows[^1] - rows[0]) / Deviation(rows);
        })];
        double[] mean = [.. new Func<Step, float>[] { step => step.Load, step => step.Price }.Select(value => Steps(value).Sum() / (2 * (Trained - 1)))];
        Agrees(new Drift(), (rows, origin, ahead, target) => rows[origin] + ahead * mean[target] * Deviation(rows[..Trained]));
    }

    [TestMethod]
    public void The_drift_of_one_series_is_the_last_value_less_the_first_by_the_rows_between()
    {
        var options = new ForecastingOptions
        {
            Targets = ["Load"],
            Context = Context,
            Horizon = Horizon,
            Training = new TrainingOptions { ValidationFraction = 0 }
        };
        List<Step> rows = Series("a", 100, 5);
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(new Drift(), options).Fit(TinyForecasting.View(_ml, rows));
        double step = ((double)rows[^1].Load - rows[0].Load) / (rows.Count - 1);
        float[] forecast = TinyForecasting.Column(model.Transform(TinyForecasting.View(_ml, rows)))[^1];
        for (int ahead = 1; ahead <= Horizon; ahead++)
            Assert.AreEqual(rows[^1].Load + ahead * step, forecast[ahead - 1], 1e-3);
    }

    [TestMethod]
    public void A_series_that_was_not_in_training_has_the_mean_of_its_own_context()
    {
        using ForecastingTransformer model = Fit(new Mean());
        List<Step> rows = Series("new", 7, 2);
        float[][] forecasts = TinyForecasting.Column(model.Transform(TinyForecasting.View(_ml, rows)));
        for (int origin = Context - 1; origin < Length; origin++)
            Assert.AreEqual(rows[(origin + 1 - Context)..(origin + 1)].Average(row => row.Load), forecasts[origin][0], 1e-4);
    }

    [TestMethod]
    public void Its_report_has_no_epochs_but_the_validation_loss_of_what_was_solved()
    {
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(new Naive(), Options with { Targets = ["Load"], SeriesColumnName = null })
            .Fit(TinyForecasting.View(_ml, Series("a", 100, 5)));
        TrainingReport report = model.Model.Report;
        double[] rows = [.. Series("a", 100, 5).Select(step => (double)step.Load)];
        double deviation = Deviation(rows[..Trained]);
        // Windows whose horizon is in the last fifth of the rows.
        double[] errors = [.. Enumerable.Range(Trained - 1, Length - Trained - Horizon + 1).SelectMany(origin =>
            Enumerable.Range(1, Horizon).Select(ahead => (rows[origin] - rows[origin + ahead]) / deviation))];
        StringAssert.StartsWith(report.StoppedBecause, "Solved in closed form");
        Assert.AreEqual(0, report.BestEpoch);
        Assert.AreEqual((0, 0L), (report.Epochs.Single().Epoch, report.Epochs.Single().Step));
        Assert.AreEqual(errors.Average(error => error * error), report.Epochs.Single().ValidationLoss!.Value, 1e-5);
        Assert.DoesNotContain("Weights of epoch", report.ToString());
    }

    [TestMethod]
    public void It_is_saved_streamed_exported_and_certified_as_other_models_are()
    {
        (Architecture, int)[] references = [(new Mean(), 1), (new Drift(), 1), (new SeasonalNaive { Season = Season }, Season), (new Ridge { Lags = 4 }, 4)];
        foreach ((Architecture architecture, int memory) in references)
        {
            using ForecastingTransformer fitted = Fit(architecture);
            using var file = new MemoryStream();
            fitted.Model.Save(file);
            file.Position = 0;
            SequenceModel model = SequenceModel.Load(file);
            Assert.AreEqual(architecture, model.Architecture);
            Assert.AreEqual(memory, model.Certificate.ReceptiveField);
            Assert.AreEqual(0, model.Certificate.ErrorAfter(memory));

            float[] history = [.. Rows.Where(row => row.Series == "b").TakeLast(Context).SelectMany(row => new[] { row.Load, row.Price })];
            float[] expected = TinyForecasting.Column(fitted.Transform(TinyForecasting.View(_ml, Rows.Where(row => row.Series == "b"))))[^1];
            TinyForecasting.AssertNear([expected], [model.Forecast(history, "b")], 1e-6);
            SequenceSession session = model.CreateSession();
            var streamed = new float[expected.Length];
            foreach (float[] step in history.Chunk(2))
                session.Step("b", step, streamed);
            TinyForecasting.AssertNear([expected], [streamed], 1e-5);
            using var onnx = new MemoryStream();
            model.SaveOnnx(onnx, new OnnxOptions { Series = "b" });
            Assert.IsGreaterThan(0, onnx.Length);
        }
    }

    [TestMethod]
    public void Only_ridge_normalises_windows_and_only_if_it_is_asked_to()
    {
        foreach (WindowNormalization normalization in Enum.GetValues<WindowNormalization>())
        {
            using ForecastingTransformer mean = Fit(new Mean(), Options with { Normalization = normalization });
            using ForecastingTransformer ridge = Fit(new Ridge(), Options with { Normalization = normalization });
            Assert.AreEqual(WindowNormalization.None, ((Forecasting)mean.Model.Task).Normalization);
            Assert.AreEqual(normalization, ((Forecasting)ridge.Model.Task).Normalization);
        }

        using ForecastingTransformer asItIs = Fit(new Ridge(), Options with { Normalization = null });
        Assert.AreEqual(WindowNormalization.None, ((Forecasting)asItIs.Model.Task).Normalization);
    }

    [TestMethod]
    public void A_task_that_it_does_not_fit_is_refused_before_any_data_is_read()
    {
        void Refused(string expected, Action act) => StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(act).Message, expected);
        var rows = new SequenceOptions { LabelColumnName = "Number" };
        var warm = new TrainingOptions { WarmStart = Fit(new Naive()).Model };
        var tags = new SequenceTaggerOptions { LabelColumnName = "Tags" };
        Refused("SeasonalNaive.Season must be at most "
            + "Context, 8; found 9.", () => _ml.Forecasting.Trainers.Sequence(new SeasonalNaive { Season = 9 }, Options));
        Refused("Ridge.Lags must be at most Context, 8; found 9.", () => _ml.Forecasting.Trainers.Sequence(new Ridge { Lags = 9 }, Options));
        Refused("Training.WarmStart must be null with Naive", () => _ml.Forecasting.Trainers.Sequence(new Naive(), Options with { Training = warm }));
        Refused("Training.Truncation must be null with Ridge",
            () => _ml.Forecasting.Trainers.Sequence(new Ridge(), Options with { Training = new TrainingOptions { Truncation = 2 } }));
        Refused("solved in closed form is not trained", () => _ml.Forecasting.Trainers.Sequence(new Truncated(new Ridge(), 2), Options));
        Refused("Naive cannot predict the number of a row: it forecasts series", () => _ml.Regression.Trainers.Sequence(new Naive(), rows));
        Refused("Ridge cannot predict a class or a tag", () => _ml.MulticlassClassification.Trainers.Sequence(new Ridge(), rows));
        Refused("Ridge cannot predict a class or a tag", () => _ml.MulticlassClassification.Trainers.SequenceTagger(new Ridge(), tags));
        Refused("whose vectors are trained", () => _ml.Regression.Trainers.Sequence(new Ridge(), rows with { Tokens = new TokenOptions() }));
        Refused("the weights of Attention are trained",
            () => _ml.Regression.Trainers.Sequence(new Ridge(), rows with { Pooling = PoolingKind.Attention }));
        Refused("Ridge cannot predict a next step of Kind = Token",
            () => _ml.Sequence.Trainers.NextStep(new Ridge(), new NextStepOptions { Kind = StepKind.Token }));
        Refused("it has no learning rate",
            () => _ml.Sequence.FindLearningRate(_ml.Forecasting.Trainers.Sequence(new Ridge(), Options), TinyForecasting.View(_ml, Rows)));
    }

    private static List<Step> Series(string name, float level, float scale)
    {
        List<Step> rows = TinyForecasting.Steps(Length, seed: 3, name);
        foreach ((int i, Step row) in rows.Index())
            (row.Load, row.Price) = (level + scale * (row.Load - 300 + i * Math.Sign(level)), level - scale * row.Price);
        return rows;
    }

    private static double[] Values(string series, Func<Step, float> value) =>
        [.. Rows.Where(row => row.Series == series).Select(row => (double)value(row))];

    private static double Deviation(double[] rows) => Math.Sqrt(rows.Average(value => Math.Pow(value - rows.Average(), 2)));

    private ForecastingTransformer Fit(Architecture architecture, ForecastingOptions? options = null) =>
        _ml.Forecasting.Trainers.Sequence(architecture, options ?? Options).Fit(TinyForecasting.View(_ml, Rows));

    // Each target of each series at each origin. Forecasts are ordered by step, then by target.
    private void Agrees(Architecture architecture, Func<double[], int, int, int, double> byHand)
    {
        using ForecastingTransformer model = Fit(architecture);
        float[][] forecasts = TinyForecasting.Column(model.Transform(TinyForecasting.View(_ml, Rows)));
        foreach (string series in new[] { "a", "b" })
        {
            float[][] own = [.. forecasts.Where((_, i) => Rows[i].Series == series)];
            double[][] targets = [Values(series, row => row.Load), Values(series, row => row.Price)];
            for (int origin = Context - 1; origin < Length; origin++)
            {
                for (int output = 0; output < 2 * Horizon; output++)
                {
                    double[] rows = targets[output % 2];
                    double expected = byHand(rows, origin, output / 2 + 1, output % 2), tolerance = 1e-5 * (Math.Abs(rows[0]) + Deviation(rows));
                    Assert.AreEqual(expected, own[origin][output], tolerance, $"{series}, row {origin}, output {output}");
                }
            }
        }
    }
}
