using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Managed;

/// <summary>
/// The nodes of a plan in plain C#, whole or step by step; a plan that is one tree runs as that tree. The state is that of the nodes, one
/// after the other, then the output of each of them, then working space for a node's input.
/// </summary>
internal sealed class ManagedPlan
{
    // The whole plan as one tree, if only the past is read and nothing is read twice.
    private readonly IManagedLayer? _tree;
    private readonly Part[] _parts;
    private readonly Given[] _values;
    private readonly int _horizon, _inputs, _widest;
    private readonly int[] _besides, _placesOfStep;

    /// <param name="plan">The nodes; without the normalisation of windows.</param>
    /// <param name="weights">The weights of the network.</param>
    public ManagedPlan(NetworkPlan plan, Weights weights)
    {
        IReadOnlyList<NetworkNode> nodes = plan.Merged();
        (OutputSize, _horizon, _inputs) = (plan.OutputSize, plan.Horizon, plan.Inputs.Count);
        if (nodes.Count == 1 && _inputs == 1)
        {
            (_tree, _parts, _values, _besides, _placesOfStep) = (Layers(nodes[0]), [], [], [], []);
            StateSize = _tree.StateSize;
            return;
        }

        string[] names = [.. plan.Inputs.Select(input => input.Name), .. nodes.Select(node => node.Name)];
        _values = [.. names.Select(name => new Given(plan.SizeOf(name), plan.CoverageOf(name)))];
        _parts = [.. nodes.Select(node => new Part(
            Layers(node),
            [.. node.Sources.Select(source => Array.IndexOf(names, source))],
            plan.CoverageOf(node.Sources),
            node.Memory is { } memory ? Array.IndexOf(names, memory) : null))];
        _besides = [.. plan.Beside.Select(input => plan.Beside.TakeWhile(before => before != input).Sum(plan.ValuesOf))];
        _widest = _parts.Max(part => part.Layer.InputSize);
        _placesOfStep = Places(steps: 1);
        StateSize = Size();

        IManagedLayer Layers(NetworkNode node) => IManagedLayer.Create(node.Layer, plan.InputSizeOf(node), node.Path, weights);
    }

    private ManagedPlan(ManagedPlan plan, Part[] parts)
    {
        (OutputSize, _horizon, _inputs) = (plan.OutputSize, plan._horizon, plan._inputs);
        (_parts, _values, _besides, _widest, _placesOfStep) = (parts, plan._values, plan._besides, plan._widest, plan._placesOfStep);
        StateSize = Size();
    }

    public int OutputSize { get; }

    public int StateSize { get; }

    public bool CanStep => _tree?.CanStep ?? _parts.All(part => part.Layer.CanStep);

    public int OutputSteps(int steps) => _tree?.OutputSteps(steps) ?? _parts[^1].Layer.OutputSteps(_parts[^1].Coverage == StepCoverage.Past ? steps : 1);

    /// <summary>These nodes with what they attend to: the values of the inputs that are apart, in their order.</summary>
    /// <param name="apart">The values of the inputs that are apart.</param>
    /// <param name="trace">Gets the attention weights of each step; null, the default: nobody asks for them.</param>
    public ManagedPlan Remember(IReadOnlyList<float[]> apart, AttentionTrace? trace = null)
    {
        int first = _inputs - apart.Count;
        return new ManagedPlan(this, [.. _parts.Select(part => part.Memory is { } memory && memory >= first && memory < _inputs
            ? part with { Layer = part.Layer.Remember(apart[memory - first], trace), Memory = null }
            : part)]);
    }

    /// <summary>One step: [C], and all other inputs, to [OutputSize]. Allocates nothing.</summary>
    public void Step(ReadOnlySpan<float> input, ReadOnlySpan<float> beside, Span<float> output, Span<float> state, long time)
    {
        if (_tree is { } tree)
        {
            tree.Step(input, output, state, time);
            return;
        }

        Span<float> joined = state[^_widest..], given = state[^(_widest + _placesOfStep[^1])..^_widest];
        for (int i = 0; i < _parts.Length; i++)
        {
            (IManagedLayer layer, int[] sources, StepCoverage coverage, _) = _parts[i];
            Span<float> own = state[..layer.StateSize], result = given[_placesOfStep[i].._placesOfStep[i + 1]];
            bool ahead = coverage == StepCoverage.Horizon;
            // The steps of the horizon are a separate sequence.
            if (ahead)
                own.Clear();
            for (int row = 0; row < (ahead ? _horizon : 1); row++)
            {
                Join(sources, row, new Seen(input, beside, given, _placesOfStep), joined);
                layer.Step(joined[..layer.InputSize], result.Slice(ahead ? row * layer.OutputSize : 0, layer.OutputSize), own, ahead ? row : time);
            }

            state = state[layer.StateSize..];
        }

        given[_placesOfStep[^2]..].CopyTo(output);
    }

    /// <summary>Whole sequences, [sequences, steps, C], and all other inputs of each, to [sequences, OutputSteps(steps), OutputSize].</summary>
    public void RunMany(ReadOnlySpan<float> input, ReadOnlySpan<float> beside, Span<float> output, int sequences, int steps)
    {
        if (_tree is { } tree)
        {
            tree.RunMany(input, output, sequences, steps);
            return;
        }

        int from = input.Length / sequences, others = beside.Length / sequences, to = output.Length / sequences;
        for (int i = 0; i < sequences; i++)
            Run(input.Slice(i * from, from), beside.Slice(i * others, others), output.Slice(i * to, to), steps);
    }

    private void Run(ReadOnlySpan<float> input, ReadOnlySpan<float> beside, Span<float> output, int steps)
    {
        int[] places = Places(steps);
        Span<float> given = new float[places[^1]];
        for (int i = 0; i < _parts.Length; i++)
        {
            (IManagedLayer layer, int[] sources, StepCoverage coverage, int? memory) = _parts[i];
            int rows = Rows(coverage, steps);
            var joined = new float[rows * layer.InputSize];
            for (int row = 0; row < rows; row++)
                Join(sources, row, new Seen(input, beside, given, places), joined.AsSpan(row * layer.InputSize));
            if (memory is { } source)
                layer = layer.Remember(Whole(source, new Seen(input, beside, given, places), steps));
            layer.Run(joined, given[places[i]..places[i + 1]], rows);
        }

        given[places[^2]..].CopyTo(output);
    }

    /// <summary>The last output of a sequence of this length, and what it depends on.</summary>
    public ISelectedLayer SelectLast(int steps) =>
        _tree?.Select([_tree.OutputSteps(steps) - 1], steps) ?? new SelectedPlan(_parts, _values, _besides, coverage => Rows(coverage, steps));

    // The channels of all sources at a step; values without steps are the same at each.
    private void Join(int[] sources, int row, Seen seen, Span<float> joined)
    {
        foreach (int source in sources)
        {
            (int size, StepCoverage coverage) = _values[source];
            Value(source, seen).Slice(coverage == StepCoverage.None ? 0 : row * size, size).CopyTo(joined);
            joined = joined[size..];
        }
    }

    // All steps of an input or of a node's output.
    private ReadOnlySpan<float> Whole(int source, Seen seen, int steps) =>
        Value(source, seen)[..(Rows(_values[source].Coverage, steps) * _values[source].Size)];

    private ReadOnlySpan<float> Value(int source, Seen seen) => source == 0 ? seen.Past
        : source < _inputs ? seen.Beside[_besides[source - 1]..]
        : seen.Given[seen.Places[source - _inputs]..];

    private int Size() => IManagedLayer.Size(_parts.Sum(part => (long)part.Layer.StateSize) + _placesOfStep[^1] + _widest);

    // The offsets of each node's values for this number of past steps, and at the end their total length.
    private int[] Places(int steps)
    {
        var places = new int[_parts.Length + 1];
        for (int i = 0; i < _parts.Length; i++)
            places[i + 1] = places[i] + _parts[i].Layer.OutputSteps(Rows(_parts[i].Coverage, steps)) * _parts[i].Layer.OutputSize;
        return places;
    }

    private int Rows(StepCoverage coverage, int steps) => coverage switch
    {
        StepCoverage.Past => steps,
        StepCoverage.Horizon => _horizon,
        _ => 1,
    };

    // The possible sources of a node: the past, the other inputs, and the outputs of earlier nodes.
    private readonly ref struct Seen(ReadOnlySpan<float> past, ReadOnlySpan<float> beside, ReadOnlySpan<float> given, int[] places)
    {
        public ReadOnlySpan<float> Past { get; } = past;

        public ReadOnlySpan<float> Beside { get; } = beside;

        public ReadOnlySpan<float> Given { get; } = given;

        public int[] Places { get; } = places;
    }

    /// <summary>A node: its layers, the indices of its sources, what they cover, and the index of what it attends to.</summary>
    internal sealed record Part(IManagedLayer Layer, int[] Sources, StepCoverage Coverage, int? Memory);

    /// <summary>A value that nodes read: channels of a step, and the steps that it covers.</summary>
    internal readonly record struct Given(int Size, StepCoverage Coverage);
}
