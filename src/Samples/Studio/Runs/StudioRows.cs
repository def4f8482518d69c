using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>The rows of a question: split in time, with their times as the file writes them.</summary>
internal sealed class StudioRows
{
    private const string Parts = "0.7,0.1,0.2";

    private readonly Split _split = Samples.Series.Split.Parse(Parts);
    private readonly Question _question;
    private readonly List<string>? _times;
    private readonly Dictionary<SeriesRows, double[]> _deviations = [];

    /// <exception cref="UserError">The file does not fit the question.</exception>
    public StudioRows(string path, Question question, int mostRows)
    {
        _question = question;
        string[] columns = [.. question.Targets, .. question.Inputs, .. question.Known];
        bool timeless = question.Time is "";
        Table = SeriesTable.Read(new DataSource(path, timeless ? null : question.Time, columns, question.Series)
        {
            FindsTime = !timeless,
            MostRows = mostRows,
        }, out CsvTable csv);
        IsCut = csv.IsCut;
        Split = new SplitTable(Table, _split, question.Context, question.Horizon, question.Planned);
        _times = Table.Source.Time is { } time ? csv.Cells[csv.Names.Find(time, "--time")] : null;
    }

    /// <summary>Whether not all rows were read.</summary>
    public bool IsCut { get; }

    public SeriesTable Table { get; }

    public SplitTable Split { get; }

    /// <summary>The number of training windows.</summary>
    public long Windows => Split.TrainCount - (long)Table.Series.Count * (_question.Context + _question.Horizon - 1);

    /// <summary>The times of rows as the file writes them; without a time column their numbers.</summary>
    public string[] Times(IReadOnlyList<int> rows) =>
        [.. rows.Select(row => _times?[row] ?? FormattableString.Invariant($"{row + 1}"))];

    /// <summary>The last rows of a series that a chart shows: the test, and the history of its first forecast.</summary>
    public int Shown(SeriesRows series)
    {
        int length = series.Rows.Count, known = length - _question.Planned;
        return Math.Min(length, length - _split.Ends(known).Validation + Math.Max(_question.Context, 2 * _question.Horizon));
    }

    /// <summary>The standard deviation of each target over the training rows of a series; 1 where it does not vary.</summary>
    public double[] Deviations(SeriesRows series)
    {
        if (_deviations.TryGetValue(series, out double[]? known))
            return known;
        int[] train = [.. series.Rows.Take(_split.Ends(series.Rows.Count - _question.Planned).Train)];
        return _deviations[series] = [.. Enumerable.Range(0, _question.Targets.Count).Select(target =>
        {
            double mean = train.Average(row => Table.Value(row, target));
            double variance = train.Average(row => (Table.Value(row, target) - mean) * (Table.Value(row, target) - mean));
            return variance > 0 ? Math.Sqrt(variance) : 1;
        })];
    }
}
