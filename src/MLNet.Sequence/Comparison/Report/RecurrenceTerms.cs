using System.Globalization;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Comparison;

/// <summary>The terms of a comparison: everything in which its reports differ from task to task.</summary>
internal sealed record RecurrenceTerms
{
    private const string Squares = "the mean squared error in units of the variance of the training rows", LessIsBetter = "less is better.";

    private const string Nats = "the mean of −ln p, p being the probability that a model gave to the actual value";

    // Relative to the deviation of the predicted values: a change that hardly matters.
    private const double Hundredth = 0.01;

    /// <summary>The metric: the error of a model is its mean.</summary>
    public required string Metric { get; init; }

    /// <summary>The unit of the metric.</summary>
    public required string Unit { get; init; }

    /// <summary>The metric as a column header.</summary>
    public required string Head { get; init; }

    /// <summary>The meaning of the column header, in one sentence.</summary>
    public required string Meaning { get; init; }

    /// <summary>The name of the examples that models are compared on.</summary>
    public string Examples { get; init; } = "rows";

    /// <summary>The name of a model's outputs.</summary>
    public string Outputs { get; init; } = "probabilities";

    /// <summary>The words about a model that uses all steps.</summary>
    public string Exhausted { get; init; } = "of the longest sequences";

    /// <summary>How the kinds of models differ.</summary>
    public string Kinds { get; init; } = "a feed-forward model reads a limited number of last steps; a recurrent one carries a state";

    /// <summary>What could take the place of recurrence, inserted behind that word; empty: nothing.</summary>
    public string Alternative { get; init; } = ", or a longer receptive field,";

    /// <summary>The answer if a feed-forward model is as good.</summary>
    public string NotNeeded { get; init; } = "A feed-forward window is enough";

    /// <summary>The answer if a recurrent model is better.</summary>
    public string Needed { get; init; } = "Recurrence, or a longer window, helps here";

    /// <summary>What a step belongs to whose cost is measured.</summary>
    public string Stepped { get; init; } = "a stream";

    /// <summary>The names of the predictions that need no model.</summary>
    public required string[] Baselines { get; init; }

    /// <summary>How windows are brought to a common level; null: not at all, or no windows.</summary>
    public static string? Level(SequenceTask task) => task.Series?.Normalization switch
    {
        WindowNormalization.Mean => "minus their mean",
        WindowNormalization.MeanAndDeviation => "minus their mean, divided by their deviation",
        WindowNormalization.LastValue => "minus their last value",
        _ => null,
    };

    /// <summary>The steps that models see, in a few words.</summary>
    public static string Extent(SequenceTask task) => task.Series is { } series
        ? string.Create(CultureInfo.InvariantCulture, $"{series.Context} steps seen, {series.Horizon} forecast")
        : task.TargetInput is not null
            ? string.Create(CultureInfo.InvariantCulture, $"sources of up to {task.SourceLength:N0} steps in training")
        : string.Create(CultureInfo.InvariantCulture, $"sequences of up to {task.ContextLength + (task.NextSteps is null ? 0 : 1):N0} steps in training");

    /// <summary>A change of a model's output that hardly matters, in the units of its certificate.</summary>
    public static double Negligible(SequenceModel model)
    {
        ValueDecoding decoding = model.Decoding;
        return Hundredth * Enumerable.Range(0, model.Network.OutputSize).Max(output => decoding.Deviation(model.Scaling.Pooled, output));
    }

    public static RecurrenceTerms Of(SequenceTask task)
    {
        // For quantiles, the middle one is compared, as the single number.
        TaskLoss loss = task.Series is null ? task.Loss : TaskLoss.Squares;
        var terms = new RecurrenceTerms
        {
            Metric = loss.Name,
            Unit = loss.Unit,
            Head = loss.Head,
            Meaning = loss.IsOfNumbers ? $"{loss.Head}: {Squares}; {LessIsBetter}" : $"{loss.Head}: {Nats}; {LessIsBetter}",
            Outputs = loss.IsOfNumbers ? "predictions" : "probabilities",
            Baselines = [.. task.Loss.Baselines],
        };
        if (task.TargetInput is not null)
            return OfPairs(terms);
        return task.Series is not { } series ? terms : terms with
        {
            Examples = "windows",
            Unit = series.SeriesColumnName is null ? terms.Unit : $"{terms.Unit} of each series",
            Meaning = series.SeriesColumnName is null ? terms.Meaning : $"{loss.Head}: {Squares}, of each series its own; {LessIsBetter}",
            Outputs = "forecasts",
            Exhausted = "that it sees: a longer context may be worth a try",
        };
    }

    // Attention sees all steps of a source: no window could be longer.
    private static RecurrenceTerms OfPairs(RecurrenceTerms terms) => terms with
    {
        Examples = "pairs",
        Kinds = "a feed-forward model has only convolutions and attention; a recurrent one carries a state in its encoder, its decoder or both",
        Alternative = "",
        NotNeeded = "Convolutions or attention are enough",
        Needed = "Recurrence helps here",
        Stepped = "a target",
    };
}
