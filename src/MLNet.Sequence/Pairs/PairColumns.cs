using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Pairs;

/// <summary>The columns of pairs, bound to a schema.</summary>
/// <param name="Source">The column of sources.</param>
/// <param name="Target">The column of targets.</param>
internal sealed record PairColumns(SequenceInput Source, SequenceInput Target)
{
    /// <summary>Checks a promised schema, whose vector sizes are not known yet.</summary>
    public static void Check(SequenceHost host, SchemaShape schema, SequenceToSequenceOptions options)
    {
        Sources(host).Check(schema, options.Source);
        SequenceSource target = TargetOf(schema, options);
        Targets(host, target.Tokens is null).Check(schema, target);
    }

    /// <summary>The columns of this schema.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The vocabularies cannot be joined.</exception>
    public static PairColumns Bind(SequenceHost host, DataViewSchema schema, SequenceToSequenceOptions options)
    {
        SequenceSource target = TargetOf(SchemaShapes.Of(schema), options);
        var columns = new PairColumns(Sources(host).Bind(schema, options.Source), Targets(host, target.Tokens is null).Bind(schema, target));
        return options.Sharing == EmbeddingSharing.All ? columns.Joined() : columns;
    }

    /// <summary>Checks that a validation set has these columns.</summary>
    public void CheckValidation(SequenceHost host, DataViewSchema schema)
    {
        Sources(host).Check(schema, Source);
        Targets(host, Target.Tokens is null).Check(schema, Target);
    }

    /// <summary>The columns that a fitted model adds, of a model that is not fitted yet.</summary>
    public static SchemaShape.Column[] Promise(SequenceToSequenceOptions options, SchemaShape schema)
    {
        SchemaShape.Column target = SchemaShapes.Find(schema, options.TargetColumnName)!.Value;
        if (TargetOf(schema, options).Tokens is not { } tokens)
            return [SchemaShapes.VariableVector(options.PredictedSequenceColumnName, NumberDataViewType.Single)];
        SchemaShape.Column score = SchemaShapes.Scalar(options.ScoreColumnName, NumberDataViewType.Single);
        if (tokens.Tokenizer is not null)
            return [SchemaShapes.Scalar(options.PredictedSequenceColumnName, TextDataViewType.Instance), score];
        DataViewType? values = target.IsKey ? SchemaShapes.KeyValuesOf(target) : target.ItemType;
        return
        [
            SchemaShapes.Key(options.PredictedSequenceColumnName, SchemaShape.Column.VectorKind.VariableVector,
                values is null ? [] : [SchemaShapes.KeyValues(values)]),
            score,
        ];
    }

    /// <summary>The target as it is read from a column of this schema: with tokens, or, without them, as numbers.</summary>
    public static SequenceSource TargetOf(SchemaShape schema, SequenceToSequenceOptions options) => IsOfNumbers(schema, options)
        ? options.Target with { Tokens = null, Features = options.TargetFeatures }
        : options.Target;

    private static SequenceBinding Sources(SequenceHost host) => new(host) { Role = "source" };

    private static SequenceBinding Targets(SequenceHost host, bool numbers) => new(host) { Role = "target", OfTokens = numbers ? null : true };

    // Keys and text are tokens; so are integers if the source's options, which then hold for both columns, have a vocabulary.
    private static bool IsOfNumbers(SchemaShape schema, SequenceToSequenceOptions options) => options.TargetTokens is null
        && SchemaShapes.Find(schema, options.TargetColumnName) is { IsKey: false } target && ChannelReaders.Reads(target.ItemType)
        && !(options.SourceTokens?.Vocabulary is not null && TokenBinding.Reads(target, keys: false));

    // One vocabulary for both: the tokens of the source, then those that only the target has. Tokens without values are their numbers.
    // What replaces unknown tokens, if anything does, is an option of each side.
    private PairColumns Joined()
    {
        if (Source.Tokens is not { } source)
            throw new InvalidOperationException($"Sharing = All needs tokens in both columns; the source column '{Source.Columns[0]}' has numbers.");
        if (Target.Tokens is not { } target)
            throw new InvalidOperationException($"Sharing = All needs tokens in both columns; the target column '{Target.Columns[0]}' has numbers.");
        if (source.Tokenizer != target.Tokenizer || source.Values is null != target.Values is null
            || source.ValueType != target.ValueType || source.EmbeddingSize != target.EmbeddingSize)
            throw new InvalidOperationException(
                $"Sharing = All needs tokens of one kind, with vectors of one size, in both columns; found {Describe(source)} in '{Source.Columns[0]}' and "
                    + $"{Describe(target)} in '{Target.Columns[0]}'.");
        string[]? values = source.Values is null ? null : [.. source.Values.Union(target.Values!, StringComparer.Ordinal)];
        int count = values?.Length ?? Math.Max(source.Count, target.Count);
        TokenInput Both(TokenInput tokens) => tokens with
        {
            Count = count,
            Values = values,
            Unknown = values is null || tokens.Unknown is not { } unknown ? tokens.Unknown : Array.IndexOf(values, tokens.ValueOf(unknown)),
        };
        return new PairColumns(Source with { Tokens = Both(source) }, Target with { Tokens = Both(target) });
    }

    private static string Describe(TokenInput tokens) => tokens.Tokenizer is { } tokenizer
        ? $"text through a {tokenizer} with vectors of {tokens.EmbeddingSize}"
        : $"{(tokens.Keys ? "keys" : "integers")} of {tokens.ValueType ?? "no"} values with vectors of {tokens.EmbeddingSize}";
}
