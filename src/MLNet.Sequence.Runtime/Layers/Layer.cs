using System.Text;
using System.Text.Json.Serialization;

namespace MLNet.Sequence.Layers;

/// <summary>
/// One node of a layer tree: hyper-parameters and shapes, no weights and no tensors. Backends interpret the tree;
/// weights are found by the path of child names, joined by dots.
/// </summary>
/// <remarks>A layer maps [B, T, inputSize] to [B, T, <see cref="OutputSize"/>], unless it says otherwise.</remarks>
[JsonPolymorphic(TypeDiscriminatorPropertyName = "name")]
[JsonDerivedType(typeof(Activation), "activation")]
[JsonDerivedType(typeof(AdaptiveSoftmax), "adaptive-softmax")]
[JsonDerivedType(typeof(AttentionGru), "attention-gru")]
[JsonDerivedType(typeof(Branched), "branched")]
[JsonDerivedType(typeof(CausalAttention), "causal-attention")]
[JsonDerivedType(typeof(CausalConv), "causal-conv")]
[JsonDerivedType(typeof(ChannelSplit), "channel-split")]
[JsonDerivedType(typeof(Clamp), "clamp")]
[JsonDerivedType(typeof(CrossAttention), "cross-attention")]
[JsonDerivedType(typeof(Dense), "dense")]
[JsonDerivedType(typeof(Dropout), "dropout")]
[JsonDerivedType(typeof(Embedding), "embedding")]
[JsonDerivedType(typeof(Gated), "gated")]
[JsonDerivedType(typeof(GruLayer), "gru")]
[JsonDerivedType(typeof(LastStep), "last-step")]
[JsonDerivedType(typeof(LayerNorm), "layer-norm")]
[JsonDerivedType(typeof(LinearChain), "linear-chain")]
[JsonDerivedType(typeof(LruLayer), "lru")]
[JsonDerivedType(typeof(LstmLayer), "lstm")]
[JsonDerivedType(typeof(MinGruLayer), "min-gru")]
[JsonDerivedType(typeof(MinLstmLayer), "min-lstm")]
[JsonDerivedType(typeof(ParaGruLayer), "para-gru")]
[JsonDerivedType(typeof(ParaLstmLayer), "para-lstm")]
[JsonDerivedType(typeof(PatchedLayer), "patched")]
[JsonDerivedType(typeof(Pooling), "pooling")]
[JsonDerivedType(typeof(PositionEmbedding), "position-embedding")]
[JsonDerivedType(typeof(ProjectedLstmLayer), "projected-lstm")]
[JsonDerivedType(typeof(Residual), "residual")]
[JsonDerivedType(typeof(Reversed), "reversed")]
[JsonDerivedType(typeof(RnnLayer), "rnn")]
[JsonDerivedType(typeof(RunningStatistics), "running-statistics")]
[JsonDerivedType(typeof(Sequential), "sequential")]
[JsonDerivedType(typeof(SinusoidalPositions), "sinusoidal-positions")]
[JsonDerivedType(typeof(SkipSum), "skip-sum")]
[JsonDerivedType(typeof(TiedEmbedding), "tied-embedding")]
[JsonDerivedType(typeof(Windowed), "windowed")]
public abstract record Layer
{
    /// <summary>Number of output channels for <paramref name="inputSize"/> input channels: D of [B, T, D].</summary>
    /// <param name="inputSize">Channels of the layer's input, C; at least 1.</param>
    public abstract int OutputSize(int inputSize);

    /// <summary>
    /// The number of last input steps, the present one included, that an output can depend on;
    /// null if it is unbounded (a recurrent layer).
    /// </summary>
    public virtual int? ReceptiveField => 1;

    /// <summary>Whether no output depends on inputs after its step.</summary>
    public virtual bool IsCausal => true;

    /// <summary>Whether there is an output for each step; otherwise one for the whole sequence.</summary>
    public virtual bool KeepsSteps => true;

    /// <summary>
    /// Whether the states of recurrent layers are the only memory of earlier steps: then a sequence can be read in parts, with the states
    /// carried from one part to the next.
    /// </summary>
    /// <param name="inputSize">Channels that the layer receives.</param>
    internal virtual bool GoesOnByState(int inputSize)
    {
        ChildLayer[] children = [.. Children(inputSize)];
        return children.Length == 0 ? ReceptiveField == 1 : Array.TrueForAll(children, child => child.Layer.GoesOnByState(child.InputSize));
    }

    /// <summary>The layers inside this one, each with its name and the number of channels that it receives.</summary>
    /// <param name="inputSize">Channels of the layer's input, C; at least 1.</param>
    public virtual IEnumerable<ChildLayer> Children(int inputSize) => [];

    /// <summary>The weights that belong to this layer itself, not to its children, in the order of initialisation.</summary>
    /// <param name="inputSize">Channels of the layer's input, C; at least 1.</param>
    public virtual IEnumerable<WeightSpec> OwnWeights(int inputSize) => [];

    /// <summary>All weights of the tree, named by their full path below <paramref name="path"/>.</summary>
    /// <param name="inputSize">Channels of the layer's input, C; at least 1.</param>
    /// <param name="path">The path of this layer; empty, the default: it is the root.</param>
    public IEnumerable<WeightSpec> AllWeights(int inputSize, string path = "")
    {
        foreach (WeightSpec own in OwnWeights(inputSize))
            yield return own with { Name = Join(path, own.Name) };
        foreach (ChildLayer child in Children(inputSize))
        {
            foreach (WeightSpec spec in child.Layer.AllWeights(child.InputSize, Join(path, child.Name)))
                yield return spec;
        }
    }

    /// <summary>The number of values that training may change, over all weights of the tree.</summary>
    /// <param name="inputSize">Channels of the layer's input, C; at least 1.</param>
    public long ParameterCount(int inputSize) => AllWeights(inputSize).Sum(spec => spec.Count);

    /// <summary>
    /// The problems of the layers of the tree with this number of channels, one sentence each, which begins with the path of the layer;
    /// empty if there are none.
    /// </summary>
    /// <param name="inputSize">Channels of the layer's input.</param>
    /// <param name="path">The path of this layer; empty, the default: it is the root.</param>
    public IEnumerable<string> Problems(int inputSize, string path = "")
    {
        foreach (string problem in OwnProblems(inputSize))
            yield return Join(path, problem);
        foreach (ChildLayer child in Children(inputSize))
        {
            foreach (string problem in child.Layer.Problems(child.InputSize, Join(path, child.Name)))
                yield return problem;
        }
    }

    /// <summary>The text of <see cref="object.ToString"/>: the hyper-parameters, not the values that follow from them.</summary>
    /// <param name="builder">Receives the text.</param>
    /// <returns>Whether anything was written.</returns>
    protected virtual bool PrintMembers(StringBuilder builder) => false;

    /// <summary>The problems of this layer itself; without problems its sizes are valid.</summary>
    private protected virtual IEnumerable<string> OwnProblems(int inputSize) => [];

    internal static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}

/// <summary>A layer inside another, from the parent's view.</summary>
/// <param name="Name">The child's name, a part of the path of its weights.</param>
/// <param name="Layer">The layer itself, with all that is inside it.</param>
/// <param name="InputSize">Channels that the child receives from its parent; at least 1.</param>
public readonly record struct ChildLayer(string Name, Layer Layer, int InputSize);

/// <summary>The name, shape and initial distribution of a layer's weight.</summary>
/// <param name="Name">Name, unique within the layer; the full path in a list of the whole tree.</param>
/// <param name="Shape">The length of each dimension; empty for a scalar.</param>
/// <param name="Initializer">The distribution that the values are drawn from before training.</param>
/// <param name="Decays">Whether weight decay applies: true for matrices and kernels, false for biases and gains.</param>
public sealed record WeightSpec(string Name, ValueList<int> Shape, Initializer Initializer, bool Decays)
{
    /// <summary>The number of values: the product of <see cref="Shape"/>.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);
}
