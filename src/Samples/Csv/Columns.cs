using System.Globalization;

namespace MLNet.Sequence.Samples.Csv;

/// <summary>The columns of a CSV file while it is read. At the end, only columns with content remain, each with a name.</summary>
internal sealed class Columns(string path, string[] names, char separator)
{
    private readonly List<Place> _places = [];
    private readonly List<string> _notes = [];

    public IReadOnlyList<string> Names { get; private set; } = [.. names.Select(name => name.Trim())];

    /// <summary>[column][row].</summary>
    public IReadOnlyList<List<string>> Cells { get; private set; } = [.. names.Select(_ => new List<string>())];

    public IReadOnlyList<Place> Places => _places;

    public IReadOnlyList<string> Notes => _notes;

    public int Count => Cells.Count;

    /// <summary>How many rows are taken at most.</summary>
    public int Most { get; init; } = int.MaxValue;

    /// <summary>Whether there were more rows than are taken.</summary>
    public bool IsFull { get; private set; }

    public void Add(int line, string[] cells)
    {
        IsFull = _places.Count == Most;
        if (IsFull)
            return;
        int count = cells.Length;
        // Some programs end every row with a separator.
        while (count > Count && string.IsNullOrWhiteSpace(cells[count - 1]))
            count--;
        if (count != Count)
        {
            string hint = count > Count && separator == ','
                ? " Quote cells that contain a comma. If numbers have a decimal comma, separate cells by semicolons." : "";
            throw new UserError(FormattableString.Invariant(
                $"'{path}', row {_places.Count + 1} (line {line}) has {count} cells; the header names {Count} columns.{hint}"));
        }

        _places.Add(new Place(_places.Count + 1, line));
        for (int column = 0; column < count; column++)
            Cells[column].Add(cells[column]);
    }

    /// <summary>Leaves out empty columns and the row numbers that pandas writes first, and names columns without a name.</summary>
    public Columns Finish()
    {
        DropEmptyRows();
        if (_places.Count == 0)
            throw new UserError($"'{path}' has column names ({string.Join(", ", Names)}), but no rows below them.");
        List<int> kept = [.. Enumerable.Range(0, Count).Where(column => Names[column].Length > 0 || Cells[column].Exists(cell => cell.Length > 0))];
        if (kept.Count < Count)
            _notes.Add($"left out: {Count - kept.Count} columns without a name and content");
        if (kept is [0, _, ..] && Names[0] is "" or "Unnamed: 0" && CountsRows(Cells[0]))
        {
            kept.RemoveAt(0);
            _notes.Add("left out: the first column, which has no name and numbers the rows");
        }

        (Names, Cells) = ([.. kept.Select(Name)], [.. kept.Select(column => Cells[column])]);
        return this;
    }

    private string Name(int column)
    {
        if (Names[column].Length > 0)
            return Names[column];
        string name = FormattableString.Invariant($"column {column + 1}");
        _notes.Add($"the header leaves {name} without a name: it is called '{name}'");
        return name;
    }

    // Spreadsheets write rows with only separators below their data. One row of a table that was cut stays: more follow it.
    private void DropEmptyRows()
    {
        int least = IsFull ? 1 : 0;
        while (Count > 1 && _places.Count > least && Cells.All(column => column[^1].Length == 0))
        {
            _places.RemoveAt(_places.Count - 1);
            foreach (List<string> column in Cells)
                column.RemoveAt(column.Count - 1);
        }
    }

    private static bool CountsRows(List<string> cells) =>
        int.TryParse(cells[0], CultureInfo.InvariantCulture, out int first) && first is 0 or 1
        && cells.Index().All(cell => int.TryParse(cell.Item, CultureInfo.InvariantCulture, out int number) && number == first + cell.Index);
}
