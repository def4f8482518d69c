using System.CommandLine;
using System.Text;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>How files are written, where that cannot be found out from them.</summary>
/// <param name="numbers">Whether there are numbers in CSV files.</param>
/// <param name="dates">Whether there are dates.</param>
internal sealed class FormatOptions(bool numbers = false, bool dates = false)
{
    private readonly Option<string?> _encoding =
        new("--encoding")
        {
            Description = "Which characters the bytes of text files are, as windows-1252. [default: UTF-16 or UTF-8, by the first bytes]",
            HelpName = "NAME"
        };
    private readonly Option<string?> _decimal =
        new("--decimal") { Description = "What stands before a number's fraction in CSV files. [default: by the cells]", HelpName = "point|comma" };
    private readonly Option<string?> _dates = new("--date-format")
    {
        Description = "The form of dates, of yyyy, MM, dd, HH, mm, ss, as dd/MM/yyyy. "
        + "[default: a known one by which the steps are regular]",
        HelpName = "FORM"
    };

    public IEnumerable<Option> All => [_encoding, .. numbers ? [_decimal] : Array.Empty<Option>(), .. dates ? [_dates] : Array.Empty<Option>()];

    public FileFormat Read(ParseResult parsed)
    {
        Encoding? encoding = parsed.GetValue(_encoding) is { } name ? TextEncoding.Named(name) : null;
        char? mark = !numbers ? null : parsed.GetValue(_decimal) switch
        {
            null => null,
            "point" => '.',
            "comma" => ',',
            { } other => throw new UserError($"--decimal '{other}' must be point or comma."),
        };
        return new FileFormat(encoding, mark, dates ? parsed.GetValue(_dates) : null);
    }
}
