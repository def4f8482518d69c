using System.Globalization;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Sequences;

/// <summary>The columns of a file whose rows are the steps of sequences.</summary>
/// <param name="Steps">Columns of numbers, or one column of text: what a step holds.</param>
/// <param name="Tag">The column with the tag of each step; null: none.</param>
/// <param name="Time">The time column; null: found in the file; empty: none, rows are steps in their order.</param>
/// <param name="Series">The column that names the sequence of a row; null: all rows are one.</param>
internal sealed record StepColumns(IReadOnlyList<string> Steps, string? Tag, string? Time, string? Series);

/// <summary>The sequences of a file whose rows are steps.</summary>
internal sealed class StepTable
{
    // A column of words is text; one with a few wrong cells is a column of numbers with wrong cells.
    private const double MostlyNumbers = 0.7;
    private const int ShownTags = 3;

    /// <summary>A column with more different cells holds no tags.</summary>
    public const int MostTags = 200;

    private StepTable(string path, IReadOnlyList<string> columns, IReadOnlyList<StepSequence> sequences) =>
        (Path, Columns, Sequences) = (path, columns, sequences);

    public string Path { get; }

    /// <summary>The columns of a step.</summary>
    public IReadOnlyList<string> Columns { get; }

    public IReadOnlyList<StepSequence> Sequences { get; }

    /// <summary>Whether the steps are tokens; otherwise they are numbers.</summary>
    public bool HasTokens => Sequences[0].Tokens.Length > 0;

    /// <summary>Whether not all rows were read.</summary>
    public bool IsCut { get; private init; }

    public int Steps => Sequences.Sum(sequence => sequence.Length);

    /// <summary>The number of missing values.</summary>
    public int Missing => Sequences.Sum(sequence => sequence.Values.Count(double.IsNaN));

    /// <summary>The different tags, sorted.</summary>
    public string[] Tags => [.. Sequences.SelectMany(sequence => sequence.Tags).Distinct(StringComparer.Ordinal).Order(StringComparer.Ordinal)];

    /// <param name="path">The file.</param>
    /// <param name="columns">What its columns mean.</param>
    /// <param name="mostRows">How many rows are read at most.</param>
    /// <exception cref="UserError">A column is missing or holds something else, a cell is wrong, or time goes back.</exception>
    public static StepTable Read(string path, StepColumns columns, int mostRows = int.MaxValue)
    {
        bool timeless = columns.Time is "";
        // Order and series as for forecasts: the same words for the same mistakes.
        var source = new DataSource(path, timeless ? null : columns.Time, [], columns.Series) { FindsTime = !timeless, MostRows = mostRows };
        SeriesTable series = SeriesTable.Read(source, out CsvTable csv);
        int[] steps = [.. columns.Steps.Select(name => csv.Names.Find(name, "--targets"))];
        bool[] isText = [.. steps.Select(column => !IsNumeric(csv, column))];
        if (isText.Contains(true) && steps.Length > 1)
        {
            string[] texts = [.. columns.Steps.Where((_, i) => isText[i]).Select(name => $"'{name}'")];
            throw new UserError($"A step is several numbers, or one text: {string.Join(", ", texts)} of the {steps.Length} columns "
                + $"hold{(texts.Length == 1 ? "s" : "")} text. Choose columns of numbers alone, or one column of text alone.");
        }

        int? tag = columns.Tag is { } name ? csv.Names.Find(name, "--label") : null;
        string[]? tags = tag is { } tagged ? Texts(csv, tagged, "tag") : null;
        string[]? tokens = isText[0] ? Texts(csv, steps[0], "text") : null;
        double[][] values = isText[0] ? [] : [.. steps.Select(column => tags is null ? NumberColumn.Read(csv, column) : Numbers(csv, column))];
        StepSequence[] all = [.. series.Series.Select(one => new StepSequence
        {
            Series = one.Key ?? "",
            Length = one.Rows.Count,
            Values = [.. one.Rows.SelectMany(row => values.Select(column => column[row]))],
            Tokens = tokens is null ? [] : [.. one.Rows.Select(row => tokens[row])],
            Tags = tags is null ? [] : [.. one.Rows.Select(row => tags[row])],
        })];
        var table = new StepTable(path, columns.Steps, all) { IsCut = csv.IsCut };
        MustHaveFewTags(table, columns.Tag);
        return table;
    }

    private static void MustHaveFewTags(StepTable table, string? column)
    {
        if (column is null)
            return;
        string[] tags = table.Tags;
        if (tags.Length < 2)
            throw new UserError($"All rows have the tag '{tags[0]}' in column '{column}': there is nothing to tell apart.");
        if (tags.Length > MostTags)
        {
            throw new UserError(string.Create(CultureInfo.InvariantCulture, $"The column '{column}' has {tags.Length:N0} different values ({string.Join(", ",
                tags.Take(ShownTags))}, …); tags are at most {MostTags}. Choose the column with the tag of each row."));
        }
    }

    private static bool IsNumeric(CsvTable csv, int column)
    {
        string[] present = [.. csv.Cells[column].Where(cell => !NumberColumn.IsMissing(cell))];
        return present.Length == 0 || present.Count(NumberColumn.IsNumber) >= MostlyNumbers * present.Length;
    }

    private static string[] Texts(CsvTable csv, int column, string what)
    {
        string[] texts = [.. csv.Cells[column].Select(cell => cell.Trim())];
        int empty = Array.FindIndex(texts, text => text.Length == 0);
        return empty < 0 ? texts : throw new UserError(
            $"'{csv.Path}', {csv.Place(empty)}, column '{csv.Names.All[column]}': the {what} is missing. Fill it in, or remove the row.");
    }

    // Between its neighbours a missing value can be interpolated; a next step that is missing cannot be learned.
    private static double[] Numbers(CsvTable csv, int column) =>
        [.. csv.Cells[column].Select((cell, row) => NumberColumn.IsMissing(cell) ? double.NaN : NumberColumn.Read(csv, column, row))];
}
