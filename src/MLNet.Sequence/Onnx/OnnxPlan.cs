using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Onnx;

/// <summary>The nodes of a plan as nodes of an ONNX graph, inside the window normalisation.</summary>
internal sealed class OnnxPlan(NetworkPlan plan, Weights weights)
{
    private readonly IReadOnlyList<NetworkNode> _nodes = plan.Merged();

    /// <summary>
    /// Adds the network's nodes: for whole sequences, [B, T, C], or for one step, [B, C], if the pass has a state. The pass has the
    /// additional inputs.
    /// </summary>
    /// <exception cref="NotSupportedException">The network cannot be fed step by step.</exception>
    public OnnxValue Apply(OnnxValue past, OnnxPass pass)
    {
        if (plan.Normalization is not { } normalization)
            return Run(past, pass);
        if (pass.State is not null)
            throw new NotSupportedException("A window that is normalised as a whole cannot be fed step by step: run the whole window.");
        var window = new OnnxWindowNormalized(normalization, plan.InputSize);
        (OnnxValue level, OnnxValue? scale) = window.LevelAndScale(past, pass);
        OnnxValue x = past - level;
        return window.Undo(Run(x / scale ?? x, pass), plan.OutputSize, level, scale);
    }

    private OnnxValue Run(OnnxValue past, OnnxPass pass)
    {
        if (_nodes.Count == 1 && plan.Inputs.Count == 1)
            return Layers(_nodes[0]).Apply(past, pass);
        // Sequences and horizons are [B, steps, C]; inputs without steps and a single step of a stream are [B, C].
        var known = new Dictionary<string, OnnxValue>(pass.Beside) { [plan.Inputs[0].Name] = past };
        foreach (NetworkNode node in _nodes)
        {
            StepCoverage coverage = plan.CoverageOf(node.Sources);
            bool stepped = coverage == StepCoverage.Past ? pass.State is null : coverage == StepCoverage.Horizon;
            OnnxValue input = stepped ? Join(node, known, coverage) : Concat([.. node.Sources.Select(source => known[source])], 1);
            OnnxValue given = coverage == StepCoverage.None
                ? Layers(node).Apply(input.Unsqueeze(1), new OnnxPass()).Squeeze(1) // [B, C] → [B, 1, C] → [B, D]
                : Layers(node).Apply(input, Of(node, coverage, pass, known));
            if (node == _nodes[^1])
                return coverage == StepCoverage.Horizon && !plan.IsOpen ? given.Reshape(0, plan.OutputSize) : given; // [B, H, K] → [B, H·K]
            known[node.Name] = node.GivesHorizon ? given.Reshape(0, plan.Horizon, plan.SizeOf(node.Name)) : given;
        }

        throw new InvalidOperationException("A plan needs at least one node.");
    }

    private OnnxPass Of(NetworkNode node, StepCoverage coverage, OnnxPass pass, Dictionary<string, OnnxValue> known)
    {
        OnnxPass own = coverage == StepCoverage.Past ? pass : new OnnxPass();
        if (node.Memory is not { } memory)
            return own;
        return own with
        {
            Memory = known[memory],
            MemoryLengths = plan.CoverageOf(memory) switch
            {
                StepCoverage.Past when pass.State is not null =>
                    throw new NotSupportedException("Attention to all steps cannot be computed step by step: run the whole sequence."),
                StepCoverage.Past => pass.Lengths,
                StepCoverage.Apart => pass.MemoryLengths,
                _ => null,
            },
        };
    }

    private IOnnxLayer Layers(NetworkNode node) => IOnnxLayer.Create(node.Layer, plan.InputSizeOf(node), node.Path, weights);

    // The channels of all sources at each step; a source without steps is the same at each step.
    private OnnxValue Join(NetworkNode node, Dictionary<string, OnnxValue> known, StepCoverage coverage)
    {
        OnnxValue whole = known[node.Sources.First(source => plan.CoverageOf(source) == coverage)];
        OnnxValue Repeated(string source)
        {
            OnnxValue shape = Concat([whole.Size(0), whole.Size(1), whole.Graph.Constant([(long)plan.SizeOf(source)])], 0);
            return known[source].Unsqueeze(1).Op("Expand", shape);
        }

        return Concat([.. node.Sources.Select(source => plan.CoverageOf(source) == coverage ? known[source] : Repeated(source))], 2);
    }

    private static OnnxValue Concat(OnnxValue[] values, int axis) => values.Aggregate((joined, next) => joined.Concat(axis, next));
}
