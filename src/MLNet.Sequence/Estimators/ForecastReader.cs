using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Estimators;

/// <summary>How forecasts, and what came to be, are read from a scored view.</summary>
internal static class ForecastReader
{
    /// <summary>
    /// Reads a column of forecasts or of what came to be: as it was before it became Single, where that is too coarse and the view is the
    /// forecaster's own.
    /// </summary>
    public static Action<double[]> Create(DataViewRowCursor cursor, DataViewSchema.Column column)
    {
        if ((cursor as ForecastingCursor)?.InDouble(column) is { } own)
            return own;
        Action<Span<double>> read = ChannelReaders.CreateDouble(cursor, column);
        return values => read(values);
    }
}
