using System.Globalization;
using Microsoft.ML;

namespace MLNet.Sequence.Columns;

/// <summary>
/// Turns tokens, as a column has them, into the model's indices: keys by what they stand for, since their numbers differ from
/// one data set to the next.
/// </summary>
internal sealed class TokenReader
{
    private readonly TokenInput _tokens;
    private readonly string[]? _values;
    private readonly int[]? _indices;

    /// <param name="schema">Of the rows.</param>
    /// <param name="input">Where the tokens are.</param>
    public TokenReader(DataViewSchema schema, SequenceInput input)
    {
        _tokens = input.Tokens!;
        if (!_tokens.Keys || _tokens.Values is not { } known)
            return;
        _values = KeyValues.Of(schema[input.Columns[0]])!.Value.Values;
        // The same keys stay as they are, also where two of them have one value, as with ML.NET's keys of characters.
        if (known.Take(_values.Length).SequenceEqual(_values, StringComparer.Ordinal))
            return;
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int index = 0; index < known.Count; index++)
            places.TryAdd(known[index], index);
        _indices = Array.ConvertAll(_values, value => places.GetValueOrDefault(value, -1));
    }

    /// <summary>Puts indices in the place of tokens.</summary>
    /// <param name="tokens">Keys, from 1, or integers.</param>
    /// <returns>The first step at which there is a token that the model does not know; −1: there is none.</returns>
    public int Replace(Span<double> tokens)
    {
        for (int i = 0; i < tokens.Length; i++)
        {
            int index = Index(tokens[i]);
            if (index < 0)
                return i;
            tokens[i] = index;
        }

        return -1;
    }

    /// <summary>Tokens up to the last that is one: behind it there are missing keys, or empty texts, to the end.</summary>
    public int LengthWithoutPadding(ReadOnlySpan<double> tokens)
    {
        int length = tokens.Length;
        while (length > 0 && IsMissing(tokens[length - 1]))
            length--;
        return length;
    }

    /// <summary>What a token is called in a message.</summary>
    public string Describe(double token)
    {
        if (_tokens.Keys && token == 0)
            return "missing (the key 0)";
        return _values is not null && token <= _values.Length
            ? $"'{_values[(int)token - 1]}'"
            : token.ToString(CultureInfo.InvariantCulture);
    }

    private bool IsMissing(double token) => _tokens.Keys
        && (token == 0 || _values is not null && token <= _values.Length && _values[(int)token - 1].Length == 0);

    private int Index(double token)
    {
        double place = _tokens.Keys ? token - 1 : token;
        int count = _indices?.Length ?? _tokens.Count;
        int index = place >= 0 && place < count ? _indices?[(int)place] ?? (int)place : -1;
        return index >= 0 ? index : _tokens.Unknown ?? -1;
    }
}
