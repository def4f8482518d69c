using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Estimators;

/// <summary>Forecasts and what came to be, of the rows of a scored view that have both whole.</summary>
internal static class ForecastPairs
{
    /// <returns>[horizon × targets] each, filled anew for the next row; in double where Single is too coarse for the data.</returns>
    public static IEnumerable<(double[] Forecast, double[] Actual)> Of(IDataView scored, ForecastingOptions task)
    {
        DataViewSchema.Column forecasts = scored.Schema[task.ForecastColumn], actuals = scored.Schema[task.ActualColumn];
        using DataViewRowCursor cursor = scored.GetRowCursor([forecasts, actuals]);
        Action<double[]> readForecast = Reader(cursor, forecasts), readActual = Reader(cursor, actuals);
        int size = ((VectorDataViewType)forecasts.Type).Size;
        double[] forecast = new double[size], actual = new double[size];
        while (cursor.MoveNext())
        {
            readActual(actual);
            // What did not come to be need not be forecast.
            if (!TensorPrimitives.IsFiniteAll<double>(actual))
                continue;
            readForecast(forecast);
            if (TensorPrimitives.IsFiniteAll<double>(forecast))
                yield return (forecast, actual);
        }
    }

    /// <summary>Reads a column of forecasts or of what came to be: as it was before it became Single, where that is too coarse and the view is the forecaster's own.</summary>
    public static Action<double[]> Reader(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        if ((cursor as ForecastingCursor)?.InDouble(column) is { } own)
            return own;
        Action<Span<double>> read = ChannelReaders.CreateDouble(cursor, column);
        return values => read(values);
    }
}
