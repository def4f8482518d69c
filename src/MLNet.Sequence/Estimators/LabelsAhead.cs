using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Estimators;

/// <summary>
/// The labels of rows of which each lies some steps ahead in its series: a second cursor over the data goes before the
/// first. What it passes on its way to a label it keeps, until that is asked for or passed over.
/// </summary>
internal sealed class LabelsAhead : IDisposable
{
    private readonly DataViewRowCursor _cursor;
    private readonly Func<string> _readKey;
    private readonly ChannelReader _read;
    private readonly Dictionary<string, Ahead> _ahead = new(StringComparer.Ordinal);

    public LabelsAhead(IDataView input, SlidingWindowOptions options)
    {
        DataViewSchema.Column label = input.Schema[options.LabelColumn!];
        DataViewSchema.Column[] series = Series(input, options);
        _cursor = input.GetRowCursor(series.Append(label).DistinctBy(column => column.Index));
        _read = ChannelReaders.Create(_cursor, label);
        _readKey = series is [var key] ? KeyReader.Create(_cursor, key) : () => "";
    }

    /// <summary>
    /// The number of rows of each series: nobody then looks to the end of the data for a label that there is not.
    /// </summary>
    public static Dictionary<string, long> Count(IDataView input, SlidingWindowTransformer transformer)
    {
        DataViewSchema.Column[] series = Series(input, transformer.Options);
        using DataViewRowCursor cursor = input.GetRowCursor(series);
        Func<string> readKey = series is [var key] ? KeyReader.Create(cursor, key) : () => "";
        var rows = new Dictionary<string, long>(StringComparer.Ordinal);
        while (cursor.MoveNext())
        {
            if (cursor.Position % 4096 == 0)
                transformer.ThrowIfCanceled();
            CollectionsMarshal.GetValueRefOrAddDefault(rows, readKey(), out _)++;
        }

        return rows;
    }

    /// <summary>The label of a step, from 0, of a series that has it. Of each series, steps are asked for in ascending order.</summary>
    public float At(string key, long step)
    {
        Ahead asked = Of(key);
        asked.Forget(step);
        while (asked.End <= step)
            ReadOne();
        return asked.Labels.Peek();
    }

    public void Dispose() => _cursor.Dispose();

    private void ReadOne()
    {
        if (!_cursor.MoveNext())
            throw new InvalidOperationException("The data has fewer rows when it is read for labels than when its rows are counted.");
        Span<float> label = stackalloc float[1];
        _read(label);
        Of(_readKey()).Add(label[0]);
    }

    private Ahead Of(string key)
    {
        ref Ahead? ahead = ref CollectionsMarshal.GetValueRefOrAddDefault(_ahead, key, out _);
        return ahead ??= new Ahead();
    }

    private static DataViewSchema.Column[] Series(IDataView input, SlidingWindowOptions options) =>
        options.SeriesColumn is { } name ? [input.Schema[name]] : [];

    // Labels of one series that have been read and may still be asked for.
    private sealed class Ahead
    {
        private long _needed;

        public Queue<float> Labels { get; } = new();

        // The step after the last one read.
        public long End { get; private set; }

        public void Add(float label)
        {
            if (End++ >= _needed)
                Labels.Enqueue(label);
        }

        public void Forget(long before)
        {
            for (_needed = before; Labels.Count > 0 && End - Labels.Count < before;)
                Labels.Dequeue();
        }
    }
}
