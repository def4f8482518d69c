using System.Numerics.Tensors;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Estimators;

/// <summary>Forecasts and what came to be, of the rows of a scored view that have both whole.</summary>
internal static class ForecastPairs
{
    /// <returns>[horizon × targets] each, filled anew for the next row.</returns>
    public static IEnumerable<(float[] Forecast, float[] Actual)> Of(IDataView scored, ForecastingOptions task)
    {
        DataViewSchema.Column[] columns = [scored.Schema[task.ForecastColumn], scored.Schema[task.ActualColumn]];
        using DataViewRowCursor cursor = scored.GetRowCursor(columns);
        ValueGetter<VBuffer<float>>[] getters = [.. columns.Select(cursor.GetGetter<VBuffer<float>>)];
        int size = ((VectorDataViewType)columns[0].Type).Size;
        float[] forecast = new float[size], actual = new float[size];
        VBuffer<float> value = default;
        while (cursor.MoveNext())
        {
            getters[1](ref value);
            value.CopyTo(actual);
            // What did not come to be need not be forecast.
            if (!TensorPrimitives.IsFiniteAll<float>(actual))
                continue;
            getters[0](ref value);
            value.CopyTo(forecast);
            if (TensorPrimitives.IsFiniteAll<float>(forecast))
                yield return (forecast, actual);
        }
    }
}
