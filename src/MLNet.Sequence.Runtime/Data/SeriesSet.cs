namespace MLNet.Sequence.Data;

/// <summary>One series: the rows of one key in time order, <see cref="SeriesSet.Channels"/> values each.</summary>
internal sealed class Series
{
    internal Series(string? key, int channels) => (Key, Rows) = (key, new SeriesRows(channels));

    /// <summary>The value of the series column; null if the data is one series without a key.</summary>
    public string? Key { get; }

    /// <summary>The number of rows added so far, which are the series' steps.</summary>
    public long Length => Rows.Count;

    /// <summary>The steps at its beginning that only lengthen it; they have no values.</summary>
    public long Padding { get; internal set; }

    internal SeriesRows Rows { get; }

    /// <summary>The value of a channel at a step, in the data's units; NaN if it is missing.</summary>
    public double this[long step, int channel] => Rows[step, channel];
}

/// <summary>
/// Series whose rows may be interleaved in the source. Uses the memory of its values, 4 bytes each if Single can hold them, otherwise 8.
/// With more than one series, or with steps without rows, it uses 8 further bytes per row to find a row of the source again.
/// </summary>
internal sealed class SeriesSet
{
    private readonly Dictionary<string, int> _byKey = new(StringComparer.Ordinal);
    private readonly List<Series> _series = [];
    private readonly List<int> _rowSeries = [];
    private readonly List<int> _rowStep = [];
    private bool _keepsPlaces;

    /// <summary>An empty set, to which rows are added.</summary>
    /// <param name="channelNames">A name for each channel, for messages.</param>
    public SeriesSet(IReadOnlyList<string> channelNames)
    {
        ArgumentNullException.ThrowIfNull(channelNames);
        ChannelNames = channelNames;
    }

    /// <summary>A name for each channel, [C], for messages.</summary>
    public IReadOnlyList<string> ChannelNames { get; }

    /// <summary>The number of values per row, C; at least 1.</summary>
    public int Channels => ChannelNames.Count;

    /// <summary>Whether <see cref="Locate"/> is called. Default true; otherwise no places are kept.</summary>
    public bool IsLocated { get; init; } = true;

    /// <summary>The series, in the order of their first rows.</summary>
    public IReadOnlyList<Series> Series => _series;

    /// <summary>The number of rows, over all series.</summary>
    public long RowCount { get; private set; }

    /// <summary>The series with this key; added if it is new.</summary>
    /// <param name="key">The key; null if there is one series without a key.</param>
    public Series GetOrAdd(string? key)
    {
        if (!_byKey.TryGetValue(key ?? "", out int index))
        {
            index = _series.Count;
            _byKey.Add(key ?? "", index);
            _series.Add(new Series(key, Channels));
            // From the second series on, rows are no longer at their position in the source.
            if (index == 1)
                KeepPlaces();
        }

        return _series[index];
    }

    /// <summary>Appends a row to a series, which begins with its first row.</summary>
    /// <param name="key">The series; null if there is only one.</param>
    /// <param name="values">One value per channel, [C]; NaN if it is missing.</param>
    /// <exception cref="ArgumentException">There are more or fewer values than channels.</exception>
    public void Add(string? key, ReadOnlySpan<float> values)
    {
        Span<double> wide = values.Length <= 256 ? stackalloc double[values.Length] : new double[values.Length];
        for (int i = 0; i < values.Length; i++)
            wide[i] = values[i];
        Add(key, wide);
    }

    /// <inheritdoc cref="Add(string, ReadOnlySpan{float})"/>
    public void Add(string? key, ReadOnlySpan<double> values)
    {
        if (values.Length != Channels)
            throw new ArgumentException($"A row has {Channels} values ({string.Join(", ", ChannelNames)}); found {values.Length}.", nameof(values));
        Series series = GetOrAdd(key);
        if (_keepsPlaces && IsLocated)
        {
            _rowSeries.Add(_byKey[key ?? ""]);
            _rowStep.Add((int)series.Length);
        }

        series.Rows.Add(values);
        RowCount++;
    }

    /// <summary>Appends steps to a series for which there are no rows.</summary>
    /// <param name="key">The series.</param>
    /// <param name="rows">The values of each.</param>
    public void AddSteps(string? key, IEnumerable<double[]> rows)
    {
        Series series = GetOrAdd(key);
        KeepPlaces();
        foreach (double[] values in rows)
            series.Rows.Add(values);
    }

    /// <summary>The first steps of each series.</summary>
    internal SeriesSet Head(Func<Series, long> steps)
    {
        var head = new SeriesSet(ChannelNames);
        var row = new double[Channels];
        foreach (Series series in _series)
        {
            head.GetOrAdd(series.Key).Padding = series.Padding;
            for (long step = 0; step < steps(series); step++)
            {
                series.Rows.CopyTo(step, row);
                head.Add(series.Key, row);
            }
        }

        return head;
    }

    /// <summary>The series and step of the row with number <paramref name="row"/>.</summary>
    /// <param name="row">From 0, over all series, in the order in which rows were added.</param>
    public (Series Series, long Step) Locate(long row) => !IsLocated ? throw new InvalidOperationException("No places are kept.")
        : !_keepsPlaces ? (_series[0], row) : (_series[_rowSeries[(int)row]], _rowStep[(int)row]);

    // The places of the rows so far, which belong to the first series.
    private void KeepPlaces()
    {
        for (long row = _rowSeries.Count; !_keepsPlaces && IsLocated && row < RowCount; row++)
        {
            _rowSeries.Add(0);
            _rowStep.Add((int)row);
        }

        _keepsPlaces = true;
    }
}
