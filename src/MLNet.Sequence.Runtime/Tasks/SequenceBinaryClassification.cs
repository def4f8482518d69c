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
    /// <remarks>The probability of yes.</remarks>
    internal override TaskOutput Output => TaskOutput.Logistic;

    internal override TaskLoss Loss(Weights weights) => TaskLoss.Binary;

    internal override void Decode(Span<float> output, ChannelScaling scaling) => Logistic.Apply(output);
}
