using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Backtests;

/// <summary>The columns that order rows into series.</summary>
/// <param name="Series">The column that identifies the series; null: one series.</param>
/// <param name="Time">The column that must ascend within a series; null: the rows are in time order.</param>
internal sealed record SeriesOrder(string? Series, string? Time);

/// <summary>The length of each series, counted in one pass, which also checks the order of time.</summary>
internal sealed class SeriesLengths
{
    private readonly Dictionary<string, SeriesLength> _byKey = new(StringComparer.Ordinal);
    private readonly HashSet<string> _leftOut = new(StringComparer.Ordinal);
    private readonly SeriesOrder _order;

    private SeriesLengths(SeriesOrder order) => _order = order;

    /// <summary>The length of each series, by its key; the key of the only series is empty.</summary>
    public IReadOnlyDictionary<string, SeriesLength> ByKey => _byKey;

    /// <summary>The keys of series that are left out.</summary>
    public IReadOnlyCollection<string> LeftOut => _leftOut;

    /// <summary>The column that identifies the series; null: one series.</summary>
    public string? SeriesColumn => _order.Series;

    /// <param name="host">The host.</param>
    /// <param name="data">The rows.</param>
    /// <param name="order">The columns that order them.</param>
    /// <param name="forecaster">The forecaster whose filled steps count, if it is ordered by the same columns; null: rows are steps.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">Times do not ascend, or the rows are a random part of series.</exception>
    public static SeriesLengths Count(SequenceHost host, IDataView data, SeriesOrder order, ForecastingOptions? forecaster = null)
    {
        WholeSeries.Check(data, order.Series, order.Time);
        DataViewSchema.Column? series = order.Series is { } key ? host.Require(data.Schema, "series", key) : null;
        DataViewSchema.Column? time = order.Time is { } clock ? host.Require(data.Schema, "time", clock) : null;
        if (series is { } keyed && !KeyReader.Reads(keyed))
            throw host.Mismatch("series", keyed.Name, KeyReader.Expected, keyed.Type.ToString()!);
        if (time is { } timed && !TimeReader.Reads(timed.Type))
            throw host.Mismatch("time", timed.Name, TimeReader.Expected, timed.Type.ToString()!);
        using HostCancellation cancellation = host.LinkCancellation();
        bool fills = time is not null && forecaster is { MissingValues: not MissingValues.Error }
            && order == new SeriesOrder(forecaster.SeriesColumnName, forecaster.TimeColumnName);
        Frequency? filled = fills ? ContextChoice.FrequencyOf(host, data, forecaster!, cancellation) : null;
        using DataViewRowCursor cursor = data.GetRowCursor(new[] { series, time }.OfType<DataViewSchema.Column>());
        Func<string> readKey = series is { } named ? KeyReader.Create(cursor, named) : () => "";
        Func<string, string?>? check = time is { } column ? TimeReader.CreateCheck(cursor, column).Next : null;
        TimeSteps? steps = filled is null || filled == Frequency.Irregular ? null
            : new TimeSteps(cursor, time!.Value, Task(order) with { Frequency = filled, MissingValues = forecaster!.MissingValues });
        var lengths = new SeriesLengths(order);
        while (cursor.MoveNext())
        {
            if (cursor.Position % 4096 == 0)
                cancellation.Token.ThrowIfCancellationRequested();
            string own = readKey();
            if (check?.Invoke(own) is { } problem)
                throw NotAscending(data, order, cancellation, $"row {cursor.Position + 1}{(order.Series is null ? "" : $" (series '{own}')")}, {problem}");
            if (!lengths._byKey.TryGetValue(own, out SeriesLength? length))
                lengths._byKey.Add(own, length = new SeriesLength(own));
            // A time that lies on no step is refused in training, with advice.
            length.Add(steps?.Missing(own, out _) ?? 0);
            steps?.Accept(own);
        }

        return lengths;
    }

    /// <summary>The series with enough rows; the others are left out, which is told.</summary>
    /// <param name="host">The host.</param>
    /// <param name="short">What is done with the others: Error refuses them.</param>
    /// <param name="enough">Whether a length is enough.</param>
    /// <param name="need">What is needed, as a sentence.</param>
    /// <exception cref="InvalidOperationException">A series is refused, or there are none with enough rows.</exception>
    public SeriesLengths With(SequenceHost host, ShortSeries @short, Func<SeriesLength, bool> enough, string need)
    {
        SeriesLength[] tooShort = [.. _byKey.Values.Where(one => !enough(one))];
        if (@short == ShortSeries.Error || tooShort.Length == _byKey.Count)
            Require(tooShort, need);
        if (tooShort.Length == 0)
            return this;
        using (HostChannel channel = host.Start("Split"))
        {
            channel.Info($"{tooShort.Length} series are left out, beginning with {Names(tooShort)}. {need} ({nameof(ForecastingOptions.ShortSeries)} is "
                + $"{@short}.)");
        }

        return Where(enough);
    }

    /// <summary>Some of the series; the others are left out, which is not told.</summary>
    public SeriesLengths Where(Func<SeriesLength, bool> isKept)
    {
        var rest = new SeriesLengths(_order);
        rest._leftOut.UnionWith(_leftOut);
        foreach ((string key, SeriesLength length) in _byKey)
        {
            if (isKept(length))
                rest._byKey.Add(key, length);
            else
                rest._leftOut.Add(key);
        }

        return rest;
    }

    private void Require(SeriesLength[] tooShort, string need)
    {
        if (_byKey.Count == 0)
            throw new InvalidOperationException($"The data has no rows. {need}");
        if (tooShort.Length == 0)
            return;
        if (SeriesColumn is null)
            throw new InvalidOperationException($"The data has {tooShort[0].Rows} rows. {need}");
        string more = tooShort.Length > 5 ? $" and {tooShort.Length - 5} more" : "";
        throw new InvalidOperationException($"These series of the data are too short: {Names(tooShort)}{more}. {need}");
    }

    private static string Names(SeriesLength[] series) => string.Join(", ", series.Take(5));

    private static Forecasting Task(SeriesOrder order) =>
        new() { Targets = [], Context = 1, Horizon = 1, SeriesColumnName = order.Series, TimeColumnName = order.Time };

    private static InvalidOperationException NotAscending(IDataView data, SeriesOrder order, HostCancellation cancellation, string found)
    {
        return new InvalidOperationException(
            $"The time column '{order.Time}' must ascend within a series: in {found}. {TimeOrder.Advice(data, Task(order), cancellation)}");
    }
}
