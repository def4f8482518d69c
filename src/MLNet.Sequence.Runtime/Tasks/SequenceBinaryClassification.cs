using System.Text.Json.Serialization;
using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tasks;

/// <summary>Yes or no for each row: one logit, the score, of which the sigmoid makes a probability.</summary>
public sealed record SequenceBinaryClassification : WholeRowTask
{
    /// <summary>The column that the more likely answer is written to.</summary>
    public string PredictedLabelColumn { get; init; } = "PredictedLabel";

    /// <summary>The name of the column that the probability of yes is written to. Default "Probability".</summary>
    public string ProbabilityColumn { get; init; } = "Probability";

    /// <inheritdoc/>
    [JsonIgnore]
    public override int OutputSize => 1;

    private protected override IEnumerable<string> OwnProblems() =>
        [.. Limits.Name(PredictedLabelColumn, nameof(PredictedLabelColumn)), .. Limits.Name(ProbabilityColumn, nameof(ProbabilityColumn))];

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<TaskOutput> Outputs =>
    [
        new(PredictedLabelColumn, new YesDecoding(), "the more likely answer"),
        new(ScoreColumn, new LogOdds(), "log odds of yes"),
        Prediction,
    ];

    /// <summary>The column of how probable yes is, between 0 and 1.</summary>
    [JsonIgnore]
    public override TaskOutput Prediction => new(ProbabilityColumn, new LogisticDecoding(), "probability of yes");

    internal override TaskLoss Loss => TaskLoss.Binary;
}
