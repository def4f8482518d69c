namespace MLNet.Sequence.Forecasts;

/// <summary>The place of each row among the rows of its series, in the order in which they are read.</summary>
internal sealed class RowPlaces
{
    private readonly Dictionary<string, long> _next = new(StringComparer.Ordinal);

    /// <summary>The place of the next row of a series, from 0.</summary>
    public long Next(string? key)
    {
        long place = _next.GetValueOrDefault(key ?? "");
        _next[key ?? ""] = place + 1;
        return place;
    }
}
