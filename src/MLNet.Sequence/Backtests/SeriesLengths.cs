using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Backtests;

/// <summary>The columns that order rows into series.</summary>
/// <param name="Series">The column that identifies the series; null: one series.</param>
/// <param name="Time">The column that must ascend within a series; null: the rows are in time order.</param>
internal sealed record SeriesOrder(string? Series, string? Time);

/// <summary>The number of rows of each series, counted in one pass, which also checks the order of time.</summary>
internal sealed class SeriesLengths
{
    private readonly Dictionary<string, long> _byKey = new(StringComparer.Ordinal);
    private readonly HashSet<string> _leftOut = new(StringComparer.Ordinal);
    private readonly SeriesOrder _order;

    private SeriesLengths(SeriesOrder order) => _order = order;

    /// <summary>The rows of each series, by its key; the key of the only series is empty.</summary>
    public IReadOnlyDictionary<string, long> ByKey => _byKey;

    /// <summary>The keys of series that are left out.</summary>
    public IReadOnlyCollection<string> LeftOut => _leftOut;

    /// <summary>The column that identifies the series; null: one series.</summary>
    public string? SeriesColumn => _order.Series;

    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">Times do not ascend, or the rows are a random part of series.</exception>
    public static SeriesLengths Count(SequenceHost host, IDataView data, SeriesOrder order)
    {
        WholeSeries.Check(data, order.Series, order.Time);
        DataViewSchema.Column? series = order.Series is { } key ? host.Require(data.Schema, "series", key) : null;
        DataViewSchema.Column? time = order.Time is { } clock ? host.Require(data.Schema, "time", clock) : null;
        if (series is { } keyed && !KeyReader.Reads(keyed))
            throw host.Mismatch("series", keyed.Name, KeyReader.Expected, keyed.Type.ToString()!);
        if (time is { } timed && !TimeReader.Reads(timed.Type))
            throw host.Mismatch("time", timed.Name, TimeReader.Expected, timed.Type.ToString()!);
        using HostCancellation cancellation = host.LinkCancellation();
        using DataViewRowCursor cursor = data.GetRowCursor(new[] { series, time }.OfType<DataViewSchema.Column>());
        Func<string> readKey = series is { } named ? KeyReader.Create(cursor, named) : () => "";
        Func<string, string?>? check = time is { } column ? TimeReader.CreateCheck(cursor, column).Next : null;
        var lengths = new SeriesLengths(order);
        while (cursor.MoveNext())
        {
            if (cursor.Position % 4096 == 0)
                cancellation.Token.ThrowIfCancellationRequested();
            string own = readKey();
            if (check?.Invoke(own) is { } problem)
                throw NotAscending(data, order, cancellation, $"row {cursor.Position + 1}{(order.Series is null ? "" : $" (series '{own}')")}, {problem}");
            lengths._byKey[own] = lengths._byKey.GetValueOrDefault(own) + 1;
        }

        return lengths;
    }

    /// <summary>The series with enough rows; the others are left out, which is told.</summary>
    /// <param name="host">The host.</param>
    /// <param name="short">What is done with the others: Error refuses them.</param>
    /// <param name="enough">Whether a length is enough.</param>
    /// <param name="need">What is needed, as a sentence.</param>
    /// <exception cref="InvalidOperationException">A series is refused, or there are none with enough rows.</exception>
    public SeriesLengths With(SequenceHost host, ShortSeries @short, Func<long, bool> enough, string need)
    {
        KeyValuePair<string, long>[] tooShort = [.. _byKey.Where(one => !enough(one.Value))];
        if (@short == ShortSeries.Error || tooShort.Length == _byKey.Count)
            Require(enough, need);
        if (tooShort.Length == 0)
            return this;
        using (HostChannel channel = host.Start("Split"))
        {
            channel.Info($"{tooShort.Length} series are left out, beginning with {Names(tooShort)}. {need} ({nameof(ForecastingOptions.ShortSeries)} is "
                + $"{@short}.)");
        }

        var rest = new SeriesLengths(_order);
        rest._leftOut.UnionWith([.. _leftOut, .. tooShort.Select(one => one.Key)]);
        foreach ((string key, long length) in _byKey.Where(one => enough(one.Value)))
            rest._byKey.Add(key, length);
        return rest;
    }

    /// <summary>Requires a number of rows in each series.</summary>
    /// <param name="enough">Whether a length is enough.</param>
    /// <param name="need">What is needed, as a sentence.</param>
    /// <exception cref="InvalidOperationException">Names the series that are too short, or says that there are no rows.</exception>
    public void Require(Func<long, bool> enough, string need)
    {
        if (_byKey.Count == 0)
            throw new InvalidOperationException($"The data has no rows. {need}");
        KeyValuePair<string, long>[] tooShort = [.. _byKey.Where(one => !enough(one.Value))];
        if (tooShort.Length == 0)
            return;
        if (SeriesColumn is null)
            throw new InvalidOperationException($"The data has {tooShort[0].Value} rows. {need}");
        string more = tooShort.Length > 5 ? $" and {tooShort.Length - 5} more" : "";
        throw new InvalidOperationException($"These series of the data are too short: {Names(tooShort)}{more}. {need}");
    }

    private static string Names(KeyValuePair<string, long>[] series) =>
        string.Join(", ", series.Take(5).Select(one => $"'{one.Key}' ({one.Value} rows)"));

    private static InvalidOperationException NotAscending(IDataView data, SeriesOrder order, HostCancellation cancellation, string found)
    {
        var task = new Forecasting { Targets = [], Context = 1, Horizon = 1, SeriesColumnName = order.Series, TimeColumnName = order.Time };
        return new InvalidOperationException(
            $"The time column '{order.Time}' must ascend within a series: in {found}. {TimeOrder.Advice(data, task, cancellation)}");
    }
}
