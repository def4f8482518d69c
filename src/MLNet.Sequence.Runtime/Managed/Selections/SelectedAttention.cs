namespace MLNet.Sequence.Managed;

/// <summary>Causal attention: queries of the wanted steps, keys and values of the steps that they see.</summary>
internal sealed class SelectedAttention : ISelectedLayer
{
    private readonly ManagedCausalAttention _layer;
    private readonly StepPlaces _wanted;
    private readonly int[] _times;
    private readonly int _window;

    /// <param name="layer">The layer.</param>
    /// <param name="window">The steps that a step sees, itself included.</param>
    /// <param name="wanted">The wanted steps, ascending.</param>
    public SelectedAttention(ManagedCausalAttention layer, int window, int[] wanted)
    {
        (_layer, _times, _window) = (layer, wanted, window);
        Reads = [.. wanted.SelectMany(step => Enumerable.Range(Math.Max(0, step - window + 1), Math.Min(step + 1, window))).Distinct().Order()];
        _wanted = new StepPlaces(wanted, Reads);
        WorkSize = layer.InputSize * (2 * Reads.Length + 3 * wanted.Length) + Math.Min(window, Reads.Length);
    }

    public int[] Reads { get; }

    public int WorkSize { get; }

    public void Run(ReadOnlySpan<float> input, Span<float> output, Span<float> work)
    {
        int size = _layer.InputSize, count = _times.Length;
        Span<float> pairs = work[..(2 * Reads.Length * size)], rows = work.Slice(pairs.Length, count * size), rest = work[(pairs.Length + rows.Length)..];
        Span<float> queries = rest[..(count * size)], attended = rest.Slice(count * size, count * size), weights = rest[(2 * count * size)..];
        _wanted.CopyTo(input, (0, size, size), rows);
        _layer.Pairs(input, Reads, pairs);
        _layer.Queries(rows, _times, queries);
        for (int i = 0; i < count; i++)
        {
            // The steps that it sees are neighbours among those that are read.
            int seen = Math.Min(_times[i] + 1, _window), first = _wanted.Places[i] + 1 - seen;
            _layer.Attend(queries.Slice(i * size, size), pairs[(first * 2 * size)..], weights[..seen], attended.Slice(i * size, size));
        }

        _layer.Project(attended, output, count);
    }
}
