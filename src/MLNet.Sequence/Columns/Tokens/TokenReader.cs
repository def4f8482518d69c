using System.Globalization;
using Microsoft.ML;
using MLNet.Sequence.Onnx;

namespace MLNet.Sequence.Columns;

/// <summary>
/// Converts the tokens of a column into the model's indices. Keys are identified by their values, since their numbers differ from
/// one data set to the next.
/// </summary>
internal sealed class TokenReader
{
    private readonly TokenInput _tokens;
    private readonly string[]? _values;
    private readonly int[]? _indices;

    /// <param name="schema">The schema of the rows.</param>
    /// <param name="input">The columns of the tokens.</param>
    public TokenReader(DataViewSchema schema, SequenceInput input)
    {
        _tokens = input.Tokens!;
        if (!_tokens.Keys || _tokens.Values is not { } known)
            return;
        _values = KeyValues.Of(schema[input.Columns[0]])!.Value.Values;
        // Identical keys stay unchanged, even if two of them share a value, as in ML.NET's keys of characters.
        if (known.Take(_values.Length).SequenceEqual(_values, StringComparer.Ordinal))
            return;
        var places = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int index = 0; index < known.Count; index++)
            places.TryAdd(known[index], index);
        _indices = Array.ConvertAll(_values, value => places.GetValueOrDefault(value, -1));
    }

    /// <summary>Replaces tokens by indices.</summary>
    /// <param name="tokens">Keys, from 1, or integers.</param>
    /// <returns>The first step whose token the model does not know; −1: none.</returns>
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

    /// <summary>Tokens up to the last one that is not padding: missing keys or empty texts at the end are removed.</summary>
    public int LengthWithoutPadding(ReadOnlySpan<double> tokens)
    {
        int length = tokens.Length;
        while (length > 0 && IsMissing(tokens[length - 1]))
            length--;
        return length;
    }

    /// <summary>The words for a token in a message.</summary>
    public string Describe(double token)
    {
        if (_tokens.Keys && token == 0)
            return "missing (the key 0)";
        return _values is not null && token <= _values.Length
            ? $"'{_values[(int)token - 1]}'"
            : token.ToString(CultureInfo.InvariantCulture);
    }

    /// <summary>What the keys of the column mean, for a graph.</summary>
    public OnnxKeys ToOnnx()
    {
        double[] keys = [.. Enumerable.Range(0, Math.Max(_values?.Length ?? 0, _tokens.Count) + 2)];
        return new OnnxKeys(Array.ConvertAll(keys, Index), Array.ConvertAll(keys, IsMissing));
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
