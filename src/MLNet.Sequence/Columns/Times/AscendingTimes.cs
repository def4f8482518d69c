namespace MLNet.Sequence.Columns;

/// <summary>The last time of each series, which the next one must come after.</summary>
internal abstract class AscendingTimes
{
    /// <summary>Reads the time of the current row, and keeps nothing: a row that is refused leaves no time behind.</summary>
    /// <param name="series">Its series.</param>
    /// <returns>Why it cannot follow in its series; null: it can.</returns>
    public abstract string? Problem(string series);

    /// <summary>Keeps the time that was read as the last one of its series.</summary>
    public abstract void Accept(string series);

    /// <summary>The next time of a series may be any.</summary>
    public abstract void Forget(string series);

    /// <summary>Reads the time of the current row, and keeps it whether it ascends or not.</summary>
    public string? Next(string series)
    {
        string? problem = Problem(series);
        Accept(series);
        return problem;
    }
}

/// <summary>Times of one type.</summary>
/// <param name="read">Reads the current row.</param>
/// <param name="follows">Why a time cannot follow the one before it, which is the second; the third: whether there is one. Null: it can.</param>
internal sealed class AscendingTimes<T>(Func<T> read, Func<T, T?, bool, string?> follows) : AscendingTimes
{
    private readonly Dictionary<string, T> _last = new(StringComparer.Ordinal);
    private T _now = default!;

    public override string? Problem(string series)
    {
        _now = read();
        return _last.TryGetValue(series, out T? before) ? follows(_now, before, true) : follows(_now, default, false);
    }

    public override void Accept(string series) => _last[series] = _now;

    public override void Forget(string series) => _last.Remove(series);
}
