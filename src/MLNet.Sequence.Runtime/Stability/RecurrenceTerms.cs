using System.Globalization;
using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Stability;

/// <summary>What a comparison calls things: all in which its reports differ from task to task.</summary>
internal sealed record RecurrenceTerms
{
    // Of the deviation of what is predicted: a change that hardly matters.
    private const double Hundredth = 0.01;

    /// <summary>What the error of a model is the mean of.</summary>
    public required string Metric { get; init; }

    /// <summary>Its unit.</summary>
    public required string Unit { get; init; }

    /// <summary>It at the head of a column.</summary>
    public required string Head { get; init; }

    /// <summary>What models are compared on.</summary>
    public string Examples { get; init; } = "rows";

    /// <summary>What a model gives.</summary>
    public string Outputs { get; init; } = "probabilities";

    /// <summary>What is said of a model that uses all steps.</summary>
    public string Exhausted { get; init; } = "of the longest sequences";

    /// <summary>What needs no model, by name.</summary>
    public required string[] Baselines { get; init; }

    /// <summary>How windows are brought to a common level; null: they are not, or there are none.</summary>
    public static string? Level(SequenceTask task) => (task as Forecasting)?.Normalization switch
    {
        WindowNormalization.Mean => "less their mean",
        WindowNormalization.MeanAndDeviation => "less their mean, over their deviation",
        WindowNormalization.LastValue => "less their last value",
        _ => null,
    };

    /// <summary>The steps that models see, in a few words.</summary>
    public static string Extent(SequenceTask task) => task is Forecasting forecasting
        ? string.Create(CultureInfo.InvariantCulture, $"{forecasting.Context} steps seen, {forecasting.Horizon} forecast")
        : string.Create(CultureInfo.InvariantCulture, $"sequences of up to {((task as NextStep)?.LongestSequence ?? task.ContextLength):N0} steps in training");

    /// <summary>A change of a model's output that hardly matters, in the units of its certificate.</summary>
    public static double Slight(SequenceModel model) =>
        Hundredth * Enumerable.Range(0, model.Network.OutputSize).Max(output => model.Task.Deviation(model.Scaling.Pooled, output));

    public static RecurrenceTerms Of(SequenceTask task) => task switch
    {
        Forecasting forecasting => Squares("mean squared error") with
        {
            Examples = "windows",
            Unit = forecasting.SeriesColumn is null ? "standard deviations²" : "standard deviations² of each series",
            Outputs = "forecasts",
            Exhausted = "that it sees: a longer context may be worth a try",
            Baselines = ["naive", "seasonal naive"],
        },
        SequenceRegression => Squares("mean squared error") with { Baselines = ["mean of training"] },
        SequenceTagging => Nats("log-loss per step", "nats/step") with { Baselines = ["tag frequencies"] },
        NextStep { Kind: StepKind.Real } => Squares("mean squared error per step") with { Baselines = ["mean of training", "last step repeated"] },
        NextStep { Kind: StepKind.MultiLabel } => Nats("loss per step", "nats/step") with { Baselines = ["value frequencies"] },
        NextStep => Nats("log-loss per token", "nats/token") with { Baselines = ["token frequencies"] },
        _ => Nats("log-loss", "log-loss") with { Baselines = ["class frequencies"] },
    };

    private static RecurrenceTerms Squares(string metric) => new() { Metric = metric, Unit = "standard deviations²", Head = "std. MSE", Outputs = "predictions", Baselines = [] };

    private static RecurrenceTerms Nats(string metric, string head) => new() { Metric = metric, Unit = "nats", Head = head, Baselines = [] };
}
