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

    /// <summary>Those that each model is tried with; null: that of the training.</summary>
    public IReadOnlyList<float>? LearningRates { get; init; }

    public required int Seeds { get; init; }

    /// <summary>A further seed is not begun when it would not end within this; null: no limit.</summary>
    public required TimeSpan? MaxTime { get; init; }

    public required int Context { get; init; }

    public required int Horizon { get; init; }

    public required int Season { get; init; }

    /// <summary>Of windows; null: chosen for each architecture.</summary>
    public WindowNormalization? Normalization { get; init; }

    public required string Folder { get; init; }

    public string? Json { get; init; }
}

/// <summary>All results of a run.</summary>
/// <param name="Data">What the data is called.</param>
/// <param name="Rows">Its rows.</param>
/// <param name="Report">What was found.</param>
internal sealed record ComparedData(string Data, long Rows, RecurrenceReport Report);

/// <summary>A model that forecasts, by its name in the report.</summary>
internal sealed record NamedForecaster(string Name, ForecastingTransformer Fitted);
