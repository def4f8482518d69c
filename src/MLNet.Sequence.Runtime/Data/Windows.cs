using System.Runtime.InteropServices;
using System.Security.Cryptography;

namespace MLNet.Sequence.Data;

/// <summary>A window: the <c>context</c> steps that end with <paramref name="Origin"/>, and the <c>horizon</c> steps after it.</summary>
/// <param name="Series">The series that all steps of the window belong to.</param>
/// <param name="Origin">The last step of the context, counted from 0 in the series.</param>
internal readonly record struct Window(Series Series, long Origin);

/// <summary>
/// The windows over a set of series, as a computed list: its memory depends on the number of series, not on the number of windows.
/// </summary>
internal sealed class Windows
{
    private readonly Series[] _series;
    private readonly long[] _firstOrigin;
    private readonly long[] _endIndex;
    private readonly int _stride;

    private Windows(List<(Series Series, long First, long Last)> ranges, int stride)
    {
        _stride = stride;
        _series = [.. ranges.Select(range => range.Series)];
        _firstOrigin = [.. ranges.Select(range => range.First)];
        _endIndex = new long[ranges.Count];
        long end = 0;
        for (int i = 0; i < ranges.Count; i++)
            _endIndex[i] = end += (ranges[i].Last - ranges[i].First) / stride + 1;
        Count = end;
    }

    /// <summary>The number of windows, over all series.</summary>
    public long Count { get; }

    /// <summary>The window at <paramref name="index"/>; series after series, origins ascending.</summary>
    public Window this[long index]
    {
        get
        {
            int i = Array.BinarySearch(_endIndex, index + 1);
            i = i >= 0 ? i : ~i;
            long start = i == 0 ? 0 : _endIndex[i - 1];
            return new Window(_series[i], _firstOrigin[i] + (index - start) * _stride);
        }
    }

    /// <summary>Steps between neighbouring windows of a series.</summary>
    internal int Stride => _stride;

    /// <summary>Series that have at least one window.</summary>
    internal int SeriesCount => _series.Length;

    /// <summary>These series, with the first and the last origin of each.</summary>
    internal IEnumerable<(Series Series, long First, long Last)> Ranges => _series.Select((series, i) =>
        (series, _firstOrigin[i], _firstOrigin[i] + (_endIndex[i] - (i == 0 ? 0 : _endIndex[i - 1]) - 1) * _stride));

    /// <summary>All windows whose context and horizon are within their series.</summary>
    /// <param name="set">The series.</param>
    /// <param name="shape">Context, horizon and stride.</param>
    public static Windows Over(SeriesSet set, WindowShape shape)
    {
        ArgumentNullException.ThrowIfNull(set);
        return Between(set, shape, _ => shape.Context - 1, series => series.Length - 1 - shape.Horizon);
    }

    /// <summary>
    /// Splits each series in time: windows whose horizon ends before the second part, and windows whose horizon is in it. No step is predicted in both.
    /// </summary>
    /// <param name="set">The series.</param>
    /// <param name="shape">Context, horizon and stride.</param>
    /// <param name="cut">The first step of the second part of a series.</param>
    public static (Windows Head, Windows Tail) Split(SeriesSet set, WindowShape shape, Func<Series, long> cut)
    {
        ArgumentNullException.ThrowIfNull(set);
        return (
            Between(set, shape, _ => shape.Context - 1, series => cut(series) - 1 - shape.Horizon),
            Between(set, shape, series => Math.Max(shape.Context, cut(series)) - 1, series => series.Length - 1 - shape.Horizon));
    }

    /// <inheritdoc cref="Split(SeriesSet, WindowShape, Func{Series, long})"/>
    /// <param name="set">The series.</param>
    /// <param name="shape">Context, horizon and stride.</param>
    /// <param name="tail">The share of the steps of each series in the second part, in (0, 1).</param>
    public static (Windows Head, Windows Tail) Split(SeriesSet set, WindowShape shape, double tail) => Split(set, shape, series => Cut(series.Length, tail));

    /// <summary>The windows in whose horizon no target is missing.</summary>
    /// <param name="horizon">Steps of the horizon.</param>
    /// <param name="targets">The number of targets, the first channels.</param>
    public Windows WithAllTargets(int horizon, int targets)
    {
        var ranges = new List<(Series, long, long)>();
        var row = new double[targets];
        foreach ((Series series, long first, long last) in Ranges)
        {
            // The first step after which all targets are known, so far.
            long whole = first + 1;
            for (long step = first + 1; step <= last + horizon; step++)
            {
                series.Rows.CopyTo(step, row);
                if (row.AsSpan().IndexOf(double.NaN) >= 0)
                    whole = step + 1;
                long origin = step - horizon;
                if (origin < first || whole > origin + 1 || (origin - first) % _stride != 0)
                    continue;
                if (ranges is [.., var (of, start, end)] && of == series && end + _stride == origin)
                    ranges[^1] = (of, start, origin);
                else
                    ranges.Add((series, origin, origin));
            }
        }

        return new Windows(ranges, _stride);
    }

    /// <summary>The first step of the tail of a series.</summary>
    internal static long Cut(long length, double tail) => length - Math.Max(1, (long)Math.Round(length * tail));

    /// <summary>Adds the series and the choice of their windows to a hash.</summary>
    internal void AddTo(IncrementalHash hash)
    {
        hash.AppendData(BitConverter.GetBytes(_stride));
        hash.AppendData(MemoryMarshal.AsBytes(_firstOrigin.AsSpan()));
        hash.AppendData(MemoryMarshal.AsBytes(_endIndex.AsSpan()));
        foreach (Series series in _series)
        {
            hash.AppendData(MemoryMarshal.AsBytes(series.Key.AsSpan()));
            hash.AppendData(BitConverter.GetBytes(series.Length));
            series.Rows.AddTo(hash);
        }
    }

    private static Windows Between(SeriesSet set, WindowShape shape, Func<Series, long> first, Func<Series, long> last)
    {
        var ranges = new List<(Series, long, long)>();
        foreach (Series series in set.Series)
        {
            long from = first(series), to = last(series);
            if (from <= to)
                ranges.Add((series, from, to));
        }

        return new Windows(ranges, shape.Stride);
    }
}

/// <summary>The size of windows and the steps between them.</summary>
/// <param name="Context">Steps that the model sees, the origin included as the last one; at least 1.</param>
/// <param name="Horizon">Steps after them that it predicts; 0 or more.</param>
/// <param name="Stride">Steps between the origins of neighbouring windows; at least 1. Default 1.</param>
internal readonly record struct WindowShape(int Context, int Horizon, int Stride = 1);
