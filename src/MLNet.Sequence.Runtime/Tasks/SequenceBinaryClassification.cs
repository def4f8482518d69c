using System.Text.Json.Serialization;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>Yes or no for each row: one logit, the score, which the sigmoid turns into a probability.</summary>
public sealed record SequenceBinaryClassification : WholeRowTask
{
    /// <summary>The column that the more likely answer is written to.</summary>
    [JsonPropertyName("predictedLabelColumn")]
    public string PredictedLabelColumnName { get; init; } = "PredictedLabel";

    /// <summary>The name of the column that the probability of yes is written to. Default "Probability".</summary>
    [JsonPropertyName("probabilityColumn")]
    public string ProbabilityColumnName { get; init; } = "Probability";

    /// <inheritdoc/>
    [JsonIgnore]
    public override int OutputSize => 1;

    private protected override IEnumerable<string> OwnProblems() =>
        [.. Limits.Name(PredictedLabelColumnName, nameof(PredictedLabelColumnName)), .. Limits.Name(ProbabilityColumnName, nameof(ProbabilityColumnName))];

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<TaskOutput> Outputs =>
    [
        new(PredictedLabelColumnName, new YesDecoding(), "the more likely answer"),
        new(ScoreColumnName, new LogOdds(), "log odds of yes"),
        Prediction,
    ];

    /// <summary>The column of the probability of yes, between 0 and 1.</summary>
    [JsonIgnore]
    public override TaskOutput Prediction => new(ProbabilityColumnName, new LogisticDecoding(), "probability of yes");

    internal override TaskLoss Loss => TaskLoss.Binary;
}
