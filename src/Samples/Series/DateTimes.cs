using Microsoft.Data.Analysis;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Series;

/// <summary>Times that are dates, all in one known form. Forecasts are written in the same form.</summary>
internal sealed class DateTimes : TimeAxis
{
    // Day, month and year differ.
    private static readonly DateTimeOffset Probe = new(2003, 1, 2, 0, 0, 0, TimeSpan.Zero);

    private readonly DateTimeOffset[] _times;
    private readonly TimeForm _form;

    private DateTimes(DateTimeOffset[] times, TimeForm form) => (_times, _form) = (times, form);

    public override bool IsDate => true;

    /// <summary>Whether a cell is a date in any known form.</summary>
    public static bool Looks(string cell) => TimeForms.Of(cell).Any();

    /// <summary>Reads dates in the form that the user named.</summary>
    public static DateTimes Read(CsvTable table, int column, string pattern)
    {
        var form = new PatternForm(pattern);
        List<string> cells = table.Cells[column];
        var times = new DateTimeOffset[cells.Count];
        int read = Read(cells, form, times);
        return read == times.Length
            ? new DateTimes(times, form)
            : throw new UserError($"{Place(table, column, read)}'{cells[read]}' is not a time of the form {form}, which --date-format gives.");
    }

    /// <summary>Reads dates in the known form that fits all of them; if several fit, the one with which the steps are regular.</summary>
    /// <param name="table">The file.</param>
    /// <param name="column">The column of the dates.</param>
    /// <param name="rows">The rows of one series.</param>
    /// <returns>Null: they are numbers that are not dates.</returns>
    public static DateTimes? Read(CsvTable table, int column, IReadOnlyList<int> rows)
    {
        List<string> cells = table.Cells[column];
        bool numbers = NumberColumn.IsNumber(cells[0]);
        var fitting = new List<DateTimes>();
        (int Row, TimeForm? Form) furthest = (-1, null);
        foreach (TimeForm form in TimeForms.Of(cells[0]))
        {
            var times = new DateTimeOffset[cells.Count];
            int read = Read(cells, form, times);
            if (read > furthest.Row)
                furthest = (read, form);
            if (read == times.Length && (numbers ? fitting.Count == 0 : !fitting.Exists(other => other.IsAs(times, form))))
                fitting.Add(new DateTimes(times, form));
        }

        return fitting switch
        {
            [] when numbers => null,
            [] => throw new UserError(
                $"{Place(table, column, furthest.Row)}'{cells[furthest.Row]}' is not a time of the form {furthest.Form}, unlike the rows before it."),
            [var only] => only,
            _ => MostRegular(fitting, rows) ?? throw Ambiguous(table, column, fitting),
        };
    }

    public override Rhythm Rhythm(IReadOnlyList<int> rows)
    {
        DateTimeOffset[] times = [.. rows.Select(row => _times[row])];
        if (Frequency.Of(times) is not { } frequency)
            return Series.Rhythm.Irregular;
        long[] steps = [.. times.Zip(times.Skip(1), (before, after) => frequency.StepsBetween(before, after)!.Value)];
        return new Rhythm(frequency.ToString(), frequency.Season)
        {
            Missing = steps.Sum(step => step - 1),
            Gaps = [.. steps.Index().Where(step => step.Item > 1).Select(step => (rows[step.Index], rows[step.Index + 1]))],
            After = count => After(frequency, times[^1], count),
        };
    }

    public override int Compare(int row, int other) => _times[row].CompareTo(_times[other]);

    public override DataFrameColumn Column(string name, IEnumerable<int> rows) =>
        new DateTimeDataFrameColumn(name, rows.Select(row => _times[row].UtcDateTime));

    public override double Position(int row) => _times[row].DateTime.ToOADate();

    public override string ToString() => _form.ToString()!;

    private string[] After(Frequency frequency, DateTimeOffset time, int steps)
    {
        var after = new string[steps];
        for (int step = 0; step < steps; step++)
            after[step] = _form.Write(time = frequency.Next(time)!.Value);
        return after;
    }

    // Whether the other form reads the same values here, and would for any date.
    private bool IsAs(DateTimeOffset[] times, TimeForm form) =>
        _times.AsSpan().SequenceEqual(times) && form.TryRead(_form.Write(Probe), out DateTimeOffset probe)
            && _form.TryRead(_form.Write(Probe), out DateTimeOffset own) && probe == own;

    private DateTime[] Clocks(IReadOnlyList<int> rows) => [.. rows.Select(row => _times[row].DateTime)];

    private static int Read(List<string> cells, TimeForm form, DateTimeOffset[] times)
    {
        int row = 0;
        while (row < times.Length && form.TryRead(cells[row], out times[row]))
            row++;
        return row;
    }

    // Dates that ascend or descend by one rule with the fewest gaps; null: no form is the best.
    private static DateTimes? MostRegular(List<DateTimes> fitting, IReadOnlyList<int> rows)
    {
        long? Missing(DateTimes times)
        {
            DateTime[] clocks = times.Clocks(rows);
            if (clocks.Length > 1 && clocks[^1] < clocks[0])
                Array.Reverse(clocks);
            return Frequency.Of(clocks) is { } frequency
                ? clocks.Zip(clocks.Skip(1), (before, after) => frequency.StepsBetween(Utc(before), Utc(after))!.Value - 1).Sum()
                : null;
        }

        (DateTimes Times, long Missing)[] regular = [.. fitting.Select(times => (times, Missing(times))).Where(pair => pair.Item2 is not null)
            .Select(pair => (pair.times, pair.Item2!.Value)).OrderBy(pair => pair.Value)];
        return regular is [var first] || regular is [_, var second, ..] && (first = regular[0]).Missing < second.Missing ? first.Times : null;
    }

    private static DateTimeOffset Utc(DateTime clock) => new(clock, TimeSpan.Zero);

    private static UserError Ambiguous(CsvTable table, int column, List<DateTimes> fitting)
    {
        int row = Math.Max(0, Array.FindIndex(fitting[0]._times, time => time.Day != time.Month));
        return new UserError($"{Place(table, column, row)}'{table.Cells[column][row]}' can have the form "
            + $"{string.Join(" or ", fitting.Select(times => times._form))}, and the steps between the rows do not decide. "
            + $"Name the form with {string.Join(" or ", fitting.Select(times => $"--date-format \"{times._form}\""))}.");
    }

    private static string Place(CsvTable table, int column, int row) => $"'{table.Path}', {table.Place(row)}, column '{table.Names.All[column]}': ";
}
