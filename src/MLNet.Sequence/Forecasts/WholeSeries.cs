using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Forecasts;

/// <summary>
/// Series whose rows ML.NET drew at random have gaps everywhere, and their test rows lie between those of training: every figure would be
/// wrong.
/// </summary>
internal static class WholeSeries
{
    private const string Instead = "Split in time: ml.Forecasting.TrainTestSplit, or ml.Forecasting.CrossValidate instead of CrossValidate of another catalog.";

    /// <summary>Refuses rows of which ML.NET drew a part that divides series, and shuffled rows without a time column.</summary>
    /// <exception cref="InvalidOperationException">Says what was found and what to do.</exception>
    public static void Check(IDataView data, string? seriesColumn, string? timeColumn)
    {
        if (RandomParts.Find(data) is { } drawn && DividedSeries(drawn, seriesColumn) is { } divided)
        {
            throw new InvalidOperationException($"The rows are a random part of the data (ml.Data.TrainTestSplit, CrossValidationSplit or CrossValidate): "
                + $"{divided} has lost steps, and those that are left would be used as neighbours. {Instead} A random part of whole series is accepted: give "
                + "ml.Data.TrainTestSplit the series column as samplingKeyColumnName.");
        }

        // With a time column, shuffled rows are found by their times.
        if (timeColumn is null && RandomParts.IsShuffled(data))
        {
            throw new InvalidOperationException("The rows were shuffled (ml.Data.ShuffleRows): a forecaster needs the steps of a series in time order. "
                + "Give the rows as they were before.");
        }
    }

    /// <summary>Warns of rows for scoring that were drawn or shuffled. Reads nothing.</summary>
    public static void Warn(SequenceHost host, IDataView data)
    {
        if (RandomParts.Find(data) is not { IsByRow: true } && !RandomParts.IsShuffled(data))
            return;
        using HostChannel channel = host.Start("Scoring");
        channel.WarnOnce("random rows", "The rows to be scored are a random part of the data, or were shuffled: a forecast from them skips steps. " + Instead);
    }

    // Null: the parts hold whole series, or it cannot be known.
    private static string? DividedSeries(DrawnRows drawn, string? seriesColumn)
    {
        if (seriesColumn is null)
            return "the series";
        if (drawn.Rows.Schema.GetColumnOrNull(seriesColumn) is not { } series || !KeyReader.Reads(series))
            return drawn.IsByRow ? "each series" : null;
        using DataViewRowCursor cursor = drawn.Rows.GetRowCursor([series, drawn.Split]);
        Func<string> readKey = KeyReader.Create(cursor, series);
        Action<Span<double>> readSplit = ChannelReaders.CreateDouble(cursor, drawn.Split);
        var places = new Dictionary<string, double>(StringComparer.Ordinal);
        var place = new double[1];
        while (cursor.MoveNext())
        {
            string key = readKey();
            readSplit(place);
            if (!places.TryAdd(key, place[0]) && places[key] != place[0])
                return $"the series '{key}'";
        }

        return null;
    }
}
