using MLNet.Sequence.Architectures;
using MLNet.Sequence.Estimators;
using MLNet.Sequence.Model;
using MLNet.Sequence.Tasks.Metrics;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>What is compared, and where the results go.</summary>
internal sealed record ComparisonPlan
{
    public required IReadOnlyList<Architecture> Architectures { get; init; }

    public required TrainingPlan Training { get; init; }

    public required int Context { get; init; }

    public required int Horizon { get; init; }

    public required int Season { get; init; }

    public required string Folder { get; init; }

    public string? Json { get; init; }
}

/// <summary>A trained architecture and its scores on the test rows.</summary>
internal sealed record TrainedModel(string Name, ForecastingTransformer Fitted, ForecastingMetrics Metrics)
{
    public TrainingReport Report => Fitted.Model.Report;

    public int Epochs => Report.Epochs.Count;

    public double SecondsPerEpoch => Report.Epochs.Select(epoch => epoch.Seconds).DefaultIfEmpty(double.NaN).Average();
}

/// <summary>All results of a run.</summary>
internal sealed record Comparison(string Data, long Rows, IReadOnlyList<TrainedModel> Models)
{
    public ForecastingScores? Naive => Models[0].Metrics.Naive?.Overall;

    public ForecastingScores? SeasonalNaive => Models[0].Metrics.SeasonalNaive?.Overall;
}
