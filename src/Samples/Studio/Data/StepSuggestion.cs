using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Sequences;
using MLNet.Sequence.Samples.Studio.Runs;

namespace MLNet.Sequence.Samples.Studio.Data;

/// <summary>What is usually asked of a file whose rows are the steps of sequences.</summary>
/// <param name="Kind">Tag or next step, if the file looks like it; null: it may be, but forecasts are more likely.</param>
internal sealed record StepSuggestion(string? Kind)
{
    private const int Longest = 256, UsualPiece = 128, LeastPiece = 8, LeastOfSeries = 2, ShortestPiece = 2;
    // Of few sequences a fifth of each is the test: it should hold this many pieces.
    private const int TestPieces = 20, Fifth = 5, ManySequences = 10;

    private static readonly string[] TagNames = ["tag", "tags", "label", "labels", "activity", "ner"],
        SequenceNames = ["sequence", "sentence", "series", "document", "session", "subject", "sample", "id"];

    /// <summary>The column that names the sequence of a row; null: one sequence.</summary>
    public string? Series { get; init; }

    /// <summary>The column of tags; null: none looks like it.</summary>
    public string? Tag { get; init; }

    /// <summary>The columns of a step: numbers, or one text.</summary>
    public IReadOnlyList<string> Columns { get; init; } = [];

    /// <summary>The rows of a piece: longer sequences are cut.</summary>
    public int Length { get; init; }

    public static StepSuggestion Of(CsvTable table, IReadOnlyList<ColumnSummary> columns)
    {
        ColumnSummary[] whole = [.. columns.Where(column => column.Missing == 0 && column.Kind != "time" && column.Distinct > 1)];
        string? named = whole.FirstOrDefault(column => IsNamed(column.Name, TagNames) && column.Distinct <= StepTable.MostTags)?.Name;
        string? series = whole.FirstOrDefault(column => column.Name != named && column.Distinct * LeastOfSeries <= table.RowCount
            && (IsNamed(column.Name, SequenceNames) || column.Kind == "text" && IsInBlocks(table, column)))?.Name;
        string[] numbers = [.. columns.Where(column => column.Kind == "number" && column.Name != series && column.Name != named && column.Problems.Count == 0
            && !Counts(table, column, series)).Select(column => column.Name)];
        ColumnSummary[] texts = [.. whole.Where(column => column.Kind == "text" && column.Name != series && column.Name != named)];
        // A text beside what is read may be the tag.
        string? tag = named ?? texts.Skip(numbers.Length > 0 ? 0 : 1).LastOrDefault(column => column.Distinct <= StepTable.MostTags)?.Name;
        string? kind = named is not null && numbers.Length + texts.Length > 0 ? QuestionKind.Tag.Name
            : texts.Length > 0 && numbers.Length == 0 ? QuestionKind.Next.Name : null;
        return new StepSuggestion(kind)
        {
            Series = series,
            Tag = tag,
            Columns = numbers.Length > 0 ? numbers : [.. texts.Take(1).Select(column => column.Name)],
            Length = LengthOf(table, series),
        };
    }

    // Time, or the number of the row: it ascends from row to row of a series.
    private static bool Counts(CsvTable table, ColumnSummary column, string? series)
    {
        double[] values = ColumnSummary.Values(table, table.Names.Find(column.Name, "--targets"));
        List<string>? keys = series is null ? null : table.Cells[table.Names.Find(series, "--series")];
        return Enumerable.Range(1, Math.Max(0, values.Length - 1)).All(row => keys is not null && keys[row] != keys[row - 1] || values[row] > values[row - 1]);
    }

    // Rows with the same value stand together.
    private static bool IsInBlocks(CsvTable table, ColumnSummary column)
    {
        List<string> cells = table.Cells[table.Names.Find(column.Name, "--series")];
        return cells.Zip(cells.Skip(1)).Count(pair => pair.First != pair.Second) + 1 == column.Distinct;
    }

    private static int LengthOf(CsvTable table, string? series)
    {
        StepSequence[] sequences = series is null ? [new StepSequence { Series = "", Length = table.RowCount }]
            : [.. table.Cells[table.Names.Find(series, "--series")].CountBy(key => key)
                .Select(one => new StepSequence { Series = one.Key, Length = one.Value })];
        int usual = sequences.Length >= ManySequences ? Math.Clamp(sequences.Max(one => one.Length), 1, Longest)
            : Math.Clamp(table.RowCount / Fifth / TestPieces, LeastPiece, UsualPiece);
        // What is suggested is not refused, unless the file is too small for any length.
        return Enumerable.Range(0, Math.Max(1, usual - ShortestPiece + 1)).Select(shorter => usual - shorter)
            .FirstOrDefault(length => StepParts.Suffice(sequences, length, new Question().Seed), usual);
    }

    private static bool IsNamed(string name, string[] usual) => usual.Contains(name, StringComparer.OrdinalIgnoreCase);
}
