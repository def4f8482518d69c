using System.Security.Cryptography;

namespace MLNet.Sequence.Data;

/// <summary>Rows in double, stored as Single as long as Single can hold every value: then they take half the memory.</summary>
internal sealed class SeriesRows(int width)
{
    private readonly RowBuffer<float> _narrow = new(width);
    private RowBuffer<double>? _wide;

    public long Count => _wide?.Count ?? _narrow.Count;

    public double this[long row, int channel] => _wide is null ? _narrow.Row(row)[channel] : _wide.Row(row)[channel];

    public void Add(ReadOnlySpan<double> values)
    {
        Span<float> narrow = values.Length <= 256 ? stackalloc float[values.Length] : new float[values.Length];
        bool fits = true;
        for (int i = 0; i < narrow.Length; i++)
        {
            narrow[i] = (float)values[i];
            fits &= double.IsNaN(values[i]) || narrow[i] == values[i];
        }

        if (!fits && _wide is null)
            _wide = Widened();
        if (_wide is null)
            _narrow.Add(narrow);
        else
            _wide.Add(values);
    }

    /// <summary>The distinct values of a channel.</summary>
    public HashSet<double> Distinct(int channel)
    {
        var values = new HashSet<double>();
        for (long row = 0; row < Count; row++)
            values.Add(this[row, channel]);
        return values;
    }

    /// <summary>Replaces the values of a channel by whole numbers up to 2^24.</summary>
    public void Replace(int channel, Func<double, int> replacement)
    {
        for (long row = 0; row < Count; row++)
        {
            int value = replacement(this[row, channel]);
            if (_wide is null)
                _narrow.Row(row)[channel] = value;
            else
                _wide.Row(row)[channel] = value;
        }
    }

    /// <summary>
    /// Copies the rows [<paramref name="start"/>, start + rows of <paramref name="destination"/>); of the last row, perhaps only the first channels.
    /// </summary>
    public void CopyTo(long start, Span<double> destination)
    {
        for (; !destination.IsEmpty; start++)
        {
            int count = Math.Min(width, destination.Length);
            if (_wide is not null)
            {
                _wide.Row(start)[..count].CopyTo(destination);
            }
            else
            {
                ReadOnlySpan<float> row = _narrow.Row(start);
                for (int i = 0; i < count; i++)
                    destination[i] = row[i];
            }

            destination = destination[count..];
        }
    }

    /// <summary>Adds all rows to a hash, as they are kept.</summary>
    public void AddTo(IncrementalHash hash)
    {
        _narrow.AddTo(hash);
        _wide?.AddTo(hash);
    }

    private RowBuffer<double> Widened()
    {
        var wide = new RowBuffer<double>(width);
        var row = new double[width];
        for (long i = 0; i < _narrow.Count; i++)
        {
            CopyTo(i, row);
            wide.Add(row);
        }

        _narrow.Clear();
        return wide;
    }
}
