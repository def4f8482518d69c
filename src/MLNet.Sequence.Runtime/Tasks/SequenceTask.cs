using System.Text;
using System.Text.Json.Serialization;
using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>The purpose of a model: the columns that it reads, its head, and its output.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "name")]
[JsonDerivedType(typeof(Forecasting), "forecasting")]
[JsonDerivedType(typeof(NextStep), "next-step")]
[JsonDerivedType(typeof(SequenceClassification), "sequence-classification")]
[JsonDerivedType(typeof(SequenceBinaryClassification), "sequence-binary-classification")]
[JsonDerivedType(typeof(SequenceRegression), "sequence-regression")]
[JsonDerivedType(typeof(SequenceTagging), "sequence-tagging")]
[JsonDerivedType(typeof(SequenceToSequence), "sequence-to-sequence")]
public abstract record SequenceTask
{
    /// <summary>Channels C of the network's input [B, T, C].</summary>
    [JsonIgnore]
    public abstract int InputSize { get; }

    /// <summary>Number of scaled data channels, from which the network's input is made.</summary>
    [JsonIgnore]
    internal virtual int DataChannels => InputSize;

    /// <summary>The number of steps T that a backbone will see, for architectures that adapt to it.</summary>
    [JsonIgnore]
    public abstract int ContextLength { get; }

    /// <summary>
    /// Number of last channels of a backbone's input that are not of the sequence itself: known for all steps, or the same at all steps.
    /// </summary>
    [JsonIgnore]
    internal virtual int Conditions => 0;

    /// <summary>The whole network: its inputs, the backbone, and this task's head on it.</summary>
    /// <param name="backbone">An architecture's layers, [B, T, C] to [B, T, D].</param>
    public abstract NetworkPlan BuildNetwork(Layer backbone);

    /// <summary>The whole network with an encoder of the source, for tasks on pairs; others have none.</summary>
    internal virtual NetworkPlan BuildNetwork(Layer backbone, Layer? encoder) => BuildNetwork(backbone);

    /// <summary>
    /// The network used in training, with the same weights in the same order. It differs only if a task trains on more steps than it answers.
    /// </summary>
    internal virtual NetworkPlan BuildTrained(Layer backbone, Layer? encoder = null) => BuildNetwork(backbone, encoder);

    /// <summary>A plan of these nodes on this task's past.</summary>
    private protected NetworkPlan Plan(params NetworkNode[] nodes) =>
        new([new NetworkInput(NetworkInput.Past, InputSize, StepCoverage.Past)], nodes);

    /// <summary>The problems of a task that a file describes, one sentence each; empty if there are none.</summary>
    internal abstract IEnumerable<string> Problems();

    /// <summary>How the sequence of a row is read; null: rows are steps of series (<see cref="Series"/>).</summary>
    [JsonIgnore]
    public virtual SequenceInput? RowInput => null;

    /// <summary>How the target of a row is read, which is predicted from its sequence, the source; null: the task is not on pairs.</summary>
    [JsonIgnore]
    public virtual SequenceInput? TargetInput => null;

    /// <summary>The number of steps that an encoder will see, for architectures that adapt to it; 0 if the task is not on pairs.</summary>
    [JsonIgnore]
    internal virtual int SourceLength => 0;

    /// <summary>How a target of tokens is searched for; null: the task has none.</summary>
    [JsonIgnore]
    internal virtual SequenceSearch? TargetSearch => null;

    /// <summary>A target of numbers; null: the task has none.</summary>
    [JsonIgnore]
    internal virtual TargetNumbers? TargetNumbers => null;

    /// <summary>This task if a student can be distilled from its model: next steps of integer tokens, each with a class of its own; else null.</summary>
    internal virtual NextStep? Taught => null;

    /// <summary>How series whose rows are steps are read and forecast; null: each row holds a sequence (<see cref="RowInput"/>).</summary>
    [JsonIgnore]
    public virtual Forecasting? Series => null;

    /// <summary>The kind of steps that it predicts one after the other; null: it does not continue sequences.</summary>
    [JsonIgnore]
    public virtual StepKind? NextSteps => null;

    /// <summary>All outputs: the columns that a fitted model adds, in their order.</summary>
    [JsonIgnore]
    public abstract IReadOnlyList<TaskOutput> Outputs { get; }

    /// <summary>The one of <see cref="Outputs"/> that Predict, Forecast and sessions return.</summary>
    [JsonIgnore]
    public abstract TaskOutput Prediction { get; }

    /// <summary>What a step of its input holds, in a few words.</summary>
    [JsonIgnore]
    internal abstract string Reads { get; }

    /// <summary>Channels that have one value for all steps.</summary>
    [JsonIgnore]
    internal virtual int SeriesChannels => 0;

    /// <summary>The tokens of its sequences; null: they consist of numbers.</summary>
    [JsonIgnore]
    internal TokenInput? Tokens => RowInput?.Tokens;

    /// <summary>The steps for which its network has an output.</summary>
    [JsonIgnore]
    internal virtual Answered Answered => Answered.Whole;

    /// <summary>Whether an output depends on all outputs of the backbone; otherwise on that of its last step, or of the output's own step.</summary>
    [JsonIgnore]
    internal virtual bool PoolsSteps => false;

    /// <summary>The path of the weights that decode all steps together; null: each step is decoded alone.</summary>
    [JsonIgnore]
    internal virtual string? ChainPath => null;

    /// <summary>How <see cref="Prediction"/> is decoded from the network's output for a step or a sequence.</summary>
    [JsonIgnore]
    internal virtual ValueDecoding Decoded => (ValueDecoding)Prediction.Decoding;

    /// <summary>The loss of its outputs, if each is decoded alone.</summary>
    [JsonIgnore]
    internal abstract TaskLoss Loss { get; }

    /// <summary>The loss of its outputs.</summary>
    /// <param name="weights">The weights of the model, which a decoding may read.</param>
    internal virtual TaskLoss LossBy(Weights weights) => Loss;

    /// <summary>The number of neighbouring examples that share actual values.</summary>
    /// <param name="stride">Rows from one example to the next; 0: they are not neighbours.</param>
    internal virtual int Overlap(double stride) => 0;

    /// <summary>This task without carried state: on windows of its context, or of the given number of steps if that is larger.</summary>
    internal virtual SequenceTask OfWindows(int steps) => this;

    // Derived properties are not printed; a task on series would print itself forever.
    /// <inheritdoc cref="object.ToString"/>
    protected virtual bool PrintMembers(StringBuilder builder) => false;

    /// <summary>Decodes all steps together; null if each is decoded alone.</summary>
    internal TagChain? Chain(Weights weights) => ChainPath is { } path ? new TagChain(weights, path) : null;

    /// <summary>How a step of the data becomes a step of the network's input.</summary>
    internal StepEncoding Encoding(ChannelScaling scaling) => RowInput?.Encoding(scaling) ?? new StepEncoding(scaling);

    /// <summary>Turns the network's output into predictions, in place: step by step, or all steps together.</summary>
    /// <param name="output">For a whole sequence, or for its last step if each step has an output and only the last one is wanted.</param>
    /// <param name="chain">Decodes all steps together.</param>
    /// <param name="scaling">The scaling of the sequence.</param>
    internal void Decode(Span<float> output, TagChain? chain, ChannelScaling scaling)
    {
        if (chain is not null && !output.IsEmpty)
        {
            chain.Marginals(output.ToArray(), output);
            return;
        }

        TaskOutput prediction = Prediction;
        var decoding = (ValueDecoding)prediction.Decoding;
        int size = prediction.IsOfEachStep ? prediction.Shape[^1] : output.Length;
        for (int at = 0; at < output.Length; at += size)
            decoding.Apply(output.Slice(at, size), scaling);
    }
}
