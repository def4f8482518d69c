using System.Text.Json.Serialization;
using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Tasks;

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

    /// <summary>The tokens of which its sequences are made; null: they are of numbers.</summary>
    [JsonIgnore]
    internal virtual TokenInput? Tokens => null;

    /// <summary>Of which steps its network's output says something.</summary>
    [JsonIgnore]
    internal virtual Answered Answered => Answered.Whole;

    /// <summary>What the values are that it says.</summary>
    [JsonIgnore]
    internal abstract TaskOutput Output { get; }

    /// <summary>The deviation of one of them, in its unit, where the network's output has a deviation of 1.</summary>
    /// <param name="scaling">That of a series, or of all.</param>
    /// <param name="output">Which of the network's outputs.</param>
    internal virtual double Deviation(ChannelScaling scaling, int output) => 1;

    /// <summary>What its outputs cost.</summary>
    /// <param name="weights">Those of the model, which a decoding may read.</param>
    internal abstract TaskLoss Loss(Weights weights);

    /// <summary>How a step of the data becomes one of the network's input.</summary>
    internal virtual StepEncoding Encoding(ChannelScaling scaling) => new(scaling);

    /// <summary>Turns what the network gives into what the task says by it, in place: the data's own units, or probabilities.</summary>
    /// <param name="output">The network's output for a sequence, or for one step of it where each step has an output.</param>
    /// <param name="scaling">That of the sequence.</param>
    internal abstract void Decode(Span<float> output, ChannelScaling scaling);

    /// <inheritdoc cref="Decode(Span{float}, ChannelScaling)"/>
    /// <param name="output">The network's output; what is left in it means nothing.</param>
    /// <param name="values">Filled, in double: a large level keeps the small differences around it.</param>
    /// <param name="scaling">That of the sequence.</param>
    internal virtual void Decode(Span<float> output, Span<double> values, ChannelScaling scaling)
    {
        Decode(output, scaling);
        for (int i = 0; i < output.Length; i++)
            values[i] = output[i];
    }
}
