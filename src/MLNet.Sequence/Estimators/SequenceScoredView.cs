using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Estimators;

/// <summary>What columns that are added to rows are made of.</summary>
internal interface IRowOutputs : IDisposable
{
    /// <summary>The values of a row at or after those asked for before; they stay until the next call.</summary>
    ReadOnlySpan<float> Output(long position);
}

/// <summary>
/// Rows with columns added. Nothing is read before a cursor asks for one of these. Scores come from a second cursor that
/// reads ahead in the columns of sequences, so that the network runs on blocks of rows.
/// </summary>
internal sealed class SequenceScoredView(IDataView input, OutputSchema outputs, Func<IRowOutputs> makeOutputs) : IDataView
{
    // What is added is known by the row's number; a second cursor must see the rows in the order of the first.
    public bool CanShuffle => false;

    public DataViewSchema Schema => outputs.Schema;

    public long? GetRowCount() => input.GetRowCount();

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        bool[] active = outputs.Active(columnsNeeded);
        DataViewRowCursor passed = input.GetRowCursor(input.Schema.Where(column => active[column.Index]));
        return new SequenceScoredCursor(passed, (outputs, active), makeOutputs);
    }

    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}

/// <summary>Passes the input's rows on and adds the columns.</summary>
internal sealed class SequenceScoredCursor(
    DataViewRowCursor input, (OutputSchema Schema, bool[] Active) outputs, Func<IRowOutputs> makeOutputs) : DataViewRowCursor
{
    private IRowOutputs? _outputs;
    private long _row = -1;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override DataViewSchema Schema => outputs.Schema.Schema;

    public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < outputs.Active.Length && outputs.Active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override bool MoveNext()
    {
        _row++;
        return input.MoveNext();
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column) => IsColumnActive(column)
        ? outputs.Schema.Getter<TValue>(input, column, () => (_outputs ??= makeOutputs()).Output(_row))
        : throw new ArgumentOutOfRangeException(nameof(column), $"The column '{column.Name}' is not active in this cursor.");

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _outputs?.Dispose();
            input.Dispose();
        }

        base.Dispose(disposing);
    }
}

/// <summary>
/// The scores of a view's rows, block by block. A block is always the same rows, so that every cursor gets the same bits.
/// Blocks that nobody asks for are read, but not scored.
/// </summary>
internal sealed class SequenceBlocks : IRowOutputs
{
    private const int Rows = 256, Values = 1 << 20;

    private readonly RowScoring _scoring;
    private readonly DataViewRowCursor _cursor;
    private readonly SequenceRow _row;
    private readonly List<float[]> _sequences = new(Rows);
    private float[][]? _scores;
    private long _first;

    public SequenceBlocks(IDataView input, RowScoring scoring)
    {
        _scoring = scoring;
        _cursor = input.GetRowCursor(scoring.Columns(input.Schema));
        _row = scoring.Read(_cursor);
    }

    /// <inheritdoc/>
    public ReadOnlySpan<float> Output(long position)
    {
        while (position >= _first + _sequences.Count)
            ReadBlock(position);
        _scores ??= _scoring.Scorer.Score(_sequences);
        return _scores[(int)(position - _first)];
    }

    public void Dispose() => _cursor.Dispose();

    private void ReadBlock(long wanted)
    {
        _scoring.ThrowIfCanceled();
        _first += _sequences.Count;
        _sequences.Clear();
        _scores = null;
        for (int values = 0; _sequences.Count < Rows && values < Values && _cursor.MoveNext(); values += _sequences[^1].Length)
            _sequences.Add(_row.Read().ToArray());
        if (_sequences.Count == 0)
            throw new InvalidOperationException($"The data has {_first} rows when it is read for its sequences, and more than {wanted} when it is read for its other columns.");
    }
}
