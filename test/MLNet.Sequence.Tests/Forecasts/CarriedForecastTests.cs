using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tests.Onnx;
using MLNet.Sequence.Tests.Rows;
using MLNet.Sequence.Torch;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Forecasters that carry their state from the first row of a series, in training and in all ways to forecast.</summary>
[TestClass]
public sealed class CarriedForecastTests
{
    private static readonly ForecastingOptions Carried = SeriesOptions with { CarriesState = true, Normalization = WindowNormalization.None };

    private static readonly string[] Carrying =
        ["gru", "lru", "lstm", "min-gru", "min-lstm", "para-gru", "para-lstm", "projected-lstm", "rnn", "stable-gru", "stable-lstm", "stable-rnn"];

    private readonly MLContext _ml = new(seed: 5);

    [TestMethod]
    public void Batch_scoring_sessions_and_histories_give_the_same_forecasts_on_both_backends()
    {
        using ForecastingTransformer fitted = FitCarried();
        // Rows of one block, rows of the next, a missing value, and a series that was not in training.
        List<Step> rows = [.. Interleaved(Steps(200), Steps(90, 9, "b")), .. Steps(30, 4, "new")];
        rows[100].Load = float.NaN;
        float[][] scored = Scores(fitted, rows, ScoringBackend.Managed);

        AssertNear(scored, Scores(fitted, rows, ScoringBackend.Torch), 1e-5);
        CollectionAssert.AreEqual(Bits(Streamed(fitted.Model.CreateSession(), rows)), Bits(scored));
        AssertNear([.. rows.Select((_, row) => ByHistory(fitted.Model, rows, row))], scored, 1e-5);
        using TorchNetwork network = new(fitted.Model.Network, TorchSharp.torch.CPU, fitted.Model.Weights);
        AssertOneRun(fitted.Model, rows, network, scored);
    }

    [TestMethod]
    public void Every_recurrent_architecture_continues_from_block_to_block_on_both_backends()
    {
        List<Step> rows = Interleaved(Steps(300), Steps(100, 9, "b"));
        ForecastingOptions options = Carried with { Training = BriefTraining with { MaxSteps = 1 } };
        foreach (string name in Carrying.Append("composed"))
        {
            using ForecastingTransformer fitted = TinyForecasting.Fit([.. rows.Take(60)], options, Architecture.FromName(name));
            float[][] scored = Scores(fitted, rows, ScoringBackend.Managed);
            AssertNear(scored, Scores(fitted, rows, ScoringBackend.Torch), 1e-5);
            CollectionAssert.AreEqual(Bits(ByHistory(fitted.Model, rows, 399)), Bits(scored[399]), name);
        }
    }

    [TestMethod]
    public void A_forecast_follows_from_all_rows_of_its_series_by_the_formula()
    {
        using ForecastingTransformer fitted = FitCarried();
        List<Step> rows = Steps(40);
        float[][] scored = Scores(fitted, rows, ScoringBackend.Auto);
        var byHand = new LstmByHand(fitted.Model);

        for (int row = Context - 1; row < rows.Count; row++)
        {
            double[] expected = byHand.Forecast([.. rows.Take(row + 1).Select(step => new[] { step.Load, step.Price })], "a");
            Close.AssertEqual(expected, Close.Doubles(scored[row]), 1e-4, $"row {row}");
        }

        Assert.IsTrue(scored.Take(Context - 1).SelectMany(row => row).All(float.IsNaN));
    }

    [TestMethod]
    [DataRow(ScoringBackend.Managed)]
    [DataRow(ScoringBackend.Torch)]
    public void A_cursor_that_looks_at_the_last_row_alone_gets_the_bits_of_one_that_looks_at_all(ScoringBackend backend)
    {
        using ForecastingTransformer fitted = FitCarried();
        List<Step> rows = Interleaved(Steps(450), Steps(200, 9, "b"));
        float[][] all = Scores(fitted, rows, backend);
        IDataView view = fitted.Transform(View(_ml, rows));
        using DataViewRowCursor cursor = view.GetRowCursor([view.Schema["Forecast"]]);
        ValueGetter<VBuffer<float>> get = cursor.GetGetter<VBuffer<float>>(view.Schema["Forecast"]);
        while (cursor.Position < rows.Count - 1)
            Assert.IsTrue(cursor.MoveNext());
        VBuffer<float> last = default;
        get(ref last);

        CollectionAssert.AreEqual(Bits(all[^1]), Bits(last.DenseValues().ToArray()));
    }

    [TestMethod]
    public void The_state_of_a_series_is_none_of_another()
    {
        using ForecastingTransformer fitted = FitCarried();
        List<Step> first = Steps(60), second = Steps(50, 9, "b"), both = Interleaved(first, second);
        float[][] together = Scores(fitted, both, ScoringBackend.Managed);

        CollectionAssert.AreEqual(Bits(Scores(fitted, first, ScoringBackend.Managed)), Bits(together.Where((_, row) => both[row].Series == "a")));
        CollectionAssert.AreEqual(Bits(Scores(fitted, second, ScoringBackend.Managed)), Bits(together.Where((_, row) => both[row].Series == "b")));
    }

    [TestMethod]
    public void A_model_file_describes_the_model()
    {
        using ForecastingTransformer fitted = FitCarried();
        List<Step> rows = Steps(30);
        using var stream = new MemoryStream();
        fitted.Model.Save(stream);
        stream.Position = 0;
        var again = SequenceModel.Load(stream);

        Assert.IsTrue(((Forecasting)again.Task).CarriesState);
        CollectionAssert.AreEqual(fitted.Model.Forecast(History(rows), "a"), again.Forecast(History(rows), "a"));
        Assert.IsTrue(again.CreateSession().CarriesState);
        Assert.IsFalse(ModelFile.TaskJson(((Forecasting)again.Task) with { CarriesState = false }).ContainsKey("carriesState"));
    }

    [TestMethod]
    public void Truncated_it_is_a_model_of_windows_within_the_certified_error()
    {
        using ForecastingTransformer fitted = TinyForecasting.Fit(Interleaved(Steps(60), Steps(50, 9, "b")), Carried, new StableRnn { HiddenSize = 3 });
        SequenceModel model = fitted.Model;
        float[] history = History(Steps(60));
        foreach (int steps in new[] { 2, 8, 20 })
        {
            SequenceModel window = model.Truncate(steps);
            var task = (Forecasting)window.Task;
            Assert.AreEqual((false, Math.Max(Context, steps)), (task.CarriesState, task.Context));
            float[] whole = model.Forecast(history, "a"), cut = window.Forecast(history, "a");
            double error = whole.Zip(cut, (x, y) => Math.Abs((double)x - y)).Max();
            Assert.IsLessThanOrEqualTo(model.Certificate.ErrorAfter(steps), error);
            Assert.AreEqual(error, model.MeasureTruncation(steps, [history], ["a"]), 1e-4);
            CollectionAssert.AreEqual(cut, window.Forecast(history.AsSpan(history.Length - 2 * task.Context), "a"));
        }

        Assert.IsTrue(model.Certificate.ErrorAfter(Context) > 0, "Beyond the context there is more to forget.");
    }

    [TestMethod]
    public void Its_memory_is_measured_beyond_the_context()
    {
        using ForecastingTransformer fitted = FitCarried();
        MemoryReport report = _ml.Sequence.MeasureMemory(fitted, View(_ml, Steps(100)), new MemoryOptions { Examples = 20 });

        Assert.AreEqual(8 * Context, report.LongestExample);
    }

    [TestMethod]
    public void In_ONNX_it_is_a_model_of_steps_alone()
    {
        using ForecastingTransformer fitted = FitCarried();
        using var stream = new MemoryStream();
        var error = Assert.ThrowsExactly<ArgumentException>(() => fitted.Model.SaveOnnx(stream, new OnnxOptions()));
        StringAssert.Contains(error.Message, "Mode must be Step for a forecaster that carries its state");
        StringAssert.Contains(error.Message, "Series must name a training series");
        fitted.Model.SaveOnnx(stream, new OnnxOptions { Mode = OnnxMode.Step, Series = "a" });
        using OnnxSession session = OnnxLog.Quietly(() => new OnnxSession(stream.ToArray()));
        var steps = new OnnxStream(session, rows: 1);
        List<Step> rows = Steps(60);
        (rows[20].Load, rows[40].Price) = (float.NaN, float.PositiveInfinity);
        float[][] said = [.. rows.Select(row => steps.Step([row.Load, row.Price])["Forecast"].Floats)];

        Assert.IsTrue(float.IsNaN(said[20 + Context - 1][0]) && float.IsFinite(said[20 + Context][0]));
        AssertNear(Scores(fitted, rows, ScoringBackend.Auto), said, 1e-4);
    }

    [TestMethod]
    public void What_cannot_carry_a_state_is_refused_in_one_message()
    {
        string message = Assert.ThrowsExactly<ArgumentException>(() => _ml.Forecasting.Trainers.Sequence(new Tcn(), Carried with
        {
            Normalization = WindowNormalization.LastValue,
            Stride = 2,
            Training = BriefTraining with { Truncation = 4, ParallelWarmUp = 4 },
        })).Message;
        foreach (string part in new[] { "Normalization must be None", "found Tcn", "Stride must be 1", "Training.Truncation must be null",
            "Training.ParallelWarmUp must be null" })
            StringAssert.Contains(message, part);

        foreach (string name in Architecture.Names)
        {
            Layer backbone = Architecture.FromName(name).Build(Context);
            // The default is an LSTM.
            Assert.AreEqual(Carrying.Contains(name) || name == "composed", Forecasting.CanCarry(backbone), name);
        }

        ChannelColumn x = new("x", ["x"]);
        var task = new Forecasting { Targets = [x], Context = 4, Horizon = 1, CarriesState = true, Normalization = WindowNormalization.None };
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => task.BuildNetwork(new Tcn().Build(4))).Message, "CarriesState needs a "
            + "recurrent backbone");
        StringAssert.Contains((task with { Normalization = WindowNormalization.LastValue }).Problems().Single(), "Normalization must be None");
    }

    private static ForecastingTransformer FitCarried() => TinyForecasting.Fit(Interleaved(Steps(120), Steps(60, 9, "b")), Carried);

    private static float[] History(IEnumerable<Step> rows) => [.. rows.SelectMany(row => new[] { row.Load, row.Price })];

    private float[][] Scores(ForecastingTransformer fitted, List<Step> rows, ScoringBackend backend)
    {
        fitted.Backend = backend;
        return Column(fitted.Transform(View(_ml, rows)));
    }

    // The result of Forecast for the rows of the series so far.
    private static float[] ByHistory(SequenceModel model, List<Step> rows, int row)
    {
        Step[] before = [.. rows.Take(row + 1).Where(step => step.Series == rows[row].Series)];
        return before.Length < Context ? [.. Enumerable.Repeat(float.NaN, Horizon)] : model.Forecast(History(before), rows[row].Series);
    }

    // Compares the first rows of a series, up to a missing value, with one run of the saved network on libtorch from the first row on.
    private static void AssertOneRun(SequenceModel model, List<Step> rows, TorchNetwork network, float[][] scored)
    {
        var scaling = model.Scaling["b"];
        int[] own = [.. Enumerable.Range(0, 60).Where(row => rows[row].Series == "b")];
        float[] seen = [.. History(own.Select(row => rows[row])).Select((value, i) => (float)((value - scaling.Mean[i % 2]) / scaling.Deviation[i % 2]))];
        float[] last = [.. network.Score(seen, batch: 1).Select(value => (float)(value * scaling.Deviation[0] + scaling.Mean[0]))];
        AssertNear([last], [scored[own[^1]]], 1e-4);
    }

    private static float[][] Streamed(SequenceSession session, List<Step> rows) => [.. rows.Select(row =>
    {
        var output = new float[session.OutputSize];
        session.Step(row.Series, [row.Load, row.Price], output);
        return output;
    })];
}
