using System.Security;
using System.Text;
using System.Text.Json;

namespace MLNet.Sequence.Samples.Studio.Projects;

/// <summary>Names from a file, such as those of its columns, as parts of C# code: whatever they hold, they stay names.</summary>
internal static class CodeText
{
    // Inside a class, a property with one of these names would hide what the code there means by it.
    private static readonly string[] Meant =
    [
        "ModelInput", "ModelOutput", "SequenceModel", "TrainingInput", "HistoryFile", "CsvFile", "DateTime", "CultureInfo", "ColumnName",
        nameof(Equals), "Finalize", nameof(GetHashCode), nameof(GetType), nameof(MemberwiseClone), nameof(ReferenceEquals), nameof(ToString),
    ];

    /// <summary>A string literal. JSON escapes what is not plain ASCII, in C#'s own form.</summary>
    public static string Literal(string text) => JsonSerializer.Serialize(text);

    /// <summary>String literals with commas between them.</summary>
    public static string Literals(IEnumerable<string> texts) => string.Join(", ", texts.Select(Literal));

    /// <summary>Text inside a comment of one line.</summary>
    public static string Comment(string text) => SecurityElement.Escape(string.Concat(text.Select(letter => char.IsControl(letter)
        || letter is '\u0085' or '\u2028' or '\u2029' ? ' ' : letter)));

    /// <summary>Different identifiers for names, each beginning with a capital letter; none is one of those taken, or means something else in code.</summary>
    public static IReadOnlyList<string> Identifiers(IEnumerable<string> names, IEnumerable<string> taken)
    {
        var used = new HashSet<string>(taken.Concat(Meant), StringComparer.Ordinal);
        var identifiers = new List<string>();
        foreach (string plain in names.Select(Identifier))
        {
            string identifier = plain;
            for (int number = 2; !used.Add(identifier); number++)
                identifier = FormattableString.Invariant($"{plain}{number}");
            identifiers.Add(identifier);
        }

        return identifiers;
    }

    /// <summary>What reads an empty cell as a missing value, where a model takes one.</summary>
    public static string EmptyCell(SequenceModel model, string cell, string type) => model.Task.RowInput?.MissingValues == MissingValues.Interpolate
        ? $"{cell}.Length == 0 ? {type}.NaN : " : "";

    public static string Identifier(string name)
    {
        var text = new StringBuilder();
        bool begins = true;
        foreach (char letter in name)
        {
            if (char.IsAsciiLetterOrDigit(letter))
                text.Append(begins ? char.ToUpperInvariant(letter) : letter);
            begins = !char.IsAsciiLetterOrDigit(letter);
        }

        return text.Length == 0 || char.IsAsciiDigit(text[0]) ? "Column" + text : text.ToString();
    }
}
