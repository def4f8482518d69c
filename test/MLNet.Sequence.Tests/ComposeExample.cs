using Microsoft.ML;
using MLNet.Sequence;
using MLNet.Sequence.Layers;

namespace Examples;

/// <summary>The example of docs/compose.md, word for word, so that it is compiled.</summary>
internal static class ComposeExample
{
    public static void Run()
    {
        var ml = new MLContext(seed: 1);
        float[] wave = [.. Enumerable.Range(0, 1_000).Select(t => MathF.Sin(t / 5f) + MathF.Sin(t / 7f))];
        IDataView rows = ml.Data.LoadFromEnumerable(wave.Select(value => new { Wave = value }));

        // Dilated convolutions next to a GRU over patches; attention reads both.
        var convolutions = new Sequential(new CausalConv(16, 3), new Activation(ActivationKind.Relu), new CausalConv(16, 3, Dilation: 2));
        var gru = new PatchedLayer(new GruLayer(16), Length: 8, Stride: 4);
        var attention = new Residual(new Sequential(new LayerNorm(), new CausalAttention(Heads: 4, Window: 24)));
        var architecture = new Composed(new Sequential(new Branched(convolutions, gru) { Names = ["near", "far"] }, attention));

        var forecaster = ml.Forecasting.Trainers.Sequence(architecture, new ForecastingOptions
        {
            Targets = ["Wave"],
            Context = 24,
            Horizon = 4,
            Training = new TrainingOptions { Epochs = 3 },
        });
        using ForecastingTransformer trained = forecaster.Fit(rows);
        Console.WriteLine(trained.Model.Report);

        string path = Path.Combine(Path.GetTempPath(), "wave.model");
        trained.Model.Save(path);
        SequenceSession session = SequenceModel.Load(path).CreateSession();
        var forecast = new float[session.OutputSize];
        foreach (float value in wave)
            session.Step([value], forecast);
        Console.WriteLine($"The next steps: {string.Join(", ", forecast)}");
    }
}
