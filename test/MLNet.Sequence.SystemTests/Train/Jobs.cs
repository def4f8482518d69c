using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.SystemTests.Train;

/// <summary>Small trainings of different kinds; batches have four shards.</summary>
internal static class Jobs
{
    private const int Rows = 400, Steps = 30;

    public static TrainingOptions Options(string job) => new TrainingOptions { Epochs = 4, BatchSize = 64, ValidationFraction = 0, Seed = 5 } with
    {
        Epochs = job == "stops-early" ? 40 : 4,
        LearningRate = job == "stops-early" ? 0.05 : 0.01,
        ValidationFraction = job == "stops-early" ? 0.3 : 0,
        Patience = 2,
        BackpropSteps = job == "chunks" ? 8 : null,
    };

    public static SequenceModel Train(string job, MLContext ml, TrainingOptions options) => job switch
    {
        "lstm" => Forecast(ml, new Lstm { HiddenSize = 12 }, options),
        "tcn" => Forecast(ml, new Tcn { Channels = 8, Levels = 3, Dropout = 0.2 }, options),
        "stops-early" => Forecast(ml, new Gru { HiddenSize = 12, Dropout = 0.2 }, options),
        "chunks" => Chunks(ml, options),
        _ => throw new ArgumentException($"There is no job '{job}'."),
    };

    private static SequenceModel Forecast(MLContext ml, Architecture architecture, TrainingOptions options)
    {
        IDataView rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, Rows).Select(t => new Row { Value = MathF.Sin(t / 5f) + MathF.Cos(t * t / 70f) }));
        using ForecastingTransformer fitted = ml.Forecasting.Trainers.Sequence(architecture, new ForecastingOptions
        {
            Targets = [nameof(Row.Value)],
            Context = 16,
            Horizon = 2,
            Training = options,
        }).Fit(rows);
        return fitted.Model;
    }

    // Truncated back-propagation: the state is carried from chunk to chunk.
    private static SequenceModel Chunks(MLContext ml, TrainingOptions options)
    {
        var random = new Random(3);
        IDataView rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 100).Select(_ => new Sequence
        {
            Values = [.. Enumerable.Range(0, Steps - random.Next(12)).Select(t => MathF.Sin(t / 3f) + random.NextSingle())],
        }));
        using SequenceTransformer fitted = ml.Sequence.Trainers.NextStep(new Lstm { HiddenSize = 8 }, new NextStepOptions
        {
            Kind = StepKind.Real,
            FeatureColumnName = nameof(Sequence.Values),
            Training = options,
        }).Fit(rows);
        return fitted.Model;
    }

    private sealed class Row
    {
        public float Value { get; set; }
    }

    private sealed class Sequence
    {
        [VectorType]
        public float[] Values { get; set; } = [];
    }
}
