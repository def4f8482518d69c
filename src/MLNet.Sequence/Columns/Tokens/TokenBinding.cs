using System.Text;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Columns;

/// <summary>Binds a column of tokens: its vocabulary at fit, and the same vocabulary at scoring.</summary>
internal static class TokenBinding
{
    private const string Integer = "an integer type";

    /// <summary>The item types that are read as tokens, in words.</summary>
    public static string Expected(bool keys) => keys
        ? $"a key of known count (at most {Embedding.MostTokens}) whose values, if it has any, are {KeyValues.Expected}"
        : Integer;

    /// <summary>Whether a column's items are tokens of the form.</summary>
    public static bool Reads(SchemaShape.Column column, bool keys) => keys
        ? column.IsKey && (SchemaShapes.KeyValuesOf(column) is not { } values || KeyValues.Reads(values))
        : !column.IsKey && column.ItemType is NumberDataViewType { RawType: var raw } && raw != typeof(float) && raw != typeof(double);

    /// <summary>The tokens of a column, or of integers.</summary>
    public static TokenInput Bind(SequenceHost host, string role, DataViewSchema.Column column, TokenOptions options)
    {
        DataViewType item = column.Type is VectorDataViewType vector ? vector.ItemType : column.Type;
        if (options.Tokenizer is BytePairTokenizer tokenizer)
        {
            return new TokenInput
            {
                Count = tokenizer.Count,
                Keys = false,
                ValueType = item.ToString(),
                Tokenizer = tokenizer,
                EmbeddingSize = options.EmbeddingSize,
                InitialDeviation = (float?)options.InitialDeviation,
                Dropout = options.Dropout,
            };
        }

        if (options.Vocabulary is { } count)
        {
            return new TokenInput
            {
                Count = count,
                Keys = false,
                ValueType = item.ToString(),
                Unknown = options.UnknownToken is { } number ? int.Parse(number) : null,
                EmbeddingSize = options.EmbeddingSize,
                InitialDeviation = (float?)options.InitialDeviation,
                Dropout = options.Dropout,
            };
        }

        var key = (KeyDataViewType)item;
        if (key.Count is 0 or > Embedding.MostTokens)
            throw host.Mismatch(role, column.Name, "a vector of " + Expected(keys: true), column.Type.ToString()!);
        (string[] Values, string Type)? values = KeyValues.Of(column);
        (string[]? names, int? other) = WithUnknown(options.UnknownToken, values);
        CheckWhole(column, names);
        return new TokenInput
        {
            Count = names?.Length ?? (int)key.Count,
            Keys = true,
            Values = names,
            ValueType = values?.Type,
            Unknown = other,
            EmbeddingSize = options.EmbeddingSize,
            InitialDeviation = (float?)options.InitialDeviation,
            Dropout = options.Dropout,
        };
    }

    /// <summary>Checks that the model can identify a column's keys.</summary>
    public static void Check(SequenceHost host, string role, DataViewSchema.Column column, TokenInput tokens)
    {
        if (tokens.Keys && KeyValues.Of(column)?.Type is var found && found != tokens.ValueType)
            throw host.Mismatch(role, column.Name, $"keys of {Describe(tokens.ValueType)}, as in training", $"keys of {Describe(found)}");
    }

    // Half of a surrogate pair cannot be written to a file.
    private static void CheckWhole(DataViewSchema.Column column, string[]? values)
    {
        if (values is not null && Array.FindIndex(
            values, value => value.EnumerateRunes().Contains(Rune.ReplacementChar) && !value.Contains('\uFFFD')) is var index and >= 0)
            throw new InvalidOperationException($"Column '{column.Name}' has the key {index + 1}, whose value is half of a character (a lone surrogate): "
                + "expected whole characters, as EnumerateRunes() of a text gives them.");
    }

    private static (string[]? Values, int? Unknown) WithUnknown(string? unknown, (string[] Values, string Type)? known)
    {
        if (unknown is null)
            return (known?.Values, null);
        if (known is not { } values)
            throw new InvalidOperationException($"Tokens.UnknownToken is '{unknown}', but the keys of the sequence column have no values in which to find it.");
        int index = Array.IndexOf(values.Values, unknown);
        if (index >= 0)
            return (values.Values, index);
        return values.Type == TextDataViewType.Instance.ToString()
            ? ([.. values.Values, unknown], values.Values.Length)
            : throw new InvalidOperationException(
                $"Tokens.UnknownToken is '{unknown}', which is not a value of the sequence column's keys; it can be added only if these are text.");
    }

    private static string Describe(string? valueType) => valueType is null ? "no values" : $"{valueType} values";
}
