using System.Text;

namespace MLNet.Sequence.Samples.Csv;

/// <summary>The encoding of a file: from its byte order mark, its first bytes, or a name. Invalid bytes are an error.</summary>
internal static class TextEncoding
{
    /// <summary>The number of bytes that are examined.</summary>
    public const int Looked = 4096;

    // In UTF-16, every second byte of English letters and digits is 0; UTF-8 text has no zero bytes.
    private const double ZeroShare = 0.4;

    static TextEncoding() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The encoding of a file with these first bytes: that of its mark, else UTF-16 if the zeros show it, else UTF-8.</summary>
    public static Encoding Of(ReadOnlySpan<byte> start)
    {
        if (start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE, 0, 0]))
            return new UTF32Encoding(bigEndian: false, byteOrderMark: true, throwOnInvalidCharacters: true);
        bool little = start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xFE]) || Zeros(start, 1) > ZeroShare && Zeros(start, 0) < ZeroShare;
        bool big = start.StartsWith((ReadOnlySpan<byte>)[0xFE, 0xFF]) || Zeros(start, 0) > ZeroShare && Zeros(start, 1) < ZeroShare;
        return little || big
            ? new UnicodeEncoding(bigEndian: big, byteOrderMark: true, throwOnInvalidBytes: true)
            : new UTF8Encoding(encoderShouldEmitUTF8Identifier: true, throwOnInvalidBytes: true);
    }

    /// <summary>The encoding with this name, given by the user.</summary>
    public static Encoding Named(string name)
    {
        try
        {
            return Encoding.GetEncoding(name, EncoderFallback.ExceptionFallback, DecoderFallback.ExceptionFallback);
        }
        catch (Exception exception) when (exception is ArgumentException or NotSupportedException)
        {
            throw new UserError($"--encoding '{name}' is not known. Known are utf-8, utf-16, latin1, windows-1252, shift_jis, gb18030 and others that .NET "
                + "knows by name.", exception);
        }
    }

    private static double Zeros(ReadOnlySpan<byte> bytes, int first)
    {
        int zeros = 0;
        for (int i = first; i < bytes.Length; i += 2)
            zeros += bytes[i] == 0 ? 1 : 0;
        return bytes.Length < 2 ? 0 : zeros / (bytes.Length / 2.0);
    }
}
