using System.Diagnostics.CodeAnalysis;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Networks;

/// <summary>
/// A network: what it reads, and nodes of layers, each on inputs or on nodes before it. Shapes, no weights and no tensors: backends,
/// bounds and files interpret it. The last node gives the output.
/// </summary>
/// <param name="Inputs">What it reads; the past first.</param>
/// <param name="Nodes">Parts of the network, each behind its sources, the output last; at least one.</param>
public sealed record NetworkPlan(IReadOnlyList<NetworkInput> Inputs, IReadOnlyList<NetworkNode> Nodes)
{
    /// <summary>What it reads; the past first.</summary>
    public IReadOnlyList<NetworkInput> Inputs { get; init => field = ValueList.Of(value); } = ValueList.Of(Inputs);

    /// <summary>Parts of the network, each behind its sources, the output last.</summary>
    public IReadOnlyList<NetworkNode> Nodes { get; init => field = ValueList.Of(value); } = ValueList.Of(Nodes);

    /// <summary>How each window of the past is brought to a common level and scale, and the output back; null, the default: it is not.</summary>
    public WindowNormalized? Normalization { get; init; }

    /// <summary>H, the steps of the horizon; 0, the default: there is none.</summary>
    public int Horizon { get; init; }

    /// <summary>A network of one node on the past alone.</summary>
    /// <param name="layer">The layers; their weights stand at the root.</param>
    /// <param name="inputSize">Channels of a step.</param>
    public static NetworkPlan Of(Layer layer, int inputSize) =>
        new([new NetworkInput(NetworkInput.Past, inputSize, StepCoverage.Past)], [new NetworkNode("network", layer, [NetworkInput.Past]) { Path = "" }]);

    /// <summary>C, channels of a step of the past.</summary>
    public int InputSize => Inputs[0].Size;

    /// <summary>Channels of the output; of a node that is run at each step of the horizon those of all steps, one after the other.</summary>
    public int OutputSize => (CoverageOf(Nodes[^1].Sources) == StepCoverage.Horizon ? Horizon : 1) * Size(Nodes[^1].Name);

    /// <summary>The inputs beside the past. Their values of a row stand one after the other, those of a horizon step by step.</summary>
    public IEnumerable<NetworkInput> Beside => Inputs.Skip(1);

    /// <summary>Values of a row that all inputs beside the past have together.</summary>
    public int BesideSize => Beside.Sum(ValuesOf);

    /// <summary>
    /// The number of last steps of the past, the present one included, that an output can depend on; null where it is unbounded, as where
    /// the level and scale of a window read all of it.
    /// </summary>
    public int? ReceptiveField => Normalization?.Kind is WindowNormalization.MeanAndDeviation or WindowNormalization.Mean ? null : InnerReceptiveField;

    /// <summary>The receptive field behind the window's normalisation, whose level and scale may read more.</summary>
    public int? InnerReceptiveField => Field(Nodes[^1].Name);

    /// <summary>Whether no output depends on steps of the past after its own.</summary>
    public bool IsCausal => Normalization is null && Nodes.All(node => node.Layer.IsCausal);

    /// <summary>The number of trainable values in the layers of all nodes.</summary>
    public long ParameterCount => AllWeights().Sum(spec => spec.Count);

    /// <summary>All weights by their full names, node after node.</summary>
    public IEnumerable<WeightSpec> AllWeights() =>
        Nodes.SelectMany(node => node.Layer.AllWeights(InputSizeOf(node), node.Path)).DistinctBy(spec => spec.Name);

    /// <summary>What is wrong with the layers of any node, one sentence each; empty where nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (NetworkNode node in Nodes)
        {
            string[] problems = [.. node.Layer.Problems(InputSizeOf(node), node.Path), .. node.Memory is { } memory ? MemoryProblems(node, memory) : []];
            foreach (string problem in problems)
                yield return problem;
            // What stands behind it has no known size.
            if (problems.Length > 0)
                yield break;
        }

        foreach (string problem in Normalization?.Problems(InputSize) ?? [])
            yield return problem;
    }

    /// <summary>The node of this name; null: there is none.</summary>
    /// <param name="name">As <see cref="NetworkNode.Backbone"/>.</param>
    public NetworkNode? Find(string name) => Nodes.FirstOrDefault(node => node.Name == name);

    /// <summary>Channels that a node receives: those of all its sources.</summary>
    /// <param name="node">A node of this plan.</param>
    public int InputSizeOf(NetworkNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        // A loop, as below: every process that loads a model builds its plan, and compiles what that takes.
        int size = 0;
        foreach (string source in node.Sources)
            size += Size(source);
        return size;
    }

    /// <summary>The steps that an input or a node's output covers.</summary>
    /// <param name="name">The name of the input or the node.</param>
    public StepCoverage CoverageOf(string name)
    {
        if (Find(name) is not { } node)
            return Inputs.Single(input => input.Name == name).Coverage;
        return node.GivesHorizon ? StepCoverage.Horizon : KeepsSteps(node.Layer, InputSizeOf(node)) ? CoverageOf(node.Sources) : StepCoverage.None;
    }

    /// <summary>Values of a row that an input beside the past has.</summary>
    internal int ValuesOf(NetworkInput input) => input.Coverage == StepCoverage.Horizon ? Horizon * input.Size : input.Size;

    /// <summary>Channels of a step of what an input or a node gives.</summary>
    internal int SizeOf(string name) => Size(name);

    /// <summary>The steps that sources cover together.</summary>
    internal StepCoverage CoverageOf(IReadOnlyList<string> sources)
    {
        StepCoverage first = StepCoverage.None;
        foreach (string source in sources)
        {
            if (CoverageOf(source) is var coverage && coverage < first)
                first = coverage;
        }

        return first;
    }

    /// <summary>The network without the normalisation of windows, whose inputs are normalised already.</summary>
    internal NetworkPlan Inside => this with { Normalization = null };

    /// <summary>The network as far as a node, whose output is then its own; without the normalisation of windows.</summary>
    internal NetworkPlan UpTo(NetworkNode node)
    {
        NetworkNode[] nodes = [.. Nodes.TakeWhile(before => before != node), node];
        IEnumerable<NetworkInput> read = Beside.Where(input => nodes.Any(one => one.Reads(input.Name)));
        return this with { Inputs = [Inputs[0], .. read], Nodes = nodes, Normalization = null };
    }

    /// <summary>The network behind its first node, which reads the past alone: what that node gives is then the past.</summary>
    internal NetworkPlan BehindFirst()
    {
        NetworkNode first = Nodes[0];
        [return: NotNullIfNotNull(nameof(source))]
        string? Renamed(string? source) => source == first.Name ? NetworkInput.Past : source;
        return this with
        {
            Inputs = [Inputs[0] with { Size = Size(first.Name) }, .. Beside],
            Nodes = [.. Nodes.Skip(1).Select(node =>
                node with { Sources = [.. node.Sources.Select(source => Renamed(source))], Memory = Renamed(node.Memory) })],
        };
    }

    /// <summary>
    /// The nodes, of which those that nothing but the next one reads are one layer tree with it: what backends run. A network of the
    /// past alone is one tree.
    /// </summary>
    internal IReadOnlyList<NetworkNode> Merged()
    {
        var merged = new List<NetworkNode>();
        foreach (NetworkNode node in Nodes)
        {
            int place = node.Sources.Count == 1 ? merged.FindIndex(one => one.Name == node.Sources[0]) : -1;
            NetworkNode? before = place < 0 ? null : merged[place];
            // What attends to a memory of its own stands alone.
            bool isApart = before is null || before.GivesHorizon || (before.Memory ?? node.Memory) is not null;
            if (before is null || isApart || Nodes.Where(reader => reader.Reads(before.Name)).Skip(1).Any())
            {
                merged.Add(node);
                continue;
            }

            merged.RemoveAt(place);
            var layers = new Sequential(before.Layer, node.Layer) { Names = [before.Path, node.Path] };
            merged.Add(new NetworkNode(node.Name, layers, before.Sources) { Path = "", GivesHorizon = node.GivesHorizon });
        }

        return merged;
    }

    // Of a node whose output is the whole horizon those of one step of it.
    private int Size(string name)
    {
        if (Find(name) is not { } node)
            return Inputs.Single(input => input.Name == name).Size;
        int size = node.Layer.OutputSize(InputSizeOf(node));
        return node.GivesHorizon && node != Nodes[^1] ? size / Horizon : size;
    }

    private IEnumerable<string> MemoryProblems(NetworkNode node, string memory)
    {
        if (Inputs.All(input => input.Name != memory) && Nodes.TakeWhile(before => before != node).All(before => before.Name != memory))
        {
            yield return $"The node '{node.Name}' attends to '{memory}', which is no input and no node before it.";
            yield break;
        }

        if (CoverageOf(memory) == StepCoverage.None)
            yield return $"The node '{node.Name}' attends to '{memory}', which has no steps.";
        CrossAttention[] attending = [.. Attending(node.Layer)];
        if (attending.Length == 0)
            yield return $"The node '{node.Name}' attends to '{memory}', but has no {nameof(CrossAttention)} among its layers, or inside others than "
                + $"{nameof(Sequential)} and {nameof(Residual)}.";
        foreach (CrossAttention attention in attending.Where(attention => attention.MemorySize is { } size && size != Size(memory)))
            yield return $"The node '{node.Name}' attends to '{memory}' of {Size(memory)} channels; its {nameof(CrossAttention.MemorySize)} is "
                + $"{attention.MemorySize}.";
    }

    private static IEnumerable<CrossAttention> Attending(Layer layer) => layer switch
    {
        CrossAttention attention => [attention],
        Sequential sequential => sequential.Layers.SelectMany(Attending),
        Residual residual => Attending(residual.Inner),
        _ => [],
    };

    private static bool KeepsSteps(Layer layer, int inputSize)
    {
        if (!layer.KeepsSteps)
            return false;
        foreach (ChildLayer child in layer.Children(inputSize))
        {
            if (!KeepsSteps(child.Layer, child.InputSize))
                return false;
        }

        return true;
    }

    private int? Field(string name)
    {
        if (Find(name) is not { } node)
            return 1;
        if (node.Memory is not null)
            return null;
        int? longest = 1;
        foreach (string source in node.Sources)
            longest = longest is { } so && Field(source) is { } field ? Math.Max(so, field) : null;
        return Limits.Steps((long?)longest + node.Layer.ReceptiveField - 1);
    }
}
