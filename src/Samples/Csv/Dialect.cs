using System.Text;

namespace MLNet.Sequence.Samples.Csv;

/// <summary>How a CSV file is written, as found.</summary>
/// <param name="Separator">What separates its cells.</param>
/// <param name="Encoding">Its encoding.</param>
internal sealed record Dialect(char Separator, Encoding Encoding)
{
    /// <summary>A note for the user about what differs from commas and UTF-8; null: nothing does.</summary>
    /// <param name="columns">The number of columns: a file with one has no separator.</param>
    public string? Note(int columns)
    {
        string?[] parts =
        [
            columns == 1 ? null : Separator switch
            {
                ',' => null,
                '\t' => "cells are separated by tabs",
                ';' => "cells are separated by semicolons",
                _ => $"cells are separated by '{Separator}'",
            },
            Encoding is UTF8Encoding ? null : $"the text is {Encoding.WebName}",
        ];
        return string.Join(", ", parts.OfType<string>()) is { Length: > 0 } note ? note : null;
    }
}
