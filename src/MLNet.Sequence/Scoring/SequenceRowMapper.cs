using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;

namespace MLNet.Sequence.Scoring;

/// <summary>Maps single rows, for a PredictionEngine. Holds no state.</summary>
internal sealed class SequenceRowMapper(OutputSchema outputs, IRowOutputs scoring) : IRowToRowMapper
{
    public DataViewSchema InputSchema => outputs.Input;

    public DataViewSchema OutputSchema => outputs.Schema;

    public IEnumerable<DataViewSchema.Column> GetDependencies(IEnumerable<DataViewSchema.Column> dependingColumns)
    {
        bool[] active = outputs.Active(dependingColumns);
        if (Array.IndexOf(active, true, InputSchema.Count) >= 0)
        {
            foreach (DataViewSchema.Column column in scoring.Columns(InputSchema))
                active[column.Index] = true;
        }

        return InputSchema.Where(column => active[column.Index]);
    }

    public DataViewRow GetRow(DataViewRow input, IEnumerable<DataViewSchema.Column> activeColumns)
    {
        ArgumentNullException.ThrowIfNull(input);
        return new SequenceMappedRow(input, (outputs, outputs.Active(activeColumns)), scoring);
    }
}

/// <summary>A row with its scores, which are computed once for each position of the row.</summary>
internal sealed class SequenceMappedRow(DataViewRow input, (OutputSchema Schema, bool[] Active) outputs, IRowOutputs scoring) : DataViewRow
{
    private SequenceRow? _row;
    private float[] _scores = [];
    private long _scored = -1;

    public override long Position => input.Position;

    public override long Batch => input.Batch;

    public override DataViewSchema Schema => outputs.Schema.Schema;

    public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < outputs.Active.Length && outputs.Active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => input.GetIdGetter();

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new ArgumentOutOfRangeException(nameof(column), $"The column '{column.Name}' is not active in this row.");
        if (outputs.Schema.IsAdded(column))
            _row ??= scoring.Read(input);
        return outputs.Schema.Getter<TValue>(input, column, Output);
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
            input.Dispose();
        base.Dispose(disposing);
    }

    private ReadOnlySpan<float> Output()
    {
        if (_scored != Position)
        {
            _scores = scoring.Outputs(0, [_row!.Read().ToArray()])[0];
            _scored = Position;
        }

        return _scores;
    }
}
