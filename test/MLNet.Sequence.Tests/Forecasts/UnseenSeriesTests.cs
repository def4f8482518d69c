using Microsoft.ML;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tests.Onnx;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Series that were not in training are scaled by their own windows: a forecast is shifted and scaled with its series.</summary>
[TestClass]
public sealed class UnseenSeriesTests
{
    private const float Factor = 0.01f, Shift = -3;

    private readonly MLContext _ml = new(seed: 5);

    [TestMethod]
    [DataRow("lstm", WindowNormalization.None)]
    [DataRow("linear", WindowNormalization.LastValue)]
    [DataRow("tcn", WindowNormalization.MeanAndDeviation)]
    public void A_series_of_another_scale_has_forecasts_of_its_scale_from_every_backend(string architecture, WindowNormalization normalization)
    {
        using ForecastingTransformer fitted = Fit(architecture, normalization);
        List<Step> rows = Unseen("new"), scaled = Scaled(rows);
        float[][] forecasts = Scores(fitted, rows, ScoringBackend.Managed), small = Scores(fitted, scaled, ScoringBackend.Managed);

        AssertNear([.. forecasts.Select(row => row.Select(value => Factor * value + Shift).ToArray())], small, 1e-4);
        // Not on another series' scale: within the range of the series itself.
        Assert.IsTrue(small.Skip(Context).SelectMany(row => row).All(value => Math.Abs(value - scaled.Average(step => step.Load)) < 3));
        AssertNear(small, Scores(fitted, scaled, ScoringBackend.Torch), 1e-5);
        float[][] plain = [.. Histories(scaled).Select(history => fitted.Model.Forecast(history, "new"))];
        CollectionAssert.AreEqual(Bits(small.Skip(Context - 1)), Bits(plain));
        CollectionAssert.AreEqual(Bits(plain), Bits(Histories(scaled).Select(history => fitted.Model.Forecast(history))));
        AssertNear(small, Streamed(fitted.Model.CreateSession(), scaled), 1e-5);
        AssertNear(plain, InOnnx(fitted.Model, scaled), 1e-4);
    }

    [TestMethod]
    public void A_step_model_in_ONNX_carries_the_window_of_a_series_that_was_not_in_training()
    {
        using ForecastingTransformer fitted = Fit("linear", WindowNormalization.None);
        List<Step> rows = Unseen("new");
        using OnnxSession session = Open(fitted.Model, OnnxMode.Step);
        var stream = new OnnxStream(session, rows: 1);
        float[][] forecasts = [.. rows.Select(row => stream.Step([row.Load, row.Price])["Forecast"].Floats)];
        AssertNear([.. Histories(rows).Select(history => fitted.Model.Forecast(history, "new"))], forecasts[(Context - 1)..], 1e-4);
    }

    [TestMethod]
    public void A_carried_state_scales_a_new_series_by_its_first_context_and_comes_back_from_a_file()
    {
        using ForecastingTransformer fitted = Fit("lstm", WindowNormalization.None);
        SequenceModel model = fitted.Model;
        List<Step> rows = Unseen("new");
        SequenceSession session = model.CreateSession(carriesState: true);
        float[][] whole = Streamed(session, rows), expected = Carried(model, rows);
        AssertNear(expected, whole, 1e-5);

        // Cut within the first context and after it.
        string path = Path.Combine(Path.GetTempPath(), Path.GetRandomFileName());
        try
        {
            foreach (int cut in new[] { 3, 12 })
            {
                SequenceSession first = model.CreateSession(carriesState: true), second = model.CreateSession(carriesState: true);
                float[][] before = Streamed(first, [.. rows.Take(cut)]);
                first.Save(path);
                second.Restore(path);
                CollectionAssert.AreEqual(Bits(whole), Bits([.. before, .. Streamed(second, [.. rows.Skip(cut)])]), $"cut {cut}");
            }
        }
        finally
        {
            File.Delete(path);
        }
    }

    [TestMethod]
    public void It_is_reported_once_with_the_number_of_series()
    {
        using ForecastingTransformer fitted = Fit("linear", WindowNormalization.None);
        List<string> lines = [];
        MLContext ml = new(seed: 1);
        ml.Log += (_, entry) => lines.Add(entry.Message);
        using SequenceTransformer loaded = ml.Sequence.CreateTransformer(fitted.Model);
        IDataView rows = View(ml, [.. Unseen("x"), .. Steps(20), .. Unseen("y")]);
        for (int i = 0; i < 2; i++)
            Column(loaded.Transform(rows));

        string told = lines.Single(line => line.Contains("not in training"));
        StringAssert.Contains(told, "2 series were not in training, beginning with 'x', 'y'");
        Column(loaded.Transform(View(ml, Steps(20))));
        Assert.AreEqual(1, lines.Count(line => line.Contains("not in training")));
    }

    [TestMethod]
    public void A_window_that_does_not_vary_takes_the_deviation_of_all_series()
    {
        using ForecastingTransformer fitted = Fit("linear", WindowNormalization.None);
        float[] history = [.. Enumerable.Range(0, Context).SelectMany(i => new[] { 5000f, i })];
        float[] forecast = fitted.Model.Forecast(history, "new");
        double deviation = fitted.Model.Scaling.Pooled.Deviation[0];
        Assert.IsTrue(forecast.All(value => Math.Abs(value - 5000) < 3 * deviation), string.Join(" ", forecast));
    }

    [TestMethod]
    public void A_certificate_that_is_proved_for_the_deviations_of_training_does_not_hold_beyond_them()
    {
        using ForecastingTransformer fitted = TinyForecasting.Fit(
            Known(), SeriesOptions with { Normalization = WindowNormalization.None }, new StableRnn { HiddenSize = 3 });
        Assert.IsTrue(fitted.Model.Certificate.Lambda < 1);
        float[] calm = Histories(Unseen("new"))[0], wild = [.. calm.Select(value => 1e6f * value)];
        Assert.IsTrue(fitted.Model.CertificateHolds(calm, "new"));
        Assert.IsFalse(fitted.Model.CertificateHolds(wild, "new"));
    }

    private static ForecastingTransformer Fit(string architecture, WindowNormalization normalization) => TinyForecasting.Fit(
        Known(), SeriesOptions with { Normalization = normalization },
            architecture == "lstm" ? TinyLstm : architecture == "tcn" ? TinyTcn : Architecture.FromName(architecture));

    private static List<Step> Known() => Interleaved(Steps(50), Steps(40, 9, "b"));

    private static List<Step> Unseen(string key) => Steps(20, 2, key);

    private static List<Step> Scaled(List<Step> rows) =>
        [.. rows.Select(row => new Step { Series = row.Series, Time = row.Time, Load = Factor * row.Load + Shift, Price = Factor * row.Price + Shift })];

    private static float[][] Histories(List<Step> rows) => [.. Enumerable.Range(0, rows.Count - Context + 1)
        .Select(first => rows.Skip(first).Take(Context).SelectMany(row => new[] { row.Load, row.Price }).ToArray())];

    private float[][] Scores(ForecastingTransformer fitted, List<Step> rows, ScoringBackend backend)
    {
        fitted.Backend = backend;
        return Column(fitted.Transform(View(_ml, rows)));
    }

    private static float[][] Streamed(SequenceSession session, List<Step> rows) => [.. rows.Select(row =>
    {
        var output = new float[session.OutputSize];
        session.Step(row.Series, [row.Load, row.Price], output);
        return output;
    })];

    // The forecasts of one run of the network from the first step on, scaled by mean and deviation of the first context.
    private static float[][] Carried(SequenceModel model, List<Step> rows)
    {
        double[][] columns = [[.. rows.Select(row => (double)row.Load)], [.. rows.Select(row => (double)row.Price)]];
        double[] mean = [.. columns.Select(column => column.Take(Context).Average())];
        double[] deviation = [.. columns.Select((column, c) => Math.Sqrt(column.Take(Context).Average(value => Math.Pow(value - mean[c], 2))))];
        float[] seen = [.. Enumerable.Range(0, rows.Count).SelectMany(step => columns.Select((column, c) => (float)((column[step] - mean[c]) / deviation[c])))];
        float[] Run(int steps) => [.. model.Managed.Run(seen.AsSpan(0, 2 * steps)).Select(value => (float)(value * deviation[0] + mean[0]))];
        float[] none = [.. Enumerable.Repeat(float.NaN, Horizon)];
        return [.. Enumerable.Range(1, rows.Count).Select(steps => steps < Context ? none : Run(steps))];
    }

    private static float[][] InOnnx(SequenceModel model, List<Step> rows)
    {
        float[][] histories = Histories(rows);
        float[] all = [.. histories.SelectMany(history => history)];
        using OnnxSession session = Open(model, OnnxMode.Sequence);
        return [.. session.Run(new OnnxTensor("Sequence", all, histories.Length, Context, 2))["Forecast"].Floats.Chunk(Horizon)];
    }

    private static OnnxSession Open(SequenceModel model, OnnxMode mode)
    {
        using var stream = new MemoryStream();
        model.SaveOnnx(stream, new OnnxOptions { Mode = mode });
        return OnnxLog.Quietly(() => new OnnxSession(stream.ToArray()));
    }
}
