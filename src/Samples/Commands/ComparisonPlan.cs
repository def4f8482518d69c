using MLNet.Sequence.Samples.Commands.Options;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>What is compared, and where the results go.</summary>
internal sealed record ComparisonPlan
{
    public static IReadOnlyDictionary<string, WindowNormalization> Normalizations { get; } =
        new SortedDictionary<string, WindowNormalization>(StringComparer.Ordinal)
        {
            ["last-value"] = WindowNormalization.LastValue,
            ["mean"] = WindowNormalization.Mean,
            ["mean-and-deviation"] = WindowNormalization.MeanAndDeviation,
            ["none"] = WindowNormalization.None,
        };

    public required IReadOnlyList<Architecture> Architectures { get; init; }

    public required TrainingPlan Training { get; init; }

    /// <summary>The learning rates that each model is tried with; null: the one of the training plan.</summary>
    public IReadOnlyList<double>? LearningRates { get; init; }

    public required int Seeds { get; init; }

    /// <summary>Another seed is not started if it would not end within this time; null: no limit.</summary>
    public required TimeSpan? MaxTime { get; init; }

    public required int Context { get; init; }

    public required int Horizon { get; init; }

    public required int Season { get; init; }

    /// <summary>Normalisation of windows; null: chosen for each architecture.</summary>
    public WindowNormalization? Normalization { get; init; }

    /// <summary>Whether architectures that are beaten on the validation rows stop early.</summary>
    public required bool StopBeaten { get; init; }

    public required string Folder { get; init; }

    public string? Json { get; init; }
}

/// <summary>All results of a run.</summary>
/// <param name="Data">The name of the data.</param>
/// <param name="Rows">The number of rows.</param>
/// <param name="Report">The results of the comparison.</param>
internal sealed record ComparedData(string Data, long Rows, RecurrenceReport Report);

/// <summary>A forecasting model and its name in the report.</summary>
internal sealed record NamedForecaster(string Name, ForecastingTransformer Fitted);
