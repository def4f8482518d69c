using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;

namespace MLNet.Sequence.Samples.Sequences;

/// <summary>The tokens and tags that a model knows, as keys.</summary>
internal static class Vocabulary
{
    /// <summary>The token for tokens that are too rare or not in the training rows.</summary>
    public const string Unknown = "<unknown>";

    /// <summary>The unknown token, then all that occur often enough, sorted.</summary>
    public static string[] Of(IEnumerable<string> tokens, int least) =>
    [
        Unknown,
        .. tokens.GroupBy(token => token, StringComparer.Ordinal).Where(group => group.Count() >= least && group.Key != Unknown)
            .Select(group => group.Key).Order(StringComparer.Ordinal),
    ];

    /// <summary>
    /// Keys in the given order. A token that is missing has the key 0, which trainers treat as the unknown token.
    /// </summary>
    /// <param name="ml">The context.</param>
    /// <param name="known">One row with all tokens and tags.</param>
    /// <param name="columns">The columns to map, with the number of their keys.</param>
    public static TransformerChain<ValueToKeyMappingTransformer> Keys(MLContext ml, IDataView known, params IEnumerable<(string Name, int Count)> columns)
    {
        var chain = new EstimatorChain<ValueToKeyMappingTransformer>();
        foreach ((string name, int count) in columns)
            chain = chain.Append(ml.Transforms.Conversion.MapValueToKey(name, maximumNumberOfKeys: count));
        return chain.Fit(known);
    }
}
