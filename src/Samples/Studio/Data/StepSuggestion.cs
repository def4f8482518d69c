using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Studio.Runs;

namespace MLNet.Sequence.Samples.Studio.Data;

/// <summary>What is usually asked of a file whose rows are the steps of sequences.</summary>
/// <param name="Kind">Tag or next step, if the file looks like it; null: it may be, but forecasts are more likely.</param>
internal sealed record StepSuggestion(string? Kind)
{
    private const int Longest = 256, UsualPiece = 128, LeastPiece = 8, LeastOfSeries = 2;
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
        ColumnSummary[] whole = [.. columns.Where(column => column.Missing == 0 && column.Kind != "time")];
        string? series = whole.FirstOrDefault(column => IsNamed(column.Name, SequenceNames) && column.Distinct * LeastOfSeries <= table.RowCount)?.Name;
        ColumnSummary[] others = [.. whole.Where(column => column.Name != series)];
        ColumnSummary? named = others.FirstOrDefault(column => IsNamed(column.Name, TagNames) && column.Distinct > 1);
        // Else a text of few values, which may as well name a series.
        ColumnSummary? tag = named ?? others.LastOrDefault(column => column.Kind == "text" && column.Distinct is > 1 && column.Distinct * 8 <= table.RowCount);
        string[] numbers = [.. columns.Where(column => column.Kind == "number" && column.Name != series && column.Name != tag?.Name && column.Problems.Count == 0)
            .Select(column => column.Name)];
        ColumnSummary? text = others.FirstOrDefault(column => column.Kind == "text" && column != tag && column.Distinct > 1);
        return new StepSuggestion(named is not null ? QuestionKind.Tag.Name : text is not null && numbers.Length == 0 ? QuestionKind.Next.Name : null)
        {
            Series = series,
            Tag = tag?.Name,
            Columns = numbers.Length > 0 ? numbers : text is not null ? [text.Name] : [],
            Length = LengthOf(table, series),
        };
    }

    private static int LengthOf(CsvTable table, string? series)
    {
        long[] lengths = series is null ? [table.RowCount]
            : [.. table.Cells[table.Names.Find(series, "--series")].CountBy(key => key).Select(one => (long)one.Value)];
        return lengths.Length >= ManySequences ? (int)Math.Clamp(lengths.Max(), 1, Longest)
            : (int)Math.Clamp(lengths.Sum() / Fifth / TestPieces, LeastPiece, UsualPiece);
    }

    private static bool IsNamed(string name, string[] usual) => usual.Contains(name, StringComparer.OrdinalIgnoreCase);
}
