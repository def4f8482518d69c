using System.Text;
using System.Text.Json.Serialization;
using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>What a model is for: the columns that it reads, its head, and its output.</summary>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "name")]
[JsonDerivedType(typeof(Forecasting), "forecasting")]
[JsonDerivedType(typeof(NextStep), "next-step")]
[JsonDerivedType(typeof(SequenceClassification), "sequence-classification")]
[JsonDerivedType(typeof(SequenceBinaryClassification), "sequence-binary-classification")]
[JsonDerivedType(typeof(SequenceRegression), "sequence-regression")]
[JsonDerivedType(typeof(SequenceTagging), "sequence-tagging")]
public abstract record SequenceTask
{
    /// <summary>Channels C of the network's input [B, T, C].</summary>
    [JsonIgnore]
    public abstract int InputSize { get; }

    /// <summary>Channels of the data that are scaled, of which the network's input is made.</summary>
    [JsonIgnore]
    internal virtual int DataChannels => InputSize;

    /// <summary>The number of steps T that a backbone will see, for architectures that fit themselves to it.</summary>
    [JsonIgnore]
    public abstract int ContextLength { get; }

    /// <summary>The last channels of what a backbone reads that are not of the sequence itself: known for all steps, or the same at all.</summary>
    [JsonIgnore]
    internal virtual int Conditions => 0;

    /// <summary>The whole network: what it reads, the backbone, and this task's head on it.</summary>
    /// <param name="backbone">An architecture's layers, [B, T, C] to [B, T, D].</param>
    public abstract NetworkPlan BuildNetwork(Layer backbone);

    /// <summary>
    /// The network as it is trained, with the same weights in the same order: that network, unless a task learns of more steps than it answers.
    /// </summary>
    internal virtual NetworkPlan BuildTrained(Layer backbone) => BuildNetwork(backbone);

    /// <summary>A plan of these nodes on this task's past.</summary>
    private protected NetworkPlan Plan(params NetworkNode[] nodes) =>
        new([new NetworkInput(NetworkInput.Past, InputSize, StepCoverage.Past)], nodes);

    /// <summary>What cannot be of a task that a file describes, one sentence each; empty when nothing is.</summary>
    internal abstract IEnumerable<string> Problems();

    /// <summary>How the sequence of a row is read; null: rows are steps of series (<see cref="Series"/>).</summary>
    [JsonIgnore]
    public virtual SequenceInput? RowInput => null;

    /// <summary>What is read of series whose rows are steps, and forecast of them; null: each row holds a sequence (<see cref="RowInput"/>).</summary>
    [JsonIgnore]
    public virtual Forecasting? Series => null;

    /// <summary>What the steps are that it predicts one after the other; null: it does not continue sequences.</summary>
    [JsonIgnore]
    public virtual StepKind? NextSteps => null;

    /// <summary>All that it says: the columns that a fitted model adds, in their order.</summary>
    [JsonIgnore]
    public abstract IReadOnlyList<TaskOutput> Outputs { get; }

    /// <summary>The one of <see cref="Outputs"/> that Predict, Forecast and sessions give.</summary>
    [JsonIgnore]
    public abstract TaskOutput Prediction { get; }

    /// <summary>What a step of its input holds, in a few words.</summary>
    [JsonIgnore]
    internal abstract string Reads { get; }

    /// <summary>Channels that have one value for all steps.</summary>
    [JsonIgnore]
    internal virtual int SeriesChannels => 0;

    /// <summary>The tokens of which its sequences are made; null: they are of numbers.</summary>
    [JsonIgnore]
    internal TokenInput? Tokens => RowInput?.Tokens;

    /// <summary>Of which steps its network's output says something.</summary>
    [JsonIgnore]
    internal virtual Answered Answered => Answered.Whole;

    /// <summary>Whether an output follows from all that the backbone gives; else from its last step, or that of the output.</summary>
    [JsonIgnore]
    internal virtual bool PoolsSteps => false;

    /// <summary>Where the weights are of what decodes all steps together; null: each is decoded alone.</summary>
    [JsonIgnore]
    internal virtual string? ChainPath => null;

    /// <summary>How <see cref="Prediction"/> follows from what the network gives for a step or a sequence.</summary>
    [JsonIgnore]
    internal virtual ValueDecoding Decoded => (ValueDecoding)Prediction.Decoding;

    /// <summary>What its outputs cost, where each is decoded alone.</summary>
    [JsonIgnore]
    internal abstract TaskLoss Loss { get; }

    /// <summary>What its outputs cost.</summary>
    /// <param name="weights">Those of the model, which a decoding may read.</param>
    internal virtual TaskLoss LossBy(Weights weights) => Loss;

    /// <summary>How many of neighbouring examples share what comes to be.</summary>
    /// <param name="stride">Rows from one to the next; 0: they are no neighbours.</param>
    internal virtual int Overlap(double stride) => 0;

    /// <summary>This task, whose state is no longer carried: of windows of its context, or of so many steps where they are more.</summary>
    internal virtual SequenceTask OfWindows(int steps) => this;

    // What follows from the rest is not printed; a task of series would print itself for ever.
    /// <inheritdoc cref="object.ToString"/>
    protected virtual bool PrintMembers(StringBuilder builder) => false;

    /// <summary>What decodes all steps together; null where each is decoded alone.</summary>
    internal TagChain? Chain(Weights weights) => ChainPath is { } path ? new TagChain(weights, path) : null;

    /// <summary>How a step of the data becomes one of the network's input.</summary>
    internal StepEncoding Encoding(ChannelScaling scaling) => RowInput?.Encoding(scaling) ?? new StepEncoding(scaling);

    /// <summary>Turns what the network gives into what is said by it, in place: step by step, or all steps together.</summary>
    /// <param name="output">Of a whole sequence, or of its last step where each step has an output and the last one's is wanted.</param>
    /// <param name="chain">What decodes all steps together.</param>
    /// <param name="scaling">That of the sequence.</param>
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
