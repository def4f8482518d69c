using System.Globalization;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>Files of time steps in which every option has an effect.</summary>
internal static class SeriesFiles
{
    // Twelve rows are twelve days of one month, or the second day of each month. The date format decides.
    public const string Dates = "--data @dates.csv --context 4 --horizon 1";

    private const string Short = "--data @short.csv --time date --series s --targets a --context 8 --missing mask";

    public static void WriteAll(OptionContract test)
    {
        test.Files.WriteHours("hours.csv", 60);
        test.Files.WriteHours("other.csv", 70, row => (3 * Math.Cos(row / 5.0)).ToString("F3", CultureInfo.InvariantCulture));
        test.Files.Write("dates.csv", Table("date,a", 12, row => $"{row + 1:00}/02/2024,{row % 3}"));
        test.Files.Write("holes.csv", Table("date,a", 60, row => $"{Hour(row)},{(row % 9 == 3 && row < 40 ? "" : Wave(row))}"));
        // 1,234 is a little more than one, or a thousand.
        test.Files.Write("marks.tsv", Table("a\tb", 60, row => $"{(row % 4 == 0 ? "1,234" : row % 4)}\tx"));
        test.Files.Write("keys.csv", Table("date,k,s,a", 60, row => $"{Hour(row)},{row},{(row % 2 == 0 ? "x" : "y")},{Wave(row)}"));
        // Nine rows are less than a context of 8 and a horizon of 2.
        test.Files.Write("short.csv", Table("date,s,a", 69, row => $"{Hour(row % 60)},{(row < 60 ? "x" : "y")},{Wave(row)}"));
        test.WriteLatin("latin.csv", Table("date,größe", 60, row => $"{Hour(row)},{Wave(row)}"));
    }

    /// <summary>The effects of the options of a file.</summary>
    /// <param name="said">The part of a run that shows what was read.</param>
    public static IEnumerable<OptionCase> Cases(Func<OptionCase.Seen, string> said) =>
    [
        new("--data", "--data @other.csv", said),
        new("--time", "--data @keys.csv --time k", said, "--data @keys.csv"),
        new("--targets", "--targets a", said),
        new("--series", "--data @keys.csv --series s", said, "--data @keys.csv"),
        new("--encoding", "--data @latin.csv --targets größe --encoding iso-8859-1", said, "--data @latin.csv --targets größe --encoding windows-1251"),
        new("--decimal", "--data @marks.tsv --decimal comma", said, "--data @marks.tsv --decimal point"),
        new("--date-format", $"{Dates} --date-format dd/MM/yyyy", run => run.Found("note: time: (.*)"), $"{Dates} --date-format MM/dd/yyyy"),
    ];

    /// <summary>The effects of what is missing, and of what is forecast.</summary>
    /// <param name="said">The part of a run that shows what was learned.</param>
    public static IEnumerable<OptionCase> Forms(Func<OptionCase.Seen, string> said) =>
    [
        new("--missing", "--data @holes.csv --missing interpolate", said, "--data @holes.csv --missing zero"),
        new("--short-series", $"{Short} --short-series pad", said, $"{Short} --short-series skip"),
        new("--distribution", "--distribution gaussian", said),
    ];

    public static string Table(string header, int rows, Func<int, string> row) => header + "\n"
        + string.Join("\n", Enumerable.Range(0, rows).Select(row)) + "\n";

    public static string Hour(int row) => new DateTime(2020, 1, 1).AddHours(row).ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);

    public static string Wave(int row) => Math.Sin(row / 3.0).ToString("F3", CultureInfo.InvariantCulture);
}
