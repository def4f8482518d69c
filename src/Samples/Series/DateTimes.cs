using Microsoft.Data.Analysis;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series.Calendars;

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
        TimeSpan zone = _times[rows[^1]].Offset;
        Rhythm byClock = Of(rows, Clocks(rows), time => new DateTimeOffset(time, zone));
        if (rows.All(row => _times[row].Offset == zone))
            return byClock;
        // At the start and end of summer time, clocks jump; time does not.
        Rhythm byTime = Of(rows, [.. rows.Select(row => _times[row].UtcDateTime)], time => new DateTimeOffset(time).ToOffset(zone));
        return byTime.Rule is not null && (byClock.Rule is null || byTime.Missing < byClock.Missing) ? byTime : byClock;
    }

    public override int Compare(int row, int other) => _times[row].CompareTo(_times[other]);

    public override DataFrameColumn Column(string name, IEnumerable<int> rows) =>
        new DateTimeDataFrameColumn(name, rows.Select(row => _times[row].UtcDateTime));

    public override double Position(int row) => _times[row].DateTime.ToOADate();

    public override string ToString() => _form.ToString()!;

    private Rhythm Of(IReadOnlyList<int> rows, DateTime[] times, Func<DateTime, DateTimeOffset> zoned)
    {
        if (StepCalendar.Of(times) is not { } calendar)
            return Series.Rhythm.Irregular;
        return new Rhythm(calendar.ToString(), calendar.Season)
        {
            Missing = calendar.Missing(times),
            Gaps = [.. Enumerable.Range(1, times.Length - 1).Where(i => calendar.Steps(times[i - 1], times[i]) > 1).Select(i => (rows[i - 1], rows[i]))],
            After = steps => After(calendar, times[^1], steps, time => _form.Write(zoned(time))),
        };
    }

    private static string[] After(StepCalendar calendar, DateTime time, int steps, Func<DateTime, string> write)
    {
        var after = new string[steps];
        for (int step = 0; step < steps; step++)
            after[step] = write(time = calendar.After(time));
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
            return StepCalendar.Of(clocks)?.Missing(clocks);
        }

        (DateTimes Times, long Missing)[] regular = [.. fitting.Select(times => (times, Missing(times))).Where(pair => pair.Item2 is not null)
            .Select(pair => (pair.times, pair.Item2!.Value)).OrderBy(pair => pair.Value)];
        return regular is [var first] || regular is [_, var second, ..] && (first = regular[0]).Missing < second.Missing ? first.Times : null;
    }

    private static UserError Ambiguous(CsvTable table, int column, List<DateTimes> fitting)
    {
        int row = Math.Max(0, Array.FindIndex(fitting[0]._times, time => time.Day != time.Month));
        return new UserError($"{Place(table, column, row)}'{table.Cells[column][row]}' can have the form "
            + $"{string.Join(" or ", fitting.Select(times => times._form))}, and the steps between the rows do not decide. "
            + $"Name the form with {string.Join(" or ", fitting.Select(times => $"--date-format \"{times._form}\""))}.");
    }

    private static string Place(CsvTable table, int column, int row) => $"'{table.Path}', {table.Place(row)}, column '{table.Names.All[column]}': ";
}
