using System.Globalization;
using Microsoft.Data.Analysis;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Series;

/// <summary>Times that are numbers: years, seconds, or a count of steps; exact, as they are written.</summary>
internal sealed class NumberTimes : TimeAxis
{
    private readonly decimal[] _times;
    private readonly int _decimals;

    private NumberTimes(decimal[] times) => (_times, _decimals) = (times, times.Max(time => time.Scale));

    public static NumberTimes Read(CsvTable table, int column) => new([.. table.Cells[column].Select((cell, row) =>
        decimal.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal time) || table.Numbers.TryRead(cell, column, out double number)
            && decimal.TryParse(number.ToString("R", CultureInfo.InvariantCulture), NumberStyles.Float, CultureInfo.InvariantCulture, out time)
            ? time
            : throw new UserError($"'{table.Path}', {table.Place(row)}, column '{table.Names.All[column]}': '{cell}' is not a number of a usual size, unlike "
                + "the times in the rows before it."))]);

    public override int Compare(int row, int other) => _times[row].CompareTo(_times[other]);

    public override DataFrameColumn Column(string name, IEnumerable<int> rows) => new DoubleDataFrameColumn(name, rows.Select(row => (double)_times[row]));

    public override double Position(int row) => (double)_times[row];

    public override Rhythm Rhythm(IReadOnlyList<int> rows)
    {
        if (rows.Count < 2)
            return Series.Rhythm.Irregular;
        decimal[] times = [.. rows.Select(row => _times[row])], steps = [.. times.Zip(times.Skip(1), (before, after) => after - before)];
        // Numbers rounded to their last digit, such as thirds.
        decimal mean = (times[^1] - times[0]) / steps.Length, digit = new(1, 0, 0, false, (byte)_decimals);
        bool even = steps.All(step => Math.Abs(step - mean) <= digit) && steps.Min() > 0;
        decimal unit = even && _decimals > 0 ? mean : steps.CountBy(step => step).MaxBy(counted => counted.Value).Key;
        bool gaps = unit > 0 && steps.All(step => step > 0 && step % unit == 0) && 2 * steps.Count(step => step == unit) >= steps.Length;
        if (!gaps && !(even && _decimals > 0))
            return Series.Rhythm.Irregular;
        return new Rhythm(FormattableString.Invariant($"steps of {Write(unit)}"), 1)
        {
            Missing = gaps ? (long)steps.Sum(step => step / unit - 1) : 0,
            Gaps = gaps ? [.. Enumerable.Range(1, steps.Length).Where(i => steps[i - 1] != unit).Select(i => (rows[i - 1], rows[i]))] : [],
            After = count => [.. Enumerable.Range(1, count).Select(step => Write(times[^1] + unit * step))],
        };
    }

    public override string ToString() => "numbers";

    private string Write(decimal time) => decimal.Round(time, _decimals).ToString($"F{_decimals}", CultureInfo.InvariantCulture);
}
