using MLNet.Sequence.Forecasts;

namespace MLNet.Sequence.Backtests;

/// <summary>The series that a fold tests, and the rows before the first test row of each that its model reads.</summary>
/// <param name="Tested">The series.</param>
/// <param name="Context">The context of the model.</param>
/// <param name="Before">The rows of a series before its first test row, from the number of its rows.</param>
internal sealed record FoldHistory(SeriesLengths Tested, int Context, Func<long, long> Before)
{
    // A chain may give a series another key, which matters only here.
    private readonly bool _varies = Tested.ByKey.Values.Any(one => Before(one.Rows) < Context);

    /// <summary>The rows of history of a series, from the number of its rows: the context, or fewer that are padded or filled.</summary>
    public int Of(long rows) => (int)Math.Min(Context, Before(rows));

    /// <summary>The same, from its key as the forecaster reads it.</summary>
    public int Of(string? key) => _varies ? Of(Find(Tested, key).Rows) : Context;

    /// <summary>The length of a series, from its key as the forecaster reads it.</summary>
    /// <exception cref="InvalidOperationException">The chain has given it another key.</exception>
    public static SeriesLength Find(SeriesLengths series, string? key) => series.ByKey.GetValueOrDefault(key ?? "")
        ?? throw new InvalidOperationException($"A backtest of series with fewer rows than the context needs their keys as they are in the data; the chain "
            + $"makes '{key}' of one in '{series.SeriesColumn}'. Transform the keys before the backtest, or set "
            + $"{nameof(ForecastingOptions.ShortSeries)} to Skip.");
}
