using System.Text;
using ICSharpCode.SharpZipLib;
using ICSharpCode.SharpZipLib.GZip;

namespace MLNet.Sequence.Samples.Csv;

/// <summary>Opens text files, gzipped (.gz) or not.</summary>
internal static class TextFile
{
    private const string Undecodable = "\uFFFF"; // Not a character of any text.
    private const int ShownCharacters = 60;

    /// <param name="path">The file.</param>
    /// <param name="option">The option that names the file, and its expected content, for messages: "--data names a CSV file".</param>
    /// <param name="read">Reads it.</param>
    /// <param name="encoding">Its encoding; null: detected from its first bytes.</param>
    public static T Read<T>(string path, string option, Func<StreamReader, T> read, Encoding? encoding = null)
    {
        if (Directory.Exists(path))
            throw new UserError($"'{path}' is a folder; {option}.");
        if (!File.Exists(path))
            throw new UserError($"There is no data file '{path}'.");
        try
        {
            Encoding found = encoding ?? Found(path);
            try
            {
                return Open(path, found, read);
            }
            catch (DecoderFallbackException exception)
            {
                throw new UserError(Complaint(path, found), exception);
            }
        }
        catch (Exception exception) when (exception is SharpZipBaseException or EndOfStreamException)
        {
            throw new UserError($"'{path}' is not a complete gzip file, which ends with a checksum and a length: {exception.Message}", exception);
        }
    }

    /// <summary>The lines that are not empty, with their numbers.</summary>
    public static IEnumerable<(int Number, string Text)> Lines(StreamReader reader)
    {
        for (int number = 1; reader.ReadLine() is { } line; number++)
        {
            if (!string.IsNullOrWhiteSpace(line))
                yield return (number, line);
        }
    }

    private static Stream Bytes(string path)
    {
        FileStream file = File.OpenRead(path);
        // .NET's GZipStream accepts a truncated file as complete.
        return path.EndsWith(".gz", StringComparison.OrdinalIgnoreCase) ? new GZipInputStream(file) { IsStreamOwner = true } : file;
    }

    private static T Open<T>(string path, Encoding encoding, Func<StreamReader, T> read)
    {
        // The reader's own detection would accept invalid bytes.
        using var reader = new StreamReader(Bytes(path), encoding, detectEncodingFromByteOrderMarks: false);
        return read(reader);
    }

    private static Encoding Found(string path)
    {
        using Stream bytes = Bytes(path);
        var start = new byte[TextEncoding.Looked];
        return TextEncoding.Of(start.AsSpan(0, bytes.ReadAtLeast(start, start.Length, throwOnEndOfStream: false)));
    }

    private static string Complaint(string path, Encoding encoding)
    {
        var marking = Encoding.GetEncoding(encoding.CodePage, EncoderFallback.ReplacementFallback, new DecoderReplacementFallback(Undecodable));
        int line = Open(path, marking, reader => Lines(reader).First(line => line.Text.Contains(Undecodable, StringComparison.Ordinal)).Number);
        string complaint = FormattableString.Invariant(
            $"'{path}', line {line}: the text is not {encoding.WebName.ToUpperInvariant()}. Save it in this encoding, or name its encoding with --encoding");
        if (encoding is not UTF8Encoding)
            return complaint + ".";
        Encoding western = TextEncoding.Named("windows-1252");
        string text = Open(path, Encoding.GetEncoding(western.CodePage), reader => Lines(reader).First(read => read.Number == line).Text);
        return $"{complaint}; with --encoding windows-1252 (Western Europe) the line is "
            + $"'{(text.Length > ShownCharacters ? text[..ShownCharacters] + "…" : text)}'.";
    }
}
