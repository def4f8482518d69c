using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Onnx;

namespace MLNet.Sequence.Forecasts;

/// <summary>
/// Rows with their forecasts. Nothing is read before a cursor moves, and then only the requested columns. Forecasts are computed in
/// blocks of rows.
/// </summary>
internal sealed class ForecastingView(IDataView input, DataViewSchema schema, ForecastingTransformer transformer) : AddingView(input, schema)
{
    /// <summary>Whether a row, by its series and its place among the rows of it, gets a forecast; null, the default: all rows do.</summary>
    public Func<string?, long, bool>? IsOrigin { get; init; }

    protected override Func<OnnxRows> ToOnnx() => throw new NotSupportedException(
        "ml.Model.ConvertToOnnx cannot convert a chain with a forecaster, which reads several rows: write the forecaster with Model.SaveOnnx of its "
            + "transformer, and convert the transforms before it separately.");

    public override DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        bool[] active = Active(columnsNeeded);
        IEnumerable<DataViewSchema.Column> needed = ForecastingCursor.Forecasts(active, Source.Schema)
            ? SeriesReader.Columns(Source.Schema, transformer.Task) : [];
        return new ForecastingCursor(
            Read(active, needed), (Schema, active), transformer, new SeriesReading(Advice, IsOrigin));
    }

    private string Advice()
    {
        using HostCancellation cancellation = transformer.LinkCancellation();
        return TimeOrder.Advice(Source, transformer.Task, cancellation);
    }
}

/// <summary>
/// Passes rows on and adds forecasts and actual values. For forecasts it reads one block ahead. For the steps after a row it reads
/// until they are there: a horizon ahead. For the last rows of a series it reads to the end of the data, if other series follow: only
/// then it is certain that these steps do not exist.
/// </summary>
internal sealed class ForecastingCursor : AddingCursor
{
    private readonly ForecastingTransformer _transformer;
    private readonly ForecastPart[] _parts;
    private readonly ForecastBlocks? _blocks;
    private readonly SeriesRow? _row;
    private readonly Queue<int> _ahead = new();
    private ForecastBlock? _block;
    private long _position = -1;
    private bool _ended;

    public ForecastingCursor(
        DataViewRowCursor input, (DataViewSchema Schema, bool[] Active) outputs, ForecastingTransformer transformer, SeriesReading reading)
        : base(input, outputs, Forecasts(outputs.Active, input.Schema))
    {
        (_transformer, _parts) = (transformer, ForecastPart.Of(transformer.Task));
        if (Forecasts(outputs.Active, input.Schema))
            (_blocks, _row) = (new ForecastBlocks(transformer, reading.IsOrigin), new SeriesRow(input, transformer.Task) { Advice = reading.Advice });
    }

    public override long Position => _row is null ? Input.Position : _position;

    /// <summary>Whether a column after those of the rows is requested.</summary>
    public static bool Forecasts(bool[] active, DataViewSchema input) => active.AsSpan(input.Count).Contains(true);

    public override bool MoveNext()
    {
        if (_blocks is null)
            return Input.MoveNext();
        long next = _position + 1;
        if (next % ForecastBlocks.Rows == 0)
            ReadUntil(() => _blocks.RowCount >= next + ForecastBlocks.Rows);
        bool passes = PassOn(_ahead.TryDequeue(out int slot) ? slot : null);
        _position = passes ? _position + 1 : -1;
        return passes;
    }

    protected override Delegate Added(int index)
    {
        ValueGetter<VBuffer<float>> getter = index < _parts.Length ? (ref VBuffer<float> value) => Forecast(_parts[index], ref value) : Actual;
        return getter;
    }

    private void ReadUntil(Func<bool> enough)
    {
        while (!_ended && !enough())
        {
            _ended = !Input.MoveNext();
            if (_ended)
                return;
            _row!.Read();
            _blocks!.Add(_row);
            _ahead.Enqueue(Keep());
        }
    }

    /// <summary>
    /// Reads an added column in double, before its conversion to Single. Null if the cursor does not add the column, or if Single is fine
    /// enough: then metrics are computed from the values in the columns.
    /// </summary>
    public Action<double[]>? InDouble(DataViewSchema.Column column) => !_transformer.IsCoarse ? null : (column.Index - Input.Schema.Count) switch
    {
        >= 0 and var part when part < _parts.Length => values => _parts[part].Take(Present(), values),
        var actual when actual == _parts.Length => values => Followed(values),
        _ => null,
    };

    protected override void Dispose(bool disposing)
    {
        // All series that were read are known by now.
        if (disposing && _block is not null)
            _transformer.Warn(_blocks!.Unknown, _row!.UnknownKeys);
        if (disposing)
            _blocks?.Dispose();
        base.Dispose(disposing);
    }

    private void Forecast(ForecastPart part, ref VBuffer<float> value)
    {
        var values = new double[part.Size];
        part.Take(Present(), values);
        Narrow(values, ref value);
    }

    private void Actual(ref VBuffer<float> value)
    {
        var actual = new double[_blocks!.ActualSize];
        Followed(actual);
        Narrow(actual, ref value);
    }

    private ReadOnlySpan<double> Present()
    {
        if (_block?.Holds(_position) == true)
            return _block.Row(_position);
        long first = _position / ForecastBlocks.Rows * ForecastBlocks.Rows;
        for (long block = _blocks!.Next ?? first; block <= first; block += ForecastBlocks.Rows)
            _block = Compute(block);
        return _block!.Row(_position);
    }

    private ForecastBlock Compute(long first)
    {
        // The known inputs of the steps ahead of all rows of the block.
        for (long row = first; _blocks!.ReadsAhead && row < Math.Min(first + ForecastBlocks.Rows, _blocks.RowCount); row++)
            ReadUntil(() => !_blocks.Awaits(row));
        return _blocks!.Compute(first);
    }

    private void Followed(Span<double> values)
    {
        ReadUntil(() => !_blocks!.Awaits(_position));
        _blocks!.Actual(_position, values);
    }

    private static void Narrow(ReadOnlySpan<double> from, ref VBuffer<float> value)
    {
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, from.Length);
        for (int i = 0; i < from.Length; i++)
            editor.Values[i] = (float)from[i];
        value = editor.Commit();
    }
}

/// <summary>How a cursor of forecasts reads series.</summary>
/// <param name="Advice">The advice in the message about a time that does not ascend.</param>
/// <param name="IsOrigin">Whether a row gets a forecast; null: all rows do.</param>
internal sealed record SeriesReading(Func<string> Advice, Func<string?, long, bool>? IsOrigin);
