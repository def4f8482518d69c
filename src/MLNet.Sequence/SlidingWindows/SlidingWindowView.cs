using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Onnx;

namespace MLNet.Sequence.SlidingWindows;

/// <summary>The rows that have a whole window. Nothing is read before a cursor moves, and then only the requested columns.</summary>
internal sealed class SlidingWindowView(IDataView input, DataViewSchema schema, SlidingWindowTransformer transformer) : AddingView(input, schema)
{
    protected override Func<OnnxRows> ToOnnx() => throw new NotSupportedException(
        "ml.Model.ConvertToOnnx cannot convert a chain with sliding windows, which read several rows: convert the transforms after them separately, with "
            + "the windows as their input.");

    // The number of kept rows is known only when all rows have been read.
    public override long? GetRowCount() => null;

    public override DataViewRowCursor GetRowCursor(IEnumerable<DataViewSchema.Column> columnsNeeded, Random? rand = null)
    {
        bool[] active = Active(columnsNeeded);
        SlidingWindowOptions options = transformer.Options;
        DataViewSchema.Column? label = options.LabelColumnName is { } name ? Source.Schema.GetColumnOrNull(name) : null;
        List<string> needed = [.. new[] { options.SeriesColumnName, options.TimeColumnName }.OfType<string>()];
        if (active[Source.Schema.Count])
            needed.AddRange(options.Columns);
        if (label is not null && active[^1])
            needed.Add(options.LabelColumnName!);
        return new SlidingWindowCursor(Read(active, needed.Select(column => Source.Schema[column])), (Schema, active), transformer, label);
    }
}

/// <summary>
/// Goes from row to row with a whole window. A ring keeps the last steps of each series. If rows are labelled by a later one, it also
/// keeps copies of the rows whose label has not come yet: a row is passed on when its label comes.
/// </summary>
internal sealed class SlidingWindowCursor : AddingCursor
{
    private readonly SlidingWindowTransformer _transformer;
    private readonly SlidingWindowOptions _options;
    private readonly int _lag;
    private readonly Func<string>? _readKey;
    private readonly Func<string, string?>? _checkTime;
    private readonly (Action<Span<double>> Read, int Start, int Count)[] _readers = [];
    private readonly Action<Span<double>>? _readLabel;
    private readonly string[] _names;
    private readonly double[] _row;
    private readonly Dictionary<string, History> _histories = new(StringComparer.Ordinal);
    private readonly int _channels;
    private History _history = new() { Moments = new ChannelMoments(0) };
    private long _position = -1;

    public SlidingWindowCursor(
        DataViewRowCursor input, (DataViewSchema Schema, bool[] Active) outputs, SlidingWindowTransformer transformer, DataViewSchema.Column? label)
        : base(input, outputs, ahead: label is not null && transformer.Options.Horizon > 0)
    {
        (_transformer, _options) = (transformer, transformer.Options);
        _lag = label is null ? 0 : _options.Horizon;
        _readKey = _options.SeriesColumnName is { } series ? KeyReader.Create(input, input.Schema[series]) : null;
        _checkTime = _options.TimeColumnName is { } time ? TimeReader.CreateCheck(input, input.Schema[time]).Next : null;
        int start = 0;
        if (outputs.Active[input.Schema.Count])
        {
            _readers = [.. transformer.Window.Columns.Select(column =>
                (ChannelReaders.CreateDouble(input, input.Schema[column.Name]), (start += column.Channels.Count) - column.Channels.Count,
                    column.Channels.Count))];
        }

        _channels = start;
        if (label is { } read && outputs.Active[^1])
            _readLabel = ChannelReaders.CreateDouble(input, read);
        _names = [.. _channels > 0 ? transformer.Window.Columns.SelectMany(column => column.Channels) : [],
            .. _readLabel is null ? Array.Empty<string>() : [_options.LabelColumnName!]];
        _row = new double[_names.Length];
    }

    public override long Position => _position;

    public override bool MoveNext()
    {
        while (Input.MoveNext())
        {
            if (Input.Position % 4096 == 0)
                _transformer.ThrowIfCanceled();
            _history = Read();
            if (_lag > 0 && Passes(_history.Count))
                _history.Waiting.Enqueue(Keep());
            if (!Passes(_history.Count - _lag))
                continue;
            // The first row shows the level; rarer cases show at the end of the data.
            if (_position++ < 0)
                Warn();
            return _lag == 0 || PassOn(_history.Waiting.Dequeue());
        }

        Warn();
        PassOn(null);
        _position = -1;
        return false;
    }

    protected override Delegate Added(int index) => index == 0 ? (ValueGetter<VBuffer<float>>)Window : (ValueGetter<float>)Label;

    // Whether the last of this number of rows of a series has a whole window, and is kept.
    private bool Passes(long count) => count >= _options.Context && (count - _options.Context) % _options.Stride == 0;

    // Adds the row to its series.
    private History Read()
    {
        string key = _readKey?.Invoke() ?? "";
        if (_checkTime?.Invoke(key) is { } problem)
        {
            string series = _readKey is null ? "" : $" (series '{key}')";
            throw new InvalidOperationException(
                $"The time column '{_options.TimeColumnName}' must ascend within a series: in row {Input.Position + 1}{series}, {problem}. Sort the rows by "
                    + "time and drop repeated ones.");
        }

        ref History? history = ref CollectionsMarshal.GetValueRefOrAddDefault(_histories, key, out _);
        history ??= new History { Steps = new float[(_options.Context + _lag) * _channels], Moments = new ChannelMoments(_row.Length) };
        foreach ((Action<Span<double>> read, int start, int count) in _readers)
            read(_row.AsSpan(start, count));
        _readLabel?.Invoke(_row.AsSpan(_channels));
        Span<float> step = history.Steps.AsSpan(Place(history.Count), _channels);
        for (int channel = 0; channel < step.Length; channel++)
            step[channel] = (float)_row[channel];
        history.Moments.Add(_row);
        history.Count++;
        return history;
    }

    // Windows and labels are Single: warns if that is too coarse for a series.
    private void Warn()
    {
        CoarseChannel? Worst(History history) => SingleSpacing.Worst(_names, new SeriesScaling(history.Moments.ToScaling(), []));
        if (_histories.Values.Select(Worst).OfType<CoarseChannel>().MaxBy(coarse => coarse.Spacing / coarse.Deviation) is { } worst)
            _transformer.Warn(worst);
    }

    // The index in the ring of a step of a series.
    private int Place(long step) => (int)(step % (_options.Context + _lag)) * _channels;

    private void Window(ref VBuffer<float> value)
    {
        VBufferEditor<float> editor = VBufferEditor.Create(ref value, _options.Context * _channels);
        ReadOnlySpan<float> steps = _history.Steps.AsSpan(Place(_history.Count - _lag - _options.Context));
        steps = steps[..Math.Min(steps.Length, editor.Values.Length)];
        steps.CopyTo(editor.Values);
        _history.Steps.AsSpan(0, editor.Values.Length - steps.Length).CopyTo(editor.Values[steps.Length..]);
        value = editor.Commit();
    }

    private void Label(ref float value) => value = _readLabel is null ? float.NaN : (float)_row[^1];

    // The rows of a series so far, its level, the values of its last steps, and copies of the rows that wait for their label.
    private sealed class History
    {
        public float[] Steps { get; init; } = [];

        public required ChannelMoments Moments { get; init; }

        public Queue<int> Waiting { get; } = new();

        public long Count { get; set; }
    }
}
