using MLNet.Sequence.Networks;
using MLNet.Sequence.Samples.Onnx;
using MLNet.Sequence.Tests.Model;
using MLNet.Sequence.Tests.Onnx;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Architectures;

/// <summary>Every architecture with a number and a key that are known ahead and a number and a key of the series: all backends give the
/// same outputs.</summary>
[TestClass]
public sealed class KnownInputParityTests
{
    private const int Context = 6, Horizon = 3;

    public static IEnumerable<object[]> Architectures => Architecture.Names.Where(name => Architecture.FromName(name) is not Reference)
        .Select(name => new object[] { name });

    [TestMethod]
    [DynamicData(nameof(Architectures))]
    public void Plain_CSharp_libtorch_ONNX_and_sessions_forecast_the_same(string name)
    {
        foreach (WindowNormalization normalization in Enum.GetValues<WindowNormalization>())
        {
            SequenceModel model = Model(FuzzedModels.Small(name), normalization);
            double[] history = Rows(12, seed: 3), future = Future(seed: 4);
            double[] expected = model.Forecast(history, future, "x");
            string what = $"{name}, {normalization}";
            Close.AssertEqual(expected, ByTorch(model, history, future), 1e-4, what);
            Close.AssertEqual(expected, ByOnnx(model, history, future), 1e-4, $"{what}, ONNX");
            Close.AssertEqual(expected, BySession(model, history, future), 1e-4, $"{what}, session");
            Close.AssertEqual(expected, ByOnnxSteps(model, history, future), 1e-4, $"{what}, steps in ONNX");
            using var file = new MemoryStream();
            model.Save(file);
            CollectionAssert.AreEqual(expected, SequenceModel.Load(new MemoryStream(file.ToArray())).Forecast(history, future, "x"), what);
            Assert.IsTrue(Moves(model, history, future), what);
            if (model.Architecture.IsCausal)
                Close.AssertEqual(expected, model.Truncate(Context).Forecast(history, future, "x"), 1e-4, $"{what}, truncated to all steps");
        }
    }

    // A number known ahead changes only its own step, a number of the series changes all steps.
    private static bool Moves(SequenceModel model, double[] history, double[] future)
    {
        double[] before = model.Forecast(history, future, "x"),
            ahead = model.Forecast(history, [.. future.Select((value, i) => i == 2 ? value + 3 : value)], "x");
        double[] series = model.Forecast([.. history.Select((value, i) => i % 6 == 4 ? value + 3 : value)], future, "x");
        return before[1] != ahead[1] && before[0] == ahead[0] && before[2] == ahead[2] && !before.SequenceEqual(series);
    }

    private static double[] ByTorch(SequenceModel model, double[] history, double[] future)
    {
        (float[] window, float[] beside, ChannelScaling scaling) = Forecaster.Prepare(model, history, future, "x");
        using var probe = NetworkProbe.InFloat32(model.Network, model.Weights);
        var output = new double[Horizon];
        model.Task.Decoded.Apply(probe.Network.Score(window, 1, beside: beside), output, scaling);
        return output;
    }

    private static double[] ByOnnx(SequenceModel model, double[] history, double[] future)
    {
        using var folder = new TemporaryFolder();
        model.SaveOnnx(folder.At("model.onnx"), new OnnxOptions { Series = "x" });
        using var session = new OnnxSession(folder.At("model.onnx"));
        float[] sequence = Floats(history.Chunk(6).SelectMany(row => row[..4]));
        Dictionary<string, OnnxTensor> outputs = session.Run(
            new OnnxTensor("Sequence", sequence, 1, 12, 4),
            new OnnxTensor("Future", Floats(future), 1, Horizon, 2),
            new OnnxTensor("Static", Floats(history[4..6]), 1, 2));
        return Close.Doubles(outputs["Forecast"].Floats);
    }

    private static double[] ByOnnxSteps(SequenceModel model, double[] history, double[] future)
    {
        using var folder = new TemporaryFolder();
        model.SaveOnnx(folder.At("step.onnx"), new OnnxOptions { Series = "x", Mode = OnnxMode.Step });
        using var session = new OnnxSession(folder.At("step.onnx"));
        var stream = new OnnxStream(session, rows: 1);
        float[] forecast = [];
        // The state of a stream continues as long as the stream, which is one context here.
        foreach (double[] row in history.Chunk(6).TakeLast(Context))
        {
            forecast = stream.Step(
                new OnnxTensor("Step", Floats(row[..4]), 1, 4),
                new OnnxTensor("Future", Floats(future), 1, Horizon, 2),
                new OnnxTensor("Static", Floats(row[4..]), 1, 2))["Forecast"].Floats;
        }

        return Close.Doubles(forecast);
    }

    private static float[] Floats(IEnumerable<double> values) => [.. values.Select(value => (float)value)];

    private static double[] BySession(SequenceModel model, double[] history, double[] future)
    {
        SequenceSession session = model.CreateSession();
        var output = new double[Horizon];
        foreach (double[] row in history.Chunk(6))
            session.Step("x", row, future, output);
        return output;
    }

    private static double[] Rows(int count, int seed)
    {
        var random = new RandomStream(seed);
        return [.. Enumerable.Range(0, count).SelectMany(step => new[] { random.NextNormal(), random.NextNormal(), random.NextNormal(), step % 3, 1.5, 1 })];
    }

    private static double[] Future(int seed)
    {
        var random = new RandomStream(seed);
        return [.. Enumerable.Range(0, Horizon).SelectMany(step => new[] { random.NextNormal(), (double)(step % 4) })];
    }

    private static SequenceModel Model(Architecture architecture, WindowNormalization normalization)
    {
        var task = new Forecasting
        {
            Targets = [new ChannelColumn("y", ["y"])],
            Inputs = [new ChannelColumn("u", ["u"])],
            KnownInputs = [new ChannelColumn("price", ["price"]), new ChannelColumn("day", ["day"]) { Keys = ["a", "b", "c"] }],
            StaticInputs = [new ChannelColumn("size", ["size"]), new ChannelColumn("kind", ["kind"]) { Keys = ["p", "q"] }],
            SeriesColumnName = "series",
            Context = Context,
            Horizon = Horizon,
            Normalization = normalization,
            SteadyInputs = [2, 3, 4, 5],
        };
        NetworkPlan plan = SequenceModel.BuildNetwork(architecture, task);
        var scaling = new ChannelScaling([1, 2, 0.5, 0, 1, 0], [2, 3, 1.5, 1, 2, 1]);
        return new SequenceModel(architecture, task, NetworkProbe.RandomWeights(plan, seed: 6), new SeriesScaling(scaling, [new("x", scaling)]),
            UntrainedModel.Report);
    }
}
