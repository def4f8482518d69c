using System.Diagnostics.CodeAnalysis;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Networks;

/// <summary>
/// A network: its inputs, and nodes of layers, each on inputs or on earlier nodes. Shapes, no weights and no tensors: backends, bounds and
/// files interpret it. The last node gives the output.
/// </summary>
/// <param name="Inputs">What the network reads; the past first.</param>
/// <param name="Nodes">The parts of the network, each after its sources, the output last; at least one.</param>
public sealed record NetworkPlan(IReadOnlyList<NetworkInput> Inputs, IReadOnlyList<NetworkNode> Nodes)
{
    /// <summary>What the network reads; the past first.</summary>
    public IReadOnlyList<NetworkInput> Inputs { get; init => field = ValueList.Of(value); } = ValueList.Of(Inputs);

    /// <summary>The parts of the network, each after its sources, the output last.</summary>
    public IReadOnlyList<NetworkNode> Nodes { get; init => field = ValueList.Of(value); } = ValueList.Of(Nodes);

    /// <summary>The level and scale that are removed from each window of the past and restored in the output; null, the default: none.</summary>
    public WindowNormalized? Normalization { get; init; }

    /// <summary>H, the steps of the horizon; 0, the default: there is none, or it is open.</summary>
    public int Horizon { get; init; }

    /// <summary>
    /// Whether the horizon has as many steps as the values of the last input hold: the target of a pair, whose length differs from row to
    /// row. The output is then [B, H, K]. Default false.
    /// </summary>
    public bool IsOpen { get; init; }

    /// <summary>A network of one node, on the past only.</summary>
    /// <param name="layer">The layers; their weights are at the root.</param>
    /// <param name="inputSize">Channels of a step.</param>
    public static NetworkPlan Of(Layer layer, int inputSize) =>
        new([new NetworkInput(NetworkInput.Past, inputSize, StepCoverage.Past)], [new NetworkNode("network", layer, [NetworkInput.Past]) { Path = "" }]);

    /// <summary>C, channels of a step of the past.</summary>
    public int InputSize => Inputs[0].Size;

    /// <summary>Channels of the output; if the node runs at each step of a horizon that is not open, those of all steps, one after the other.</summary>
    public int OutputSize => (CoverageOf(Nodes[^1].Sources) == StepCoverage.Horizon && !IsOpen ? Horizon : 1) * Size(Nodes[^1].Name);

    /// <summary>The inputs other than the past. The values of a row are concatenated; those of a horizon are step by step.</summary>
    public IEnumerable<NetworkInput> Beside => Inputs.Skip(1);

    /// <summary>Number of values per row of all inputs other than the past, without those of an open horizon.</summary>
    public int BesideSize => Beside.Sum(ValuesOf);

    /// <summary>
    /// The number of last steps of the past, the present one included, that an output can depend on; null if it is unbounded, for example
    /// if the level and scale of a window read all of it.
    /// </summary>
    public int? ReceptiveField => Normalization?.Kind is WindowNormalization.MeanAndDeviation or WindowNormalization.Mean ? null : InnerReceptiveField;

    /// <summary>The receptive field after the window's normalisation, whose level and scale may read more.</summary>
    public int? InnerReceptiveField => Field(Nodes[^1].Name);

    /// <summary>Whether no output depends on steps of the past after its own.</summary>
    public bool IsCausal => Normalization is null && Nodes.All(node => node.Layer.IsCausal);

    /// <summary>The number of trainable values in the layers of all nodes.</summary>
    public long ParameterCount => AllWeights().Sum(spec => spec.Count);

    /// <summary>All weights by their full names, node after node.</summary>
    public IEnumerable<WeightSpec> AllWeights() =>
        Nodes.SelectMany(node => node.Layer.AllWeights(InputSizeOf(node), node.Path)).DistinctBy(spec => spec.Name);

    /// <summary>The problems of the layers of all nodes, one sentence each; empty if there are none.</summary>
    public IEnumerable<string> Problems()
    {
        foreach (NetworkNode node in Nodes)
        {
            string[] problems = [.. node.Layer.Problems(InputSizeOf(node), node.Path), .. node.Memory is { } memory ? MemoryProblems(node, memory) : []];
            foreach (string problem in problems)
                yield return problem;
            // The nodes after it have no known size.
            if (problems.Length > 0)
                yield break;
        }

        foreach (string problem in (Normalization?.Problems(InputSize) ?? []).Concat(IsOpen ? OpenProblems() : []))
            yield return problem;
    }

    /// <summary>The node with this name; null: there is none.</summary>
    /// <param name="name">Such as <see cref="NetworkNode.Backbone"/>.</param>
    public NetworkNode? Find(string name) => Nodes.FirstOrDefault(node => node.Name == name);

    /// <summary>Channels that a node receives: those of all its sources.</summary>
    /// <param name="node">A node of this plan.</param>
    public int InputSizeOf(NetworkNode node)
    {
        ArgumentNullException.ThrowIfNull(node);
        // A loop, as below: every process that loads a model builds its plan, and must compile this code.
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

    /// <summary>Number of values per row of an input other than the past; 0 if their number differs from row to row.</summary>
    internal int ValuesOf(NetworkInput input) => input.Coverage switch
    {
        StepCoverage.Horizon => Horizon * input.Size,
        StepCoverage.Apart => 0,
        _ => input.Size,
    };

    /// <summary>Channels per step of an input or of a node's output.</summary>
    internal int SizeOf(string name) => Size(name);

    /// <summary>The steps that sources cover together.</summary>
    internal StepCoverage CoverageOf(IReadOnlyList<string> sources)
    {
        StepCoverage first = StepCoverage.None;
        foreach (string source in sources)
        {
            if (CoverageOf(source) is var coverage && (coverage < first || first == StepCoverage.None))
                first = coverage;
        }

        return first;
    }

    /// <summary>The network without the normalisation of windows; its inputs are already normalised.</summary>
    internal NetworkPlan Inside => this with { Normalization = null };

    /// <summary>The network up to a node, whose output becomes the network's; without the normalisation of windows.</summary>
    internal NetworkPlan UpTo(NetworkNode node)
    {
        NetworkNode[] nodes = [.. Nodes.TakeWhile(before => before != node), node];
        IEnumerable<NetworkInput> read = Beside.Where(input => nodes.Any(one => one.Reads(input.Name)));
        return this with { Inputs = [Inputs[0], .. read], Nodes = nodes, Normalization = null };
    }

    /// <summary>What the nodes on an open horizon attend to, by name: nodes on the past, or the past itself.</summary>
    internal IReadOnlyList<string> Encoded => [.. OnHorizon.Select(node => node.Memory).OfType<string>().Distinct()];

    /// <summary>The encoder of a network with an open horizon as a network of its own, on the past only; null: the past is not encoded.</summary>
    /// <param name="name">One of <see cref="Encoded"/>.</param>
    internal NetworkPlan? Encoder(string name) => Find(name) is not { } node
        ? null
        : new NetworkPlan([Inputs[0]], [.. Nodes.TakeWhile(before => before != node).Except(OnHorizon), node]);

    /// <summary>
    /// The decoder of a network with an open horizon as a network of its own, whose past is the target: it can be stepped, while what it
    /// attends to (<see cref="Encoded"/>) is an input that does not change.
    /// </summary>
    internal NetworkPlan Decoder()
    {
        NetworkInput target = Inputs[^1];
        return new NetworkPlan(
            [target with { Coverage = StepCoverage.Past }, .. Encoded.Select(name => new NetworkInput(name, Size(name), StepCoverage.Apart))],
            [.. OnHorizon]);
    }

    /// <summary>The network after its first node, which reads only the past: the output of that node then replaces the past.</summary>
    internal NetworkPlan AfterFirst()
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
    /// The nodes that backends run: a node whose only reader is the next node is one layer tree with it. A network on the past only is one tree.
    /// </summary>
    internal IReadOnlyList<NetworkNode> Merged()
    {
        var merged = new List<NetworkNode>();
        foreach (NetworkNode node in Nodes)
        {
            int place = node.Sources.Count == 1 ? merged.FindIndex(one => one.Name == node.Sources[0]) : -1;
            NetworkNode? before = place < 0 ? null : merged[place];
            // A node with a memory of its own stays separate.
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

    private IEnumerable<NetworkNode> OnHorizon => Nodes.Where(node => CoverageOf(node.Sources) == StepCoverage.Horizon);

    // For a node whose output is the whole horizon: the channels of one step of it.
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
            yield return $"The node '{node.Name}' attends to '{memory}', which is neither an input nor an earlier node.";
            yield break;
        }

        if (CoverageOf(memory) == StepCoverage.None)
            yield return $"The node '{node.Name}' attends to '{memory}', which has no steps.";
        IAttending[] attending = [.. Attending(node.Layer)];
        if (attending.Length == 0)
            yield return $"The node '{node.Name}' attends to '{memory}', but has no {nameof(CrossAttention)} among its layers, or inside others than "
                + $"{nameof(Sequential)} and {nameof(Residual)}.";
        foreach (IAttending attention in attending.Where(attention => attention.MemorySize is { } size && size != Size(memory)))
            yield return $"The node '{node.Name}' attends to '{memory}' of {Size(memory)} channels; its {nameof(IAttending.MemorySize)} is "
                + $"{attention.MemorySize}.";
    }

    // A decoder is a network of its own, which is stepped.
    private IEnumerable<string> OpenProblems()
    {
        if (Inputs.Count != 2 || Inputs[1].Coverage != StepCoverage.Horizon || Normalization is not null)
            yield return "A network with an open horizon must have two inputs, the past and one that covers the horizon, and no normalisation of windows.";
        foreach (NetworkNode node in OnHorizon)
        {
            if (node.Sources.FirstOrDefault(source => CoverageOf(source) != StepCoverage.Horizon) is { } source)
                yield return $"The node '{node.Name}' runs on an open horizon, and must read other nodes there; found '{source}'.";
        }
    }

    private static IEnumerable<IAttending> Attending(Layer layer) => layer switch
    {
        IAttending attention => [attention],
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
