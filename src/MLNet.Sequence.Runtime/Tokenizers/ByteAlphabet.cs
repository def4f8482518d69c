using System.Text;
using System.Text.RegularExpressions;

namespace MLNet.Sequence.Tokenizers;

/// <summary>GPT-2's alphabet, in which each byte is a visible character, and its pattern of words.</summary>
internal static partial class ByteAlphabet
{
    /// <summary>The bytes in the order of the alphabet: those that are visible characters of Latin-1, then the others.</summary>
    public static IReadOnlyList<byte> Bytes { get; } = [.. Enumerable.Range(0, 256).OrderByDescending(IsVisible).Select(one => (byte)one)];

    /// <summary>Their characters: visible ones are themselves, the others follow from U+0100.</summary>
    public static IReadOnlyList<char> Characters { get; } =
        [.. Bytes.Select((one, place) => (char)(IsVisible(one) ? one : 256 + place - Bytes.Count(other => IsVisible(other))))];

    /// <summary>The index of each byte in the alphabet.</summary>
    public static IReadOnlyList<int> Places { get; } = [.. Enumerable.Range(0, 256).Select(one => Bytes.ToList().IndexOf((byte)one))];

    /// <summary>The indices of the bytes of a text.</summary>
    public static int[] Read(ReadOnlySpan<char> text)
    {
        var bytes = new byte[Encoding.UTF8.GetByteCount(text)];
        Encoding.UTF8.GetBytes(text, bytes);
        return Array.ConvertAll(bytes, one => Places[one]);
    }

    /// <summary>The parts of a text, which no token crosses; together they are the text.</summary>
    public static Regex.ValueMatchEnumerator Words(ReadOnlySpan<char> text) => Pattern().EnumerateMatches(WithoutPairs(text));

    /// <summary>The place of the first half of a surrogate pair without its other half; −1: none.</summary>
    public static int LoneSurrogate(ReadOnlySpan<char> text)
    {
        for (int place = text.IndexOfAnyInRange('\uD800', '\uDFFF'); place >= 0 && place < text.Length; place++)
        {
            if (!char.IsSurrogate(text[place]))
                continue;
            if (place + 1 == text.Length || !char.IsSurrogatePair(text[place], text[place + 1]))
                return place;
            place++;
        }

        return -1;
    }

    /// <summary>The message about half of a surrogate pair.</summary>
    public static string Describe(ReadOnlySpan<char> text, int place) =>
        $"The text has half of a character (the lone surrogate U+{(int)text[place]:X4}) at place {place + 1}; expected whole characters.";

    // The classes of a .NET pattern know no surrogate pairs. In their place stand two letters, which no apostrophe shortens, or two digits; signs stay.
    private static ReadOnlySpan<char> WithoutPairs(ReadOnlySpan<char> text)
    {
        if (!text.ContainsAnyInRange('\uD800', '\uDFFF'))
            return text;
        char[] classes = text.ToArray();
        int place = 0;
        foreach (Rune rune in text.EnumerateRunes())
        {
            if (!rune.IsBmp && (Rune.IsLetter(rune) || Rune.IsNumber(rune)))
                classes.AsSpan(place, 2).Fill(Rune.IsLetter(rune) ? 'x' : '0');
            place += rune.Utf16SequenceLength;
        }

        return classes;
    }

    private static bool IsVisible(int one) => one is (>= '!' and <= '~') or (>= 0xA1 and <= 0xAC) or (>= 0xAE and <= 0xFF);

    [GeneratedRegex(@"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+", RegexOptions.CultureInvariant)]
    private static partial Regex Pattern();
}
