using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Samples.Output;

/// <summary>Reads the column of forecasts.</summary>
internal static class ForecastValues
{
    private const string Column = "Forecast";

    /// <summary>The forecasts at some rows, [horizon × targets] each; NaN where the history is too short.</summary>
    public static IReadOnlyList<float[]> At(IDataView scored, IReadOnlySet<long> rows) => [.. Read(scored, rows.Contains)];

    /// <summary>Whether two views hold the same forecasts, bit for bit.</summary>
    public static bool AreEqual(IDataView scored, IDataView other)
    {
        using IEnumerator<float[]> left = Read(scored, _ => true).GetEnumerator(), right = Read(other, _ => true).GetEnumerator();
        while (left.MoveNext())
        {
            if (!right.MoveNext() || !MemoryMarshal.AsBytes(left.Current.AsSpan()).SequenceEqual(MemoryMarshal.AsBytes(right.Current.AsSpan())))
                return false;
        }

        return !right.MoveNext();
    }

    private static IEnumerable<float[]> Read(IDataView scored, Func<long, bool> wanted)
    {
        using DataViewRowCursor cursor = scored.GetRowCursor([scored.Schema[Column]]);
        ValueGetter<VBuffer<float>> get = cursor.GetGetter<VBuffer<float>>(scored.Schema[Column]);
        VBuffer<float> values = default;
        while (cursor.MoveNext())
        {
            if (!wanted(cursor.Position))
                continue;
            get(ref values);
            yield return [.. values.DenseValues()];
        }
    }
}
