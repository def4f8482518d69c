using MLNet.Sequence.Networks;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>The nodes of a plan on TorchSharp, inside the window normalisation; a plan with a single tree runs as that tree.</summary>
internal sealed class TorchPlan
{
    private readonly NetworkPlan _plan;
    private readonly (NetworkNode Node, ITorchLayer Layer, StepCoverage Coverage)[] _nodes;
    private readonly TorchWindowNormalized? _window;

    public TorchPlan(NetworkPlan plan, TorchParameters parameters)
    {
        _plan = plan;
        _nodes = [.. plan.Merged().Select(node =>
            (node, ITorchLayer.Create(node.Layer, plan.InputSizeOf(node), node.Path, parameters), plan.CoverageOf(node.Sources)))];
        _window = plan.Normalization is { } normalization ? new TorchWindowNormalized(normalization) : null;
    }

    /// <summary>From [B, T, C] and the additional inputs of the pass to the network's output.</summary>
    public Tensor Forward(Tensor past, TorchPass pass)
    {
        if (_window is null)
            return Run(past, pass);
        (Tensor level, Tensor? scale) = _window.LevelAndScale(past, pass.Lengths);
        Tensor x = past - level;
        return _window.Undo(Run(scale is null ? x : x / scale, pass), level, scale);
    }

    private Tensor Run(Tensor past, TorchPass pass)
    {
        if (_nodes.Length == 1 && _plan.Inputs.Count == 1)
            return _nodes[0].Layer.Forward(past, pass);
        Dictionary<string, Tensor> known = Read(past, pass);
        // Horizon steps, and inputs without steps, have no padding and no carried state.
        TorchPass ahead = pass with { Lengths = null, State = null, WarmUp = null };
        TorchPass Of(NetworkNode node, StepCoverage coverage)
        {
            TorchPass own = coverage == StepCoverage.Past ? pass : ahead;
            return node.Memory is not { } memory
                ? own
                : own with { Memory = known[memory], MemoryLengths = _plan.CoverageOf(memory) == StepCoverage.Past ? pass.Lengths : null };
        }

        foreach ((NetworkNode node, ITorchLayer layer, StepCoverage coverage) in _nodes)
        {
            Tensor given = layer.Forward(Join([.. node.Sources.Select(source => known[source])]), Of(node, coverage));
            if (node == _nodes[^1].Node)
                return given.dim() == 3 && coverage == StepCoverage.Horizon && !_plan.IsOpen ? given.flatten(1) : given; // [B, H, K] → [B, H·K]
            known[node.Name] = node.GivesHorizon ? given.view(given.shape[0], _plan.Horizon, -1) : given.dim() == 2 ? given.unsqueeze(1) : given;
        }

        throw new InvalidOperationException("A plan needs at least one node.");
    }

    // All as [B, steps, channels]; inputs without steps get one step.
    private Dictionary<string, Tensor> Read(Tensor past, TorchPass pass)
    {
        var known = new Dictionary<string, Tensor> { [NetworkInput.Past] = past };
        long place = 0;
        foreach (NetworkInput input in _plan.Beside)
        {
            // An open horizon has all remaining values.
            long values = _plan.IsOpen && input == _plan.Inputs[^1] ? pass.Beside!.shape[1] - place : _plan.ValuesOf(input);
            known[input.Name] = pass.Beside!.narrow(1, place, values).view(past.shape[0], -1, input.Size);
            place += values;
        }

        return known;
    }

    private static Tensor Join(Tensor[] sources)
    {
        long steps = sources.Max(source => source.shape[1]);
        return sources.Length == 1 ? sources[0] : cat([.. sources.Select(source => source.shape[1] == steps ? source : source.expand(-1, steps, -1))], 2);
    }
}
