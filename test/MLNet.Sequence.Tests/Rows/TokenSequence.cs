using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Tests.Rows;

/// <summary>A row that holds words, of which "good" and "bad" decide, and the words' numbers.</summary>
internal sealed class TokenSequence
{
    public static readonly string[] Words = ["the", "good", "a", "bad", "film", "plot", "was", "of"];

    public string Text { get; set; } = "";

    public string Label { get; set; } = "";

    public bool Yes { get; set; }

    /// <summary>How often "good" stands in the text, less how often "bad" does.</summary>
    public float Number { get; set; }

    /// <summary>The places of the words in <see cref="Words"/>.</summary>
    public int[] Tokens { get; set; } = [];

    public static TokenSequence[] Make(int rows, int seed = 1)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, rows).Select(_ => One([.. Enumerable.Range(0, random.Next(3, 12)).Select(_ => random.Next(Words.Length))]))];
    }

    public static TokenSequence One(params int[] tokens)
    {
        int number = tokens.Count(token => token == 1) - tokens.Count(token => token == 3);
        return new TokenSequence
        {
            Text = string.Join(' ', tokens.Select(token => Words[token])),
            Label = number > 0 ? "praise" : number < 0 ? "blame" : "neither",
            Yes = number > 0,
            Number = number,
            Tokens = tokens,
        };
    }

    public static IDataView View(MLContext ml, IEnumerable<TokenSequence> rows) => ml.Data.LoadFromEnumerable(rows);

    /// <summary>The words as keys, in ML.NET's own way; the numbers of the keys follow from what the keys are fitted on.</summary>
    public static EstimatorChain<ITransformer> Keys(MLContext ml) => new EstimatorChain<ITransformer>()
        .Append((IEstimator<ITransformer>)ml.Transforms.Text.TokenizeIntoWords("Features", "Text"))
        .Append((IEstimator<ITransformer>)ml.Transforms.Conversion.MapValueToKey("Features"));
}
