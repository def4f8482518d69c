using System.CommandLine;
using System.Text;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>The format of files, where it cannot be detected.</summary>
/// <param name="numbers">Whether CSV files hold numbers.</param>
/// <param name="dates">Whether files hold dates.</param>
internal sealed class FormatOptions(bool numbers = false, bool dates = false)
{
    private readonly Option<string?> _encoding =
        new("--encoding")
        {
            Description = "The encoding of text files, such as windows-1252. [default: UTF-16 or UTF-8, detected from the first bytes]",
            HelpName = "NAME"
        };
    private readonly Option<string?> _decimal =
        new("--decimal") { Description = "The decimal separator in CSV files. [default: detected from the cells]", HelpName = "point|comma" };
    private readonly Option<string?> _dates = new("--date-format")
    {
        Description = "The date format, made of yyyy, MM, dd, HH, mm and ss, such as dd/MM/yyyy. "
            + "[default: a known format with which the time steps are regular]",
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
