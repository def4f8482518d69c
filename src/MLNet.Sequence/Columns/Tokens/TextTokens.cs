using Microsoft.ML;
using MLNet.Sequence.Tokenizers;

namespace MLNet.Sequence.Columns;

/// <summary>Reads a column of text, one text in a row.</summary>
internal static class TextTokens
{
    public const string Expected = "text, one in a row";

    /// <summary>Reads the tokens of a row's text, by their indices.</summary>
    public static VectorReader Reader(DataViewRow row, DataViewSchema.Column column, BytePairTokenizer tokenizer)
    {
        Func<ReadOnlyMemory<char>> read = Texts(row, column);
        return () => tokenizer.Encode(read().Span).Select(token => (double)token).ToArray();
    }

    /// <summary>Reads the text of a row, which is empty if it is missing.</summary>
    /// <remarks>It throws <see cref="InvalidOperationException"/> for half of a character, and names the row.</remarks>
    public static Func<ReadOnlyMemory<char>> Texts(DataViewRow row, DataViewSchema.Column column)
    {
        ValueGetter<ReadOnlyMemory<char>> getter = row.GetGetter<ReadOnlyMemory<char>>(column);
        ReadOnlyMemory<char> text = default;
        return () =>
        {
            getter(ref text);
            return ByteAlphabet.LoneSurrogate(text.Span) is >= 0 and var place
                ? throw new InvalidOperationException($"Column '{column.Name}', row {row.Position + 1}: {ByteAlphabet.Describe(text.Span, place)}")
                : text;
        };
    }
}
