using Microsoft.ML;
using MLNet.Sequence.Data;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Tests.Onnx;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Targets that are learned as differences: the same numbers in all ways of forecasting, added up from the last values.</summary>
[TestClass]
public sealed class DifferencingTests
{
    private const int Season = 4;
    private static readonly MLContext Ml = new(seed: 1);

    public static IEnumerable<object[]> Kinds =>
        new[] { Differencing.First, Differencing.Seasonal(Season), Differencing.FirstAndSeasonal(Season), Differencing.FirstAndSeasonal(1) }
            .Select(kind => new object[] { kind });

    private static ForecastingOptions Options => TinyForecasting.SeriesOptions with { Context = 10, Differencing = Differencing.First };

    // (1 − L)(1 − L⁴) written out: y(t) − y(t − 1) − y(t − 4) + y(t − 5).
    [TestMethod]
    public void Differences_are_those_of_the_formulas_and_add_up_to_the_values()
    {
        var random = new Random(2);
        double[] y = [.. Enumerable.Range(0, 30).Select(_ => 1e8 + random.Next(20))];
        double Expected(Differencing kind, int t) => kind.Lag switch
        {
            1 => y[t] - y[t - 1],
            2 => y[t] - 2 * y[t - 1] + y[t - 2],
            4 => y[t] - y[t - 4],
            _ => y[t] - y[t - 1] - y[t - 4] + y[t - 5],
        };
        foreach (Differencing kind in Kinds.Select(one => (Differencing)one[0]))
        {
            double[] changes = kind.Of(y, targets: 1, width: 1);
            for (int t = 0; t < y.Length; t++)
                Assert.AreEqual(t < kind.Lag ? double.NaN : Expected(kind, t), changes[t]);
            var window = new WindowDifferences(kind, [null], y.AsSpan(0, 20), 1);
            CollectionAssert.AreEqual(changes[20..], window.Ahead(y.AsSpan(20)));
            double[] ahead = changes[20..];
            window.AddUp(ahead);
            CollectionAssert.AreEqual(y[20..], ahead);
        }
    }

    [TestMethod]
    [DynamicData(nameof(Kinds))]
    public void All_ways_of_forecasting_agree(Differencing kind) => AssertAgree(Options with { Differencing = kind });

    [TestMethod]
    [DataRow(ScalingKind.Robust)]
    [DataRow(ScalingKind.MinMax)]
    [DataRow(ScalingKind.MeanAbsolute)]
    [DataRow(ScalingKind.Log1p)]
    [DataRow(ScalingKind.BoxCox)]
    public void All_ways_of_forecasting_agree_with_another_scaling(ScalingKind scaling) =>
        AssertAgree(Options with { Differencing = Differencing.FirstAndSeasonal(Season), Scaling = scaling });

    // Differences of logarithms: each value is the one before it, times a factor.
    [TestMethod]
    public void With_powers_the_differences_are_those_of_transformed_values()
    {
        List<Step> rows = TinyForecasting.Steps(100);
        for (int row = 0; row < 100; row++)
            rows[row].Load = (float)(5 * Math.Pow(1.03, row) * (row % 2 == 0 ? 1 : 1.1));
        using ForecastingTransformer model = TinyForecasting.Fit(rows, Options with { Scaling = ScalingKind.BoxCox, Differencing = Differencing.Seasonal(2) });
        ChannelScaling own = model.Model.Scaling["a"];
        double[] transformed = [.. rows[..90].Select(row => own.Power(0)!.Apply(row.Load))];
        double[] changes = [.. transformed.Skip(2).Zip(transformed, (now, before) => now - before)];
        Assert.AreEqual(BoxCox.Lambda([[.. rows[..90].Select(row => (double)row.Load)]]), own.Power(0)!.Lambda);
        Assert.AreEqual(changes.Average(), own.Mean[0], 1e-9);
        Assert.AreEqual(Deviation(changes), own.Deviation[0], 1e-9);
        Assert.AreEqual(rows[..90].Average(row => (double)row.Load), own.Moments.Mean[0], 1e-6);
        // A difference of 0 repeats the season, whatever the power.
        double[] window = [.. rows[..10].SelectMany(row => new[] { row.Load, (double)row.Price })];
        ChannelScaling scaling = model.Task.ScalingOf(model.Model.Scaling, "a", window);
        float[] seen = [.. Enumerable.Repeat((float)(-own.Mean[0] / own.Deviation[0]), 3)];
        scaling.Undo(seen, 1);
        for (int step = 0; step < 3; step++)
            Assert.AreEqual(rows[8 + step % 2].Load, seen[step], 1e-4 * seen[step]);
    }

    private static void AssertAgree(ForecastingOptions options)
    {
        Differencing kind = options.Differencing!;
        List<Step> rows = TinyForecasting.Interleaved(TinyForecasting.Steps(60), TinyForecasting.Steps(50, 2, "b"));
        using ForecastingTransformer model = TinyForecasting.Fit(rows, options);
        using var memory = new MemoryStream();
        model.Model.Save(memory);
        SequenceModel loaded = SequenceModel.Load(new MemoryStream(memory.ToArray()));
        Assert.AreEqual(kind, ((Forecasting)loaded.Task).Differencing);
        Assert.AreEqual(model.Model.Scaling["b"], loaded.Scaling["b"]);
        Assert.AreEqual(model.Model.Scaling.Pooled, loaded.Scaling.Pooled);
        rows = [.. rows, .. TinyForecasting.Steps(30, 4, "new")];
        float[][] batch = TinyForecasting.Column(model.Transform(TinyForecasting.View(Ml, rows)));
        SequenceSession session = loaded.CreateSession();
        Assert.IsFalse(session.IsConstantTime);
        var output = new float[session.OutputSize];
        var windows = new Dictionary<string, List<float>>(StringComparer.Ordinal);
        foreach ((int place, Step row) in rows.Index())
        {
            if (place == rows.Count / 2)
                session = Reloaded(session);
            session.Step(row.Series, [row.Load, row.Price], output);
            TinyForecasting.AssertNear([batch[place]], [output], 1e-4);
            List<float> seen = windows.TryGetValue(row.Series, out List<float>? own) ? own : windows[row.Series] = [];
            seen.AddRange([row.Load, row.Price]);
            if (seen.Count < 2 * Options.Context)
                continue;
            float[] window = [.. seen.TakeLast(2 * Options.Context!.Value)];
            TinyForecasting.AssertNear([batch[place]], [loaded.Forecast(window, row.Series)], 1e-4);
            if (row.Series == "b" && place % 7 == 0)
                TinyForecasting.AssertNear([batch[place]], [Onnx(loaded, window)], 1e-3);
        }

        Assert.IsTrue(batch.Count(row => row.All(float.IsFinite)) > 100);
    }

    [TestMethod]
    public void A_graph_that_is_stepped_keeps_its_window()
    {
        List<Step> rows = TinyForecasting.Steps(40, series: "b");
        using ForecastingTransformer model = TinyForecasting.Fit(
            rows, Options with { Differencing = Differencing.Seasonal(Season) }, new Lstm { HiddenSize = 3 });
        float[][] batch = TinyForecasting.Column(model.Transform(TinyForecasting.View(Ml, rows)));
        using var file = new MemoryStream();
        model.Model.SaveOnnx(file, new OnnxOptions { Series = "b", Mode = OnnxMode.Step });
        using OnnxSession session = OnnxLog.Quietly(() => new OnnxSession(file.ToArray()));
        var stream = new OnnxStream(session, rows: 1);
        for (int place = 0; place < rows.Count; place++)
        {
            float[] forecast = stream.Step([rows[place].Load, rows[place].Price])["Forecast"].Floats;
            if (place + 1 >= Options.Context)
                TinyForecasting.AssertNear([batch[place]], [forecast], 1e-3);
        }
    }

    [TestMethod]
    public void Scaling_is_that_of_differences_of_training_rows_and_errors_are_those_of_the_values()
    {
        List<Step> rows = TinyForecasting.Steps(100);
        rows[97].Load = 1e6f;
        using ForecastingTransformer model = TinyForecasting.Fit(rows, Options);
        double[] trained = [.. rows[..90].Select(row => (double)row.Load)];
        double[] changes = [.. trained.Skip(1).Zip(trained, (now, before) => now - before)];
        ChannelScaling own = model.Model.Scaling["a"];
        Assert.AreEqual(changes.Average(), own.Mean[0], 1e-9);
        Assert.AreEqual(Deviation(changes), own.Deviation[0], 1e-9);
        Assert.AreEqual(trained.Average(), own.Moments.Mean[0], 1e-9);
        rows = rows[..90];
        ForecastingMetrics metrics = Ml.Forecasting.EvaluateSequence(model.Transform(TinyForecasting.View(Ml, rows)),
            new ForecastingEvaluationOptions { Seasonality = Season });
        float[][] forecasts = TinyForecasting.Column(model.Transform(TinyForecasting.View(Ml, rows)));
        double[] errors = [.. Enumerable.Range(Options.Context!.Value - 1, 90 - Options.Context.Value + 1)
            .SelectMany(row => Enumerable.Range(0, Math.Min(3, 89 - row)).Select(step => Math.Abs(forecasts[row][step] - (double)rows[row + 1 + step].Load)))];
        Assert.AreEqual(errors.Average() / Deviation(trained), metrics.StandardizedMeanAbsoluteError, 2e-2 * metrics.StandardizedMeanAbsoluteError);
    }

    [TestMethod]
    public void A_high_level_keeps_its_digits()
    {
        var random = new Random(5);
        double[] walk = new double[120];
        walk[0] = 1e8;
        for (int step = 1; step < walk.Length; step++)
            walk[step] = walk[step - 1] + random.Next(-10, 11);
        IDataView view = Ml.Data.LoadFromEnumerable(walk.Select(value => new Wide { Load = value }));
        ForecastingOptions options = TinyForecasting.Options with { Context = 10, Horizon = 2, Differencing = Differencing.First };
        using ForecastingTransformer model = Ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, options).Fit(view);
        double[] high = model.Model.Forecast(walk.AsSpan(50, 10));
        double[] low = model.Model.Forecast([.. walk[50..60].Select(value => value - 1e8)]);
        for (int i = 0; i < high.Length; i++)
            Assert.AreEqual(low[i], high[i] - 1e8, 1e-6);
        Assert.IsTrue(Math.Abs(low[0] - (walk[59] - 1e8)) < 30);
    }

    [TestMethod]
    public void The_season_is_that_of_the_frequency_and_a_context_must_hold_a_difference()
    {
        List<Step> rows = TinyForecasting.Steps(120);
        ForecastingOptions seasonal = Options with { Context = 30, Differencing = Differencing.Seasonal() };
        using ForecastingTransformer model = TinyForecasting.Fit(rows, seasonal);
        Assert.AreEqual(model.Task.Frequency!.Season, model.Task.Differencing!.Season);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => TinyForecasting.Fit(rows, seasonal with { Context = 10 })).Message,
            $"Context must be above {model.Task.Frequency.Season}");
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(
                () => TinyForecasting.Fit(rows, seasonal with { TimeColumnName = null, SeriesColumnName = null })).Message,
            "give the season, such as 12 for months");
    }

    [TestMethod]
    public void What_cannot_be_right_is_refused()
    {
        List<Step> rows = TinyForecasting.Steps(60);
        void Refused(ForecastingOptions options, string message) =>
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => TinyForecasting.Fit(rows, options)).Message, message);
        Refused(Options with { Output = ForecastOutput.Quantiles(0.1, 0.9) }, "quantiles, bounds and deviations of differences do not add up");
        Refused(Options with { Output = ForecastOutput.Gaussian }, "do not add up");
        Refused(Options with { Intervals = new ForecastIntervals() }, "do not add up");
        Refused(Options with { CarriesState = true }, "must be null with CarriesState");
        Refused(Options with { MissingValues = MissingValues.Forward }, "MissingValues must be Error or Zero; found Forward");
        Refused(Options with { Differencing = Differencing.Seasonal(0) }, "from 1 to 100000000");
        Refused(Options with { Differencing = Differencing.FirstAndSeasonal(int.MaxValue) }, "from 1 to 100000000");
        Refused(Options with { Context = 4, Differencing = Differencing.Seasonal(Season) }, "Context must be above 4");
        using ForecastingTransformer model = TinyForecasting.Fit(rows, Options, new StableRnn { HiddenSize = 3 });
        StringAssert.Contains(model.Model.Certificate.Why!, "sums of differences");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.Model.SaveOnnx(new MemoryStream(), new OnnxOptions())).Message,
            "Series must name a training series for a forecaster with Differencing");
        using ForecastingTransformer convolved = TinyForecasting.Fit(
            rows, Options with { Differencing = Differencing.Seasonal(2) }, new Tcn { Channels = 2, Levels = 1, KernelSize = 2 });
        using ForecastingTransformer plain = TinyForecasting.Fit(rows, Options with { Differencing = null, Normalization = WindowNormalization.None },
            new Tcn { Channels = 2, Levels = 1, KernelSize = 2 });
        Assert.AreEqual(plain.Model.Certificate.ReceptiveField + 2, convolved.Model.Certificate.ReceptiveField);
        using ForecastingTransformer naive = TinyForecasting.Fit(rows, Options, new Naive());
        Assert.IsNull(naive.Task.Differencing);
    }

    [TestMethod]
    public void A_file_whose_task_and_scaling_do_not_belong_together_is_refused()
    {
        using ForecastingTransformer model = TinyForecasting.Fit(TinyForecasting.Steps(60), Options);
        var task = (Forecasting)model.Model.Task;
        foreach (SequenceModel wrong in new[]
        {
            With(task with { Differencing = null }),
            With(task with { Differencing = Differencing.Seasonal(int.MaxValue) }),
            With(task with { Differencing = Differencing.FirstAndSeasonal(int.MaxValue) }),
            With(task with { Differencing = Differencing.Seasonal() }),
        })
        {
            using var file = new MemoryStream();
            wrong.Save(file);
            Assert.ThrowsExactly<FormatException>(() => SequenceModel.Load(new MemoryStream(file.ToArray())));
        }

        SequenceModel With(Forecasting other) => new(model.Model.Architecture, other, model.Model.Weights, model.Model.Scaling, model.Model.Report);
    }

    [TestMethod]
    public void A_missing_value_gives_no_forecast_until_it_has_left_the_window()
    {
        List<Step> rows = TinyForecasting.Steps(60);
        using ForecastingTransformer model = TinyForecasting.Fit(rows, Options with { Differencing = Differencing.Seasonal(7) });
        rows[30].Load = float.NaN;
        float[][] batch = TinyForecasting.Column(model.Transform(TinyForecasting.View(Ml, rows)));
        for (int row = 9; row < 60; row++)
            Assert.AreEqual(row is < 30 or >= 40, batch[row].All(float.IsFinite), $"row {row}");
    }

    private static double Deviation(double[] values) => Math.Sqrt(values.Average(value => Math.Pow(value - values.Average(), 2)));

    private static SequenceSession Reloaded(SequenceSession session)
    {
        using var folder = new TemporaryFolder();
        session.Save(folder.At("states"));
        SequenceSession other = session.Model.CreateSession();
        other.Restore(folder.At("states"));
        return other;
    }

    private static float[] Onnx(SequenceModel model, float[] window)
    {
        using var file = new MemoryStream();
        model.SaveOnnx(file, new OnnxOptions { Series = "b" });
        using OnnxSession session = OnnxLog.Quietly(() => new OnnxSession(file.ToArray()));
        return [.. session.Run(new OnnxTensor("Sequence", window, 1, Options.Context!.Value, 2))["Forecast"].Floats];
    }

    private sealed class Wide
    {
        public double Load { get; set; }
    }
}
