using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Certificates;

/// <summary>The bounds of a plan, for two runs that differ only in the past: the other inputs are the same in both.</summary>
internal sealed class PlanBound
{
    private readonly NetworkPlan _plan;
    private readonly BoundedNetwork _network;
    private readonly Dictionary<string, LayerBound> _known;

    private PlanBound(NetworkPlan plan, ValueRange[] inputs, BoundedNetwork network)
    {
        (_plan, _network) = (plan, network);
        _known = plan.Inputs.Zip(inputs).ToDictionary(one => one.First.Name, one => one.First.Name == NetworkInput.Past
            ? (LayerBound)new PlainBound(one.Second, difference => difference)
            : new PlainBound(one.Second, _ => Difference.None(one.Second.Count)));
    }

    /// <param name="plan">The network.</param>
    /// <param name="inputs">The range of each of its inputs; those of a horizon for one step of it.</param>
    /// <param name="network">Its weights.</param>
    public static LayerBound Of(NetworkPlan plan, ValueRange[] inputs, BoundedNetwork network) => plan.Normalization is { } normalization
        ? NormalizedBound.Make(normalization, seen => new PlanBound(plan, [seen, .. inputs[1..]], network).Output(), (inputs[0], network.Steps))
        : new PlanBound(plan, inputs, network).Output();

    private LayerBound Output()
    {
        IReadOnlyList<NetworkNode> nodes = _plan.Merged();
        if (nodes.Count == 1 && _plan.Inputs.Count == 1)
            return LayerBound.Of(nodes[0].Layer, _known[NetworkInput.Past].Output, nodes[0].Path, _network);
        foreach (NetworkNode node in nodes)
            _known.Add(node.Name, Of(node));
        return _known[nodes[^1].Name];
    }

    private LayerBound Of(NetworkNode node)
    {
        Source[] sources = [.. node.Sources.Select(name => new Source(_known[name], _plan.SizeOf(name), _plan.CoverageOf(name)))];
        LayerBound Layers(ValueRange input) => LayerBound.Of(node.Layer, input, node.Path, _network);
        if (_plan.CoverageOf(node.Sources) == StepCoverage.Horizon)
            return HorizonBound.Make(sources, _plan.IsOpen ? 1 : _plan.Horizon, Layers);
        LayerBound joined = sources.Length == 1 ? sources[0].Bound : new BranchBound([.. sources.Select(source => source.Bound)]);
        LayerBound layers = Layers(joined.Output);
        return new ChainBound([joined, layers], layers.Output);
    }

    private sealed record Source(LayerBound Bound, int Size, StepCoverage Coverage)
    {
        // Values of an input of the horizon are bounded for one step, values of a node for all steps.
        public int Place(int step) => Coverage == StepCoverage.Horizon && Bound.Output.Count > Size ? step * Size : 0;

        public ValueRange Range(int step) => new(Bound.Output.Low[Place(step)..(Place(step) + Size)], Bound.Output.High[Place(step)..(Place(step) + Size)]);
    }

    /// <summary>Layers that run at each step of the horizon separately.</summary>
    private sealed class HorizonBound(Source[] sources, LayerBound[] steps, ValueRange output) : LayerBound(output)
    {
        public override IReadOnlyList<LayerBound> Inner => [.. sources.Select(source => source.Bound), .. steps];

        public static HorizonBound Make(Source[] sources, int horizon, Func<ValueRange, LayerBound> layers)
        {
            LayerBound[] steps = [.. Enumerable.Range(0, horizon).Select(step =>
            {
                ValueRange[] ranges = [.. sources.Select(source => source.Range(step))];
                return layers(new ValueRange([.. ranges.SelectMany(range => range.Low)], [.. ranges.SelectMany(range => range.High)]));
            })];
            var output = new ValueRange([.. steps.SelectMany(step => step.Output.Low)], [.. steps.SelectMany(step => step.Output.High)]);
            return new HorizonBound(sources, steps, output);
        }

        public override DifferenceStep Start(Past past)
        {
            DifferenceStep[] given = [.. sources.Select(source => source.Bound.Start(past))];
            DifferenceStep[] layers = [.. steps.Select(step => step.Start(past))];
            return input =>
            {
                Difference[] known = [.. given.Select(step => step(input))];
                Difference[] outputs = [.. layers.Select((layer, step) => layer(new Difference(
                    [.. known.Zip(sources).SelectMany(one => one.First.Channels.Slice(one.Second.Place(step), one.Second.Size).ToArray())])))];
                return new Difference([.. outputs.SelectMany(one => one.Channels.ToArray())], Outward.Length([.. outputs.Select(one => one.Length)]));
            };
        }
    }
}
