using System.Globalization;

namespace MLNet.Sequence;

/// <summary>What a trial of a search changes in a forecaster; null: what the options have.</summary>
/// <param name="Architecture">What is trained: the drawn one, with its drawn width and dropout.</param>
public sealed record TuneSettings(Architecture Architecture)
{
    /// <summary>The steps that the model sees, for <see cref="ForecastingOptions.Context"/>.</summary>
    public int? Context { get; init; }

    /// <summary>The factor of the optimiser's step, for <see cref="TrainingOptions.LearningRate"/>.</summary>
    public double? LearningRate { get; init; }

    /// <summary>How many windows one step of the optimiser sees, for <see cref="TrainingOptions.BatchSize"/>.</summary>
    public int? BatchSize { get; init; }

    /// <summary>How windows are brought to a level and scale, for <see cref="ForecastingOptions.Normalization"/>.</summary>
    public WindowNormalization? Normalization { get; init; }

    /// <summary>The options of a forecaster with these settings in place of its own.</summary>
    /// <param name="options">The options; not changed.</param>
    public ForecastingOptions Apply(ForecastingOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return options with
        {
            Context = Context ?? options.Context,
            Normalization = Normalization ?? options.Normalization,
            Training = options.Training with
            {
                LearningRate = LearningRate ?? options.Training.LearningRate,
                BatchSize = BatchSize ?? options.Training.BatchSize,
            },
        };
    }

    /// <summary>The settings as text, in the invariant culture: "lstm, context 48, rate 0.001, batch 32".</summary>
    public override string ToString()
    {
        string Text<T>(string name, T? value) where T : struct, IFormattable =>
            value is { } set ? $", {name} {set.ToString(set is double ? "G3" : null, CultureInfo.InvariantCulture)}" : "";
        return $"{Architecture.Name}{Text("context", Context)}{Text("rate", LearningRate)}{Text("batch", BatchSize)}{Text("normalisation", Normalization)}";
    }
}
