using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence;

namespace Examples;

/// <summary>A row of docs/engines.md.</summary>
internal sealed class Reading
{
    public string Series { get; set; } = "";

    public DateTime Time { get; set; }

    public float Load { get; set; }
}

/// <summary>What an engine returns in docs/engines.md.</summary>
internal sealed class NextLoads
{
    public float[] Forecast { get; set; } = [];
}

/// <summary>The example of docs/engines.md, word for word, so that it is compiled.</summary>
internal static class EngineExample
{
    public static void Run(IDataView train, IReadOnlyList<Reading> recent, Reading now, string folder)
    {
        var ml = new MLContext(seed: 1);
        var pipeline = ml.Transforms.NormalizeMinMax("Load").Append(ml.Forecasting.Trainers.Sequence(
            new Gru { HiddenSize = 8 }, ["Load"], timeColumnName: "Time", seriesColumnName: "Series", context: 8, horizon: 3));
        ml.Model.Save(pipeline.Fit(train), train.Schema, Path.Combine(folder, "model.zip"));

        // In the service: the whole chain, with its normalisation.
        ITransformer model = ml.Model.Load(Path.Combine(folder, "model.zip"), out _);
        using var engine = ml.Forecasting.CreateEngine<Reading, NextLoads>(model);
        engine.Update(recent);
        Console.WriteLine(string.Join(" ", engine.Predict(now).Forecast));

        // Before the service ends; the next one begins with CreateEngine<Reading, NextLoads>(model, "states.bin").
        engine.CheckPoint(Path.Combine(folder, "states.bin"));
    }
}
