namespace MLNet.Sequence.Layers;

/// <summary>
/// One node of a layer tree: hyper-parameters and shapes, no weights and no tensors. Backends interpret the tree;
/// weights are found by the path of child names, joined by dots.
/// </summary>
/// <remarks>A layer maps [B, T, inputSize] to [B, T, <see cref="OutputSize"/>], unless it says otherwise.</remarks>
public abstract record Layer
{
    /// <summary>Channels that come out when <paramref name="inputSize"/> channels go in.</summary>
    public abstract int OutputSize(int inputSize);

    /// <summary>
    /// The number of last input steps, the present one included, that an output can depend on;
    /// null when it is unbounded (a recurrent layer).
    /// </summary>
    public virtual int? ReceptiveField => 1;

    /// <summary>Whether no output depends on inputs after its step.</summary>
    public virtual bool IsCausal => true;

    /// <summary>The layers inside this one, each with its name and the number of channels that it receives.</summary>
    public virtual IEnumerable<ChildLayer> Children(int inputSize) => [];

    /// <summary>The weights that belong to this layer itself, not to its children, in the order of initialisation.</summary>
    public virtual IEnumerable<WeightSpec> OwnWeights(int inputSize) => [];

    /// <summary>All weights of the tree, named by their full path below <paramref name="path"/>.</summary>
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

    /// <summary>The number of trainable values in the tree.</summary>
    public long ParameterCount(int inputSize) => AllWeights(inputSize).Sum(spec => spec.Count);

    internal static string Join(string path, string name) => path.Length == 0 ? name : $"{path}.{name}";
}

/// <summary>A layer inside another.</summary>
/// <param name="Name">Its name in the path of its weights.</param>
/// <param name="Layer">The layer.</param>
/// <param name="InputSize">Channels that it receives.</param>
public readonly record struct ChildLayer(string Name, Layer Layer, int InputSize);

/// <summary>What a layer says of one of its weights.</summary>
/// <param name="Name">Name, unique within the layer; the full path in a list of the whole tree.</param>
/// <param name="Shape">Dimensions.</param>
/// <param name="Initializer">The distribution of its first values.</param>
/// <param name="Decays">Whether weight decay applies: true for matrices and kernels, false for biases and gains.</param>
public sealed record WeightSpec(string Name, int[] Shape, Initializer Initializer, bool Decays)
{
    /// <summary>The number of values.</summary>
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);
}
