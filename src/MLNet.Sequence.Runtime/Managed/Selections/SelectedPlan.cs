using System.Runtime.CompilerServices;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Managed;

/// <summary>
/// The nodes of a plan over windows of one length, of which only the last output is wanted: each node computes what the nodes that read it need. The
/// working space is the output of each node, then a node's input, then its own.
/// </summary>
internal sealed class SelectedPlan : ISelectedLayer
{
    private readonly Node[] _nodes;
    private readonly int[] _besides;
    private readonly int _inputs, _joined;

    /// <param name="parts">The nodes.</param>
    /// <param name="values">The channels and the coverage of each input and of each node's output.</param>
    /// <param name="besides">The offset of each input besides the past.</param>
    /// <param name="rows">The number of rows that there are of each coverage.</param>
    public SelectedPlan(ManagedPlan.Part[] parts, ManagedPlan.Given[] values, int[] besides, Func<StepCoverage, int> rows)
    {
        (_nodes, _besides, _inputs) = (new Node[parts.Length], besides, values.Length - parts.Length);
        // The steps that are read of each value that covers the past.
        var read = new int[values.Length][];
        Array.Fill(read, []);
        for (int i = parts.Length - 1; i >= 0; i--)
        {
            ManagedPlan.Part part = parts[i];
            int own = _inputs + i, given = rows(part.Coverage), outputs = part.Layer.OutputSteps(given);
            int[] wanted = values[own].Coverage != StepCoverage.Past ? StepPlaces.All(outputs) : read[own].Length == 0 ? [outputs - 1] : read[own];
            ISelectedLayer layer = part.Memory is null ? part.Layer.Select(wanted, given) : new SelectedPrefix(part.Layer, wanted, given);
            foreach (int source in part.Sources.Where(source => values[source].Coverage == StepCoverage.Past))
                read[source] = StepPlaces.Union(read[source], layer.Reads);
            if (part.Memory is { } memory)
                read[memory] = StepPlaces.All(rows(values[memory].Coverage));
            _nodes[i] = new Node(part, layer, wanted, given);
        }

        int at = 0;
        foreach (Node node in _nodes)
        {
            (node.First, node.Size) = (at, node.Wanted.Length * node.Part.Layer.OutputSize);
            at += node.Size;
            node.Sources = Array.ConvertAll(node.Part.Sources, source => new Source(source, values[source].Size, values[source].Coverage switch
            {
                StepCoverage.Past => new StepPlaces(node.Layer.Reads, read[source]).Places.ToArray(),
                StepCoverage.None => new int[node.Layer.Reads.Length],
                _ => node.Layer.Reads,
            }));
            if (node.Part.Memory is { } memory)
                node.Remembered = values[memory].Size * rows(values[memory].Coverage);
        }

        Reads = read[0].Length > 0 ? read[0] : [0];
        _joined = at;
        WorkSize = at + _nodes.Max(node => node.Layer.Reads.Length * node.Part.Layer.InputSize + node.Layer.WorkSize);
    }

    public int[] Reads { get; }

    public int WorkSize { get; }

    public void Run(ReadOnlySpan<float> input, Span<float> output, Span<float> work) => Run(input, default, output, work);

    /// <param name="input">The steps of the past that are read.</param>
    /// <param name="beside">All other inputs.</param>
    /// <param name="output">Filled.</param>
    /// <param name="work">[<see cref="WorkSize"/>].</param>
    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> input, ReadOnlySpan<float> beside, Span<float> output, Span<float> work)
    {
        foreach (Node node in _nodes)
        {
            int width = node.Part.Layer.InputSize, from = 0;
            Span<float> joined = work.Slice(_joined, node.Layer.Reads.Length * width), result = work.Slice(node.First, node.Size);
            foreach (Source source in node.Sources)
            {
                ReadOnlySpan<float> value = Value(source.Index, input, beside, work);
                for (int row = 0; row < source.Places.Length; row++)
                    value.Slice(source.Places[row] * source.Size, source.Size).CopyTo(joined[(row * width + from)..]);
                from += source.Size;
            }

            Span<float> own = work[(_joined + joined.Length)..];
            if (node.Part.Memory is { } memory)
                Remember(node, Value(memory, input, beside, work)[..node.Remembered]).Run(joined, result, own);
            else
                node.Layer.Run(joined, result, own);
        }

        work.Slice(_nodes[^1].First, _nodes[^1].Size).CopyTo(output);
    }

    // The memory is another one in each window; the steps are those of the plan, though a layer that remembers might need fewer.
    private static SelectedPrefix Remember(Node node, ReadOnlySpan<float> memory) =>
        new(node.Part.Layer.Remember(memory), node.Wanted, node.Given, node.Layer.Reads.Length);

    private ReadOnlySpan<float> Value(int source, ReadOnlySpan<float> past, ReadOnlySpan<float> beside, Span<float> work) => source == 0 ? past
        : source < _inputs ? beside[_besides[source - 1]..]
        : work.Slice(_nodes[source - _inputs].First, _nodes[source - _inputs].Size);

    private sealed record Source(int Index, int Size, int[] Places);

    // Given: the rows that there are of its input.
    private sealed record Node(ManagedPlan.Part Part, ISelectedLayer Layer, int[] Wanted, int Given)
    {
        public Source[] Sources { get; set; } = [];

        public int First { get; set; }

        public int Size { get; set; }

        public int Remembered { get; set; }
    }
}
