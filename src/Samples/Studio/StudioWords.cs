namespace MLNet.Sequence.Samples.Studio;

/// <summary>Messages of the command line in the words of the page, which has no options.</summary>
internal static class StudioWords
{
    private static readonly (string Option, string Words)[] Known =
    [
        ("correct the cell, or leave the column out of --targets", "correct the cell, or leave this column out"),
        ("(--time names a column)", "(choose one under Question)"),
        ("or name the column of the series with --series", "or choose the column that names the series under Question"),
        ("with --split 0.7,0.1,0.2", "when 70 % of the rows are for training, 10 % for validation and 20 % for the test"),
        ("or name its encoding with --encoding", "for example as UTF-8"),
        ("; name another with --date-format", ""),
        (" (--targets)", ""),
        (" (--time)", ""),
        (" (--series)", ""),
        (" (--label)", ""),
        ("--data names", "The studio needs"),
        ("--targets", "the columns to forecast"),
        ("--time", "the time"),
        ("--series", "the series"),
    ];

    /// <param name="message">A message of the program.</param>
    /// <param name="path">The file that it may name; its folder is known to the reader.</param>
    public static string Of(string message, string? path = null)
    {
        foreach ((string option, string words) in Known)
            message = message.Replace(option, words, StringComparison.Ordinal);
        return path is null ? message : message.Replace(path, Path.GetFileName(path), StringComparison.Ordinal);
    }
}
