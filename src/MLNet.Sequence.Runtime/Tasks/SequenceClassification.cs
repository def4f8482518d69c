using System.Text.Json.Serialization;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>One of several classes for each row: one logit per class, which softmax turns into probabilities.</summary>
public sealed record SequenceClassification : WholeRowTask
{
    /// <summary>The number of classes, one logit each; at least 2.</summary>
    public required int Classes { get; init; }

    /// <summary>The values of the label's keys, as text; null if its keys have no values.</summary>
    public IReadOnlyList<string>? ClassValues { get; init => field = ValueList.Of(value); }

    /// <summary>ML.NET's name of the type of those values, such as "String" or "Single".</summary>
    public string? ClassValueType { get; init; }

    /// <summary>The name of the column that the most likely class is written to. Default "PredictedLabel".</summary>
    [JsonPropertyName("predictedLabelColumn")]
    public string PredictedLabelColumnName { get; init; } = "PredictedLabel";

    /// <inheritdoc/>
    [JsonIgnore]
    public override int OutputSize => Classes;

    private protected override IEnumerable<string> OwnProblems() =>
    [
        .. Limits.AtLeast(1, Classes, nameof(Classes)),
        .. Limits.OneEach(ClassValues, Classes, nameof(ClassValues)),
        .. Limits.Name(PredictedLabelColumnName, nameof(PredictedLabelColumnName)),
    ];

    /// <inheritdoc/>
    [JsonIgnore]
    public override IReadOnlyList<TaskOutput> Outputs =>
        [new(PredictedLabelColumnName, new LikeliestDecoding(), "the most likely class") { Names = Names }, Prediction];

    /// <summary>The column of the probabilities of all classes, which sum to 1.</summary>
    [JsonIgnore]
    public override TaskOutput Prediction => new(ScoreColumnName, new SoftmaxDecoding(), "probabilities of the classes") { Shape = [Classes], Names = Names };

    internal override TaskLoss Loss => TaskLoss.CrossEntropy;

    private OutputNames? Names => OutputNames.Of(ClassValues, ClassValueType);
}
