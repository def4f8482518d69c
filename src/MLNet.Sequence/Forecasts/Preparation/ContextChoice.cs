using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Forecasts;

/// <summary>
/// The context of a forecaster whose options leave it open. A long series has enough windows for the usual context, and for a whole week of hours. In a
/// short one each step of context costs a window to learn from.
/// </summary>
/// <param name="Context">The steps that the model sees.</param>
/// <param name="Reason">Why, as a phrase.</param>
internal sealed record ContextChoice(int Context, string Reason)
{
    /// <summary>What long series have.</summary>
    public const int Usual = 96;

    // A longer window makes training slow, and rarely pays.
    private const int LongestCycle = 512;

    // A cycle is learned from several of it.
    private const int LeastCycles = 8;

    // Four seasons say what a season is like and how it grows; more of them leave too few windows of a short series.
    private const int Seasons = 4;

    // A series that is shorter than so many contexts is short.
    private const int Windows = 4;

    /// <summary>Chooses from the rows to train on.</summary>
    /// <param name="lengths">The numbers of rows of all series; at least one.</param>
    /// <param name="options">The options of the forecaster.</param>
    /// <param name="frequency">How their times follow each other; null: unknown.</param>
    public static ContextChoice Of(IEnumerable<long> lengths, ForecastingOptions options, Frequency? frequency)
    {
        int horizon = options.Horizon;
        // The last steps that validate are not trained on.
        long[] all = [.. lengths.Select(length => Math.Max(0, length - (options.ValidationSteps ?? 0))).Order()];
        long typical = all[all.Length / 2];
        // Series that may be left out or padded do not shorten the context of all others.
        long shortest = options.ShortSeries == ShortSeries.Error ? all[0] : typical;
        int season = frequency?.Season ?? 1, cycle = Cycle(frequency), lag = Lag(options.Differencing, season);
        bool isLong = cycle > Usual && typical >= (long)LeastCycles * cycle;
        int usual = isLong ? cycle : Usual;
        long room = typical - horizon;
        // Every series needs a whole window, also one that is shorter than most.
        long most = Math.Min(room / 2, shortest - horizon);
        string why = FormattableString.Invariant($"a series of {(most == shortest - horizon ? shortest : typical)} rows has too few windows of {usual}");
        long seasons = season > 1 ? Math.Min(Seasons, Math.Min(2 * room / 3, shortest - horizon) / season) : 0;
        var choice = new ContextChoice((int)Math.Max(2, most), why);
        if (most >= usual)
            choice = new ContextChoice(usual, isLong ? "a whole cycle of the frequency" : "the usual one");
        if (seasons > 0 && seasons * season < usual && (room < Windows * usual || most < usual))
            choice = new ContextChoice((int)(seasons * season), FormattableString.Invariant($"{seasons} seasons of {season}, since {why}"));
        if (choice.Context > lag)
            return choice;
        // As many differences as the values that they need, if the series has room for them.
        return new ContextChoice((int)Math.Max(lag + 1, Math.Min(2 * lag, most)), FormattableString.Invariant($"a difference needs the {lag} steps before it"));
    }

    // The steps that a difference needs before it; a season that is not given is that of the frequency.
    private static int Lag(Differencing? differencing, int season) => differencing is { OfSeasons: true, Season: null }
        ? (differencing with { Season = season }).Lag
        : differencing?.Lag ?? 0;

    /// <summary>These options with a context that is chosen from rows, if they leave it open.</summary>
    public static ForecastingOptions In(SequenceHost host, IDataView data, ForecastingOptions options)
    {
        if (options.Context is not null)
            return options;
        using HostCancellation cancellation = host.LinkCancellation(options.Training.CancellationToken);
        // Counted as Fit reads them.
        if (options.Sort || options.Resample != Resampling.None)
            data = ArrangedView.Of(host, data, new ForecastingColumns(host).Bind(data.Schema, options with { Calendar = null }));
        Frequency? frequency = FrequencyOf(host, data, options, cancellation);
        long[] lengths = Lengths(host, data, options with { Frequency = frequency }, cancellation);
        return lengths.Length == 0 ? options with { Context = Usual } : options with { Context = Of(lengths, options, frequency).Context };
    }

    /// <summary>The frequency that the forecaster would find in these rows; null: none, or they have no column of times.</summary>
    public static Frequency? FrequencyOf(SequenceHost host, IDataView data, ForecastingOptions options, HostCancellation cancellation)
    {
        if (options.Frequency is not null || options.TimeColumnName is not { } time)
            return options.Frequency;
        if (!TimeReader.Reads(host.Require(data.Schema, "time", time).Type))
            return null;
        var order = new Forecasting { Targets = [], Context = 1, Horizon = 1, SeriesColumnName = options.SeriesColumnName, TimeColumnName = time };
        return FoundFrequency.Of(data, order, cancellation);
    }

    // A day, or a week if it is not too long; steps of a day and more have no cycle beyond the usual context.
    private static int Cycle(Frequency? frequency)
    {
        if (frequency is null || !(frequency.StepDays is > 0 and < 1))
            return frequency?.Season ?? 1;
        int day = frequency.Season, week = (int)Math.Round(7 / frequency.StepDays);
        return week <= LongestCycle ? week : day <= LongestCycle ? day : 1;
    }

    // Steps that are filled count, as in training.
    private static long[] Lengths(SequenceHost host, IDataView data, ForecastingOptions options, HostCancellation cancellation)
    {
        DataViewSchema.Column? column = options.SeriesColumnName is { } name ? host.Require(data.Schema, "series", name) : null;
        if (column is { } keyed && !KeyReader.Reads(keyed))
            throw host.Mismatch("series", keyed.Name, KeyReader.Expected, keyed.Type.ToString()!);
        var order = new Forecasting { Targets = [], Context = 1, Horizon = 1, SeriesColumnName = options.SeriesColumnName };
        if (options.Frequency is not null && options.MissingValues != MissingValues.Error)
            order = order with { TimeColumnName = options.TimeColumnName, Frequency = options.Frequency, MissingValues = options.MissingValues };
        using DataViewRowCursor cursor = data.GetRowCursor(SeriesReader.Columns(data.Schema, order));
        var row = new SeriesRow(cursor, order) { Advice = () => TimeOrder.Advice(data, order, cancellation) };
        var counts = new Dictionary<string, long>(StringComparer.Ordinal);
        while (cursor.MoveNext())
        {
            if (cursor.Position % 4096 == 0)
                cancellation.Token.ThrowIfCancellationRequested();
            row.Read();
            string key = row.Key ?? "";
            counts[key] = counts.GetValueOrDefault(key) + row.Missing + 1;
        }

        return [.. counts.Values];
    }
}
