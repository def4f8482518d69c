using System.Text.RegularExpressions;

namespace MLNet.Sequence.Metrics;

/// <summary>
/// Words and punctuation of a text by the rules "13a" of sacreBLEU (Post, arXiv 1804.08771, section 3.1), which are those of NIST's
/// mteval-v13a: entities are replaced, punctuation is separated, full stops and commas only if no digit is on their other side.
/// </summary>
internal static partial class Tokens13a
{
    public static string[] Of(string text)
    {
        string line = text.Replace("<skipped>", "", StringComparison.Ordinal).Replace("-\n", "", StringComparison.Ordinal).Replace('\n', ' ')
            .Replace("&quot;", "\"", StringComparison.Ordinal).Replace("&amp;", "&", StringComparison.Ordinal)
            .Replace("&lt;", "<", StringComparison.Ordinal).Replace("&gt;", ">", StringComparison.Ordinal);
        line = Punctuation().Replace($" {line} ", " $1 ");
        line = MarkAfterNoDigit().Replace(line, "$1 $2 ");
        line = MarkBeforeNoDigit().Replace(line, " $1 $2");
        return DashAfterDigit().Replace(line, "$1 $2 ").Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries);
    }

    // { … ~, [ … `, blank … &, ( … +, : … @, and the slash: not the apostrophe, the comma, the dash and the full stop.
    [GeneratedRegex(@"([\{-\~\[-\` -\&\(-\+\:-\@\/])")]
    private static partial Regex Punctuation();

    [GeneratedRegex(@"([^0-9])([\.,])")]
    private static partial Regex MarkAfterNoDigit();

    [GeneratedRegex(@"([\.,])([^0-9])")]
    private static partial Regex MarkBeforeNoDigit();

    [GeneratedRegex("([0-9])(-)")]
    private static partial Regex DashAfterDigit();
}
