using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/streaming.md, word for word, so that it is compiled.</summary>
internal static class StreamingExample
{
    public static void Run(IDataView train, IReadOnlyList<Reading> recent, string folder)
    {
        var ml = new MLContext(seed: 1);
        var trainer = ml.Forecasting.Trainers.Sequence(new Tcn { Channels = 8 }, new ForecastingOptions
        {
            Targets = ["Load"],
            TimeColumnName = "Time",
            SeriesColumnName = "Series",
            Context = 48,
            Horizon = 12,
            Streaming = true,
        });
        trainer.Fit(train).Model.Save(Path.Combine(folder, "model.mlseq"));

        // In the service, which needs the package MLNet.Sequence.Runtime alone.
        SequenceSession session = SequenceModel.Load(Path.Combine(folder, "model.mlseq")).CreateSession();
        var forecast = new double[session.OutputSize];
        foreach (Reading reading in recent)
            session.Step(reading.Series, [reading.Load], forecast);
        Console.WriteLine($"constant time: {session.IsConstantTime}, next: {forecast[0]:F1}");

        // Two days more than the horizon, from the same states.
        double[] further = session.Forecast(recent[^1].Series, steps: 60);
        Console.WriteLine($"{further.Length} steps");
    }
}
