using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Estimators;

/// <summary>The rows that have a whole window. Nothing is read before a cursor moves, and only what it is asked for.</summary>
internal sealed class SlidingWindowView : IDataView
{
    private readonly IDataView _input;
    private readonly SlidingWindowTransformer _transformer;
    private readonly Lazy<Dictionary<string, long>>? _rows;

    public SlidingWindowView(IDataView input, DataViewSchema schema, SlidingWindowTransformer transformer)
    {
        (_input, Schema, _transformer) = (input, schema, transformer);
        if (transformer.Options.LabelColumn is { } label && input.Schema.GetColumnOrNull(label) is not null)
            _rows = new Lazy<Dictionary<string, long>>(() => LabelsAhead.Count(input, transformer));
    }

    // Rows must come in time order, so no cursor shuffles.
    public bool CanShuffle => false;

    public DataViewSchema Schema { get; }

    // How many rows stay is known only when all have been read.
    public long? GetRowCount() => null;

    public DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        var active = new bool[Schema.Count];
        foreach (DataViewSchema.Column column in columnsNeeded)
            active[column.Index] = true;
        SlidingWindowOptions options = _transformer.Options;
        IEnumerable<string> keys = new[] { options.SeriesColumn, options.TimeColumn }.OfType<string>();
        IEnumerable<DataViewSchema.Column> read = (active[_input.Schema.Count] ? options.Columns.Concat(keys) : keys)
            .Select(name => _input.Schema[name])
            .Concat(_input.Schema.Where(column => active[column.Index]))
            .DistinctBy(column => column.Index);
        return new SlidingWindowCursor(_input.GetRowCursor(read), (Schema, active), _transformer)
        {
            Rows = _rows,
            MakeLabels = () => new LabelsAhead(_input, _transformer.Options),
        };
    }

    // Parts of the rows would not know their history: one cursor serves, as ML.NET allows.
    public DataViewRowCursor[] GetRowCursorSet(IEnumerable<DataViewSchema.Column> columnsNeeded, int n, Random? rand = null) =>
        [GetRowCursor(columnsNeeded, rand)];
}

/// <summary>Goes from row to row with a whole window. Of each series the last steps are kept, in a ring.</summary>
internal sealed class SlidingWindowCursor : DataViewRowCursor
{
    private readonly DataViewRowCursor _input;
    private readonly DataViewSchema _schema;
    private readonly bool[] _active;
    private readonly SlidingWindowTransformer _transformer;
    private readonly SlidingWindowOptions _options;
    private LabelsAhead? _labels;
    private readonly Func<string>? _readKey;
    private readonly Func<string, string?>? _checkTime;
    private readonly (ChannelReader Read, int Start, int Count)[] _readers = [];
    private readonly Dictionary<string, History> _histories = new(StringComparer.Ordinal);
    private History _history = new();
    private string _key = "";
    private long _position = -1;

    public SlidingWindowCursor(DataViewRowCursor input, (DataViewSchema Schema, bool[] Active) outputs, SlidingWindowTransformer transformer)
    {
        (_input, (_schema, _active), _transformer, _options) = (input, outputs, transformer, transformer.Options);
        _readKey = _options.SeriesColumn is { } series ? KeyReader.Create(input, input.Schema[series]) : null;
        _checkTime = _options.TimeColumn is { } time ? TimeReader.CreateCheck(input, input.Schema[time]) : null;
        int start = 0;
        if (_active[input.Schema.Count])
        {
            _readers = [.. transformer.Window.Columns.Select(column =>
                (ChannelReaders.Create(input, input.Schema[column.Name]), (start += column.Channels.Count) - column.Channels.Count, column.Channels.Count))];
        }

        Channels = start;
    }

    /// <summary>The rows of each series in all, after which there are no labels; null: rows are not labelled.</summary>
    public required Lazy<Dictionary<string, long>>? Rows { get; init; }

    public required Func<LabelsAhead> MakeLabels { get; init; }

    public override long Position => _position;

    public override long Batch => _input.Batch;

    public override DataViewSchema Schema => _schema;

    // Where the present row's label is in its series.
    private long LabelStep => _history.Count - 1 + _options.Horizon;

    // Values of a step; 0 where no window is asked for.
    private int Channels { get; }

    public override bool IsColumnActive(DataViewSchema.Column column) => column.Index < _active.Length && _active[column.Index];

    public override ValueGetter<DataViewRowId> GetIdGetter() => _input.GetIdGetter();

    public override bool MoveNext()
    {
        while (_input.MoveNext())
        {
            if (_input.Position % 4096 == 0)
                _transformer.ThrowIfCanceled();
            long beyond = Read();
            if (beyond < 0 || beyond % _options.Stride != 0 || LabelStep >= Rows?.Value[_key])
                continue;
            _position++;
            return true;
        }

        _position = -1;
        return false;
    }

    public override ValueGetter<TValue> GetGetter<TValue>(DataViewSchema.Column column)
    {
        if (!IsColumnActive(column))
            throw new ArgumentOutOfRangeException(nameof(column), $"The column '{column.Name}' is not active in this cursor.");
        int added = column.Index - _input.Schema.Count;
        if (added < 0)
            return _input.GetGetter<TValue>(_input.Schema[column.Index]);
        Delegate getter = added == 0 ? (ValueGetter<VBuffer<float>>)Window : (ValueGetter<float>)Label;
        return getter as ValueGetter<TValue>
            ?? throw new InvalidOperationException($"The column '{column.Name}' is read as {typeof(TValue)}; it is {column.Type.RawType}.");
    }

    protected override void Dispose(bool disposing)
    {
        if (disposing)
        {
            _labels?.Dispose();
            _input.Dispose();
        }

        base.Dispose(disposing);
    }

    // Takes the row into its series; returns how many steps that has beyond a window, below 0 while too few.
    private long Read()
    {
        _key = _readKey?.Invoke() ?? "";
        if (_checkTime?.Invoke(_key) is { } problem)
        {
            string series = _readKey is null ? "" : $" (series '{_key}')";
            throw new InvalidOperationException(
                $"The time column '{_options.TimeColumn}' must ascend within a series: in row {_input.Position + 1}{series}, {problem}. Sort the rows by time and drop repeated ones.");
        }

        ref History? history = ref CollectionsMarshal.GetValueRefOrAddDefault(_histories, _key, out _);
        _history = history ??= new History { Steps = new float[_options.Context * Channels] };
        Span<float> step = _history.Steps.AsSpan((int)(_history.Count % _options.Context) * Channels, Channels);
        foreach ((ChannelReader read, int start, int count) in _readers)
            read(step.Slice(start, count));
        return ++_history.Count - _options.Context;
    }

    private void Window(ref VBuffer<float> value)
    {
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, _history.Steps.Length);
        // The oldest step lies where the next one will be written.
        ReadOnlySpan<float> steps = _history.Steps;
        int oldest = (int)(_history.Count % _options.Context) * Channels;
        steps[oldest..].CopyTo(editor.Values);
        steps[..oldest].CopyTo(editor.Values[^oldest..]);
        value = editor.Commit();
    }

    private void Label(ref float value) => value = Rows is null ? float.NaN : (_labels ??= MakeLabels()).At(_key, LabelStep);

    // The rows of a series so far, and the values of its last steps.
    private sealed class History
    {
        public float[] Steps { get; init; } = [];

        public long Count { get; set; }
    }
}
