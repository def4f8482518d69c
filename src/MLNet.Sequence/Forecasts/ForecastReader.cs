using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;

namespace MLNet.Sequence.Forecasts;

/// <summary>Reads forecasts and actual values from a scored view.</summary>
internal static class ForecastReader
{
    /// <summary>
    /// Reads a column of forecasts or of actual values. If Single is too coarse and the view is the forecaster's own, it reads the values
    /// in double, before the conversion to Single.
    /// </summary>
    /// <param name="cursor">Over the scored view.</param>
    /// <param name="column">The column: [horizon × targets], or quantiles; then the middle one is read.</param>
    public static Action<double[]> Create(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        Action<double[]> read = CreateWhole(cursor, column);
        if (ForecastAnnotations.Read(column) is not ({ Output.IsPoint: false } task, _) || (column.Type as VectorDataViewType)?.Size != task.ForecastSize)
            return read;
        var all = new double[task.ForecastSize];
        (int targets, int said, int middle) = (task.TargetChannels.Count, task.Output.Values.Count, task.Output.Middle);
        return values =>
        {
            read(all);
            for (int step = 0; step < task.Horizon; step++)
                all.AsSpan((step * said + middle) * targets, targets).CopyTo(values.AsSpan(step * targets));
        };
    }

    /// <summary>Reads a column, or a forecast between its bounds as [horizon × columns × targets].</summary>
    public static Action<double[]> CreateJoined(DataViewRowCursor cursor, DataViewSchema.Column[] columns, int targets)
    {
        Action<double[]>[] readers = [.. columns.Select(column => CreateWhole(cursor, column))];
        if (readers.Length == 1)
            return readers[0];
        double[]? part = null;
        return values =>
        {
            part ??= new double[values.Length / readers.Length];
            for (int column = 0; column < readers.Length; column++)
            {
                readers[column](part);
                for (int i = 0; i < part.Length; i++)
                    values[(i / targets * readers.Length + column) * targets + i % targets] = part[i];
            }
        };
    }

    /// <summary>Reads all values of a column of forecasts, quantiles too.</summary>
    public static Action<double[]> CreateWhole(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        if ((cursor as ForecastingCursor)?.InDouble(column) is { } own)
            return own;
        Action<Span<double>> read = ChannelReaders.CreateDouble(cursor, column);
        return values => read(values);
    }
}
