using Microsoft.ML;

namespace MLNet.Sequence.Bench.KnownTruth;

/// <summary>Forecasts of the next step of a generated series: six tenths of it are for training, two for validation, two for
/// testing.</summary>
/// <param name="Make">Generates this many rows.</param>
internal sealed record KnownSeries(Func<RandomStream, int, KnownTable> Make)
{
    private const int Context = 64;

    public int Rows { get; init; } = 8_000;

    public int Season { get; init; } = 1;

    public (RecurrenceReport Report, double Best) Compare(MLContext ml, int seed)
    {
        KnownTable table = Make(new RandomStream(seed, Rows, Season), Rows);
        int validation = Rows * 6 / 10, test = Rows * 8 / 10;
        RecurrenceReport report = ml.Sequence.Compare(
            table.View(ml, 0, validation),
            table.View(ml, test - Context, Rows),
            new ForecastingOptions
            {
                Targets = ["Y"],
                Inputs = table.Inputs.Length > 0 ? ["X"] : [],
                TimeColumnName = "Time",
                Context = Context,
                Horizon = 1,
                // Long series have as many windows as the others.
                Stride = Rows / 8_000,
                ValidationSet = table.View(ml, validation - Context, test),
                Training = new TrainingOptions
                {
                    Epochs = 20,
                    Patience = 4,
                    LearningRate = 3e-3,
                    BatchSize = 64,
                    Seed = seed,
                    Threads = 1,
                    ValidationFraction = 0,
                },
            },
            [new Linear(), new Tcn { Channels = 8, Levels = 5 }, new Lstm { HiddenSize = 16 }],
            new CompareOptions { Rounds = 1, Seasonality = Season, Memory = new() { Examples = 64 } });
        return (report, table.Path.BestError(test, validation));
    }
}
