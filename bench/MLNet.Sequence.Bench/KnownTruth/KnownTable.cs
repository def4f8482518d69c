using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Bench.KnownTruth;

/// <summary>A target over time, its inputs, and the best forecast of each step from the past.</summary>
/// <param name="Path">The target and its best forecasts.</param>
/// <param name="Inputs">[steps][inputs]; empty: none.</param>
internal sealed record KnownTable(KnownPath Path, float[][] Inputs)
{
    public KnownTable(KnownPath path) : this(path, [])
    {
    }

    /// <summary>A range of rows, with the columns Y and, if there are inputs, X.</summary>
    public IDataView View(MLContext ml, int from, int to)
    {
        Row[] rows = [.. Enumerable.Range(from, to - from).Select(t => new Row { Time = t, Y = Path.Values[t], X = Inputs.Length > 0 ? Inputs[t] : [0] })];
        var schema = SchemaDefinition.Create(typeof(Row));
        schema[nameof(Row.X)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, rows[0].X.Length);
        return ml.Data.LoadFromEnumerable(rows, schema);
    }

    private sealed class Row
    {
        public float Time { get; set; }

        public double Y { get; set; }

        public float[] X { get; set; } = [];
    }
}
