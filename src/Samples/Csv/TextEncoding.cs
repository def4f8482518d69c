using System.Text;

namespace MLNet.Sequence.Samples.Csv;

/// <summary>Which bytes are which characters: by a file's mark or its first bytes, or by a name. Bytes that are no characters are an error.</summary>
internal static class TextEncoding
{
    /// <summary>As many bytes as are looked at.</summary>
    public const int Looked = 4096;

    // Every second byte of UTF-16 is 0 where letters and digits of English are written; UTF-8 has none at all.
    private const double ZeroShare = 0.4;

    static TextEncoding() => Encoding.RegisterProvider(CodePagesEncodingProvider.Instance);

    /// <summary>The encoding of a file that begins so: what its mark says, UTF-16 without a mark by its zeros, else UTF-8.</summary>
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

    /// <summary>The encoding of this name, as the user gave it.</summary>
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
