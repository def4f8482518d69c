using System.Text.Json.Serialization;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>A number, or a vector of numbers, for each row.</summary>
public sealed record SequenceRegression : WholeRowTask
{
    /// <summary>
    /// Mean and standard deviation of each of the label's numbers over the training rows. The network predicts the label standardised by them.
    /// </summary>
    public required ChannelScaling LabelScaling { get; init; }

    /// <summary>Whether label and score are vectors of numbers; otherwise each is one number.</summary>
    public bool IsVector { get; init; }

    /// <inheritdoc/>
    [JsonIgnore]
    public override int OutputSize => LabelScaling.Mean.Length;

    private protected override IEnumerable<string> OwnProblems()
    {
        foreach (string problem in LabelScaling.Problems(Math.Max(1, LabelScaling.Mean.Length), nameof(LabelScaling)))
            yield return problem;
        if (!IsVector && LabelScaling.Mean.Length > 1)
            yield return $"A label that is not a vector has one number; {nameof(LabelScaling)} has {LabelScaling.Mean.Length}.";
    }

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<TaskOutput> Outputs => [Prediction];

    /// <summary>The number, or the numbers, in the label's units.</summary>
    [JsonIgnore]
    public override TaskOutput Prediction =>
        new(ScoreColumnName, new NumberDecoding(LabelScaling), "in the label's units") { Shape = IsVector ? [OutputSize] : [] };

    internal override TaskLoss Loss => TaskLoss.Squares with { Baselines = ["mean of training"] };
}
