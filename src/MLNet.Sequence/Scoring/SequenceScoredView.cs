using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Onnx;

namespace MLNet.Sequence.Scoring;

/// <summary>The source of added columns: the rows' sequences.</summary>
internal interface IRowOutputs
{
    /// <summary>The columns that sequences are read from.</summary>
    IEnumerable<DataViewSchema.Column> Columns(DataViewSchema schema);

    /// <summary>Reads the sequences of a row or cursor.</summary>
    SequenceRow Read(DataViewRow row);

    /// <summary>The output of each row of a block.</summary>
    /// <param name="first">The first row of the block, from 0.</param>
    /// <param name="sequences">The sequences of its rows.</param>
    float[][] Outputs(long first, IReadOnlyList<double[]> sequences);

    /// <summary>The added columns as a part of the graph that ML.NET makes from a chain, for rows of this schema.</summary>
    OnnxRows ToOnnx(DataViewSchema schema);
}

/// <summary>Rows with columns added. Nothing is read before a cursor moves, and then only the requested columns.</summary>
internal sealed class SequenceScoredView(IDataView input, OutputSchema schema, IRowOutputs outputs) : AddingView(input, schema.Schema)
{
    protected override Func<OnnxRows> ToOnnx() => () => outputs.ToOnnx(Source.Schema);

    public override DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        bool[] active = Active(columnsNeeded);
        bool ahead = active.AsSpan(Source.Schema.Count).Contains(true);
        return new SequenceScoredCursor(Read(active, ahead ? outputs.Columns(Source.Schema) : []), (schema, active), outputs);
    }
}

/// <summary>
/// Reads rows block by block, so that the network runs on many at once. A block always has the same rows, so that every cursor gets the
/// same bits. If no added column of a block is requested, the block is read but not scored.
/// </summary>
internal sealed class SequenceScoredCursor : AddingCursor
{
    // Rows with very large other columns end a block early, so that it stays in memory.
    private const int Rows = 256, Values = 1 << 20, Bytes = 1 << 28;

    private readonly OutputSchema _schema;
    private readonly IRowOutputs _outputs;
    private readonly SequenceRow? _row;
    private readonly List<double[]> _sequences = new(Rows);
    private readonly List<int> _slots = new(Rows);
    private float[][]? _scores;
    private long _first;
    private int _index = -1;

    public SequenceScoredCursor(DataViewRowCursor input, (OutputSchema Schema, bool[] Active) schema, IRowOutputs outputs)
        : base(input, (schema.Schema.Schema, schema.Active), ahead: schema.Active.AsSpan(input.Schema.Count).Contains(true))
    {
        (_schema, _outputs) = (schema.Schema, outputs);
        if (schema.Active.AsSpan(input.Schema.Count).Contains(true))
            _row = outputs.Read(input);
    }

    public override long Position => _row is null ? Input.Position : _index < _slots.Count ? _first + _index : -1;

    public override bool MoveNext()
    {
        if (_row is null)
            return Input.MoveNext();
        if (++_index == _slots.Count)
            ReadBlock(_row);
        return PassOn(_index < _slots.Count ? _slots[_index] : null);
    }

    protected override Delegate Added(int index) => _schema.Getter(index, Output);

    private ReadOnlySpan<float> Output() => (_scores ??= _outputs.Outputs(_first, _sequences))[_index];

    private void ReadBlock(SequenceRow row)
    {
        (_first, _index, _scores) = (_first + _slots.Count, 0, null);
        _slots.Clear();
        _sequences.Clear();
        long bytes = 0;
        for (int values = 0; _slots.Count < Rows && values < Values && bytes < Bytes && Input.MoveNext(); values += _sequences[^1].Length)
        {
            _sequences.Add(row.Read().ToArray());
            _slots.Add(Keep());
            bytes += CopiedBytes;
        }
    }
}
