using System.Globalization;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Series;

/// <summary>Detects the meaning of a file's columns where the user does not give it.</summary>
internal sealed class SeriesColumns(CsvTable csv, DataSource source)
{
    // Only letters are compared, ignoring case: "Unix Time" is unixtime.
    private static readonly string[] UsualTimes = ["date", "datetime", "timestamp", "time", "ds", "ts", "epoch", "unix", "unixtime", "unixtimestamp", "year"];

    private readonly List<string> _notes = [];

    public IReadOnlyList<string> Notes => _notes;

    /// <summary>The source with all columns named.</summary>
    public DataSource Find()
    {
        if (!csv.HasTypes)
            MustHaveHeader();
        string? time = source.Time ?? (source.FindsTime ? Time() : null);
        DataSource named = source with { Time = time, Targets = source.Targets ?? Targets(time) };
        if (source.Time is null && time is not null)
            _notes.Add($"the time is in column '{time}'");
        if (time is null && source.FindsTime)
            _notes.Add("no time column was found: rows are steps in their order (--time names a column)");
        return named;
    }

    // If the first line has the same kind of content as the lines below it in every column, it is data.
    private void MustHaveHeader()
    {
        static char Kind(string cell) => NumberColumn.IsNumber(cell) ? '1' : DateTimes.Looks(cell) ? 'd' : 'a';
        IReadOnlyList<string> names = csv.Names.All;
        string kinds = string.Concat(names.Select(Kind)), below = string.Concat(csv.Cells.Select(column => Kind(column[0])));
        bool counts = names.Count > 1 && names.Index()
            .All(name => name.Item == FormattableString.Invariant($"{name.Index}") || name.Item == FormattableString.Invariant($"{name.Index + 1}"));
        if (kinds == below && kinds.AsSpan().ContainsAny('1', 'd') && !counts)
        {
            string cells = $"{string.Join(", ", names.Take(4))}{(names.Count > 4 ? ", …" : "")}";
            string example = string.Join(",", kinds.Select((kind, column) => kind == 'd' ? "date" : FormattableString.Invariant($"column{column + 1}")));
            throw new UserError($"'{csv.Path}' begins with a row of data ({cells}) where its column names belong. Write a line of names above it, for "
                + $"instance {example}.");
        }
    }

    private string? Time()
    {
        string[] free = [.. csv.Names.All.Where(name => name != source.Series && source.Targets?.Contains(name) != true)];
        string? usual = UsualTimes.Select(wanted => free.FirstOrDefault(name => Letters(name) == wanted && MayBeTime(name, wanted))).FirstOrDefault(
            name => name is not null);
        if (usual is not null)
            return usual;
        string[] dates = [.. free.Where(name => Cells(name) is var cells && !NumberColumn.IsNumber(cells[0]) && DateTimes.Looks(cells[0]))];
        return dates is [var only] ? only : null;
    }

    private string[] Targets(string? time)
    {
        string[] numbers = [.. NumberColumn.Names(csv).Where(name => name != time && name != source.Series)];
        // A second time column, such as seconds since 1970 next to a date, is not a target.
        string[] times = [.. numbers.Where(name => UsualTimes.Contains(Letters(name)) && Moves(Cells(name)))];
        if (times.Length > 0)
            _notes.Add($"not a target, since it counts time: {string.Join(", ", times.Select(name => $"'{name}'"))}");
        string[] targets = [.. numbers.Except(times, StringComparer.Ordinal)];
        if (targets.Length > 0)
            return targets;
        string others = string.Join(
            ", ", csv.Names.All.Where(name => name != time && name != source.Series).Take(4).Select(name => $"'{name}' begins with '{Cells(name)[0]}'"));
        throw new UserError($"'{source.Path}' has no numeric column besides time and series: there is nothing to "
            + $"forecast.{(others.Length > 0 ? $" {others}." : "")}");
    }

    // A column named 'time' may also be a duration.
    private bool MayBeTime(string name, string usual)
    {
        List<string> cells = Cells(name);
        return usual == UsualTimes[0] || (NumberColumn.IsNumber(cells[0]) ? source.Series is not null || Moves(cells) : DateTimes.Looks(cells[0]));
    }

    private static bool Moves(List<string> cells)
    {
        decimal[] numbers = [
            .. cells.Select(cell => decimal.TryParse(cell, NumberStyles.Float, CultureInfo.InvariantCulture, out decimal number) ? number : decimal.MinValue)];
        int[] turns = [.. numbers.Zip(numbers.Skip(1), (before, after) => after.CompareTo(before)).Distinct()];
        return turns is [1] or [-1] && !numbers.Contains(decimal.MinValue);
    }

    private List<string> Cells(string name) => csv.Cells[csv.Names.Find(name, "--data")];

    private static string Letters(string name) => string.Concat(name.Where(char.IsLetter)).ToLowerInvariant();
}
