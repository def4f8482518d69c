using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Tests.Rows;

/// <summary>A row of words, in which "good" and "bad" decide the label, and the words' indices.</summary>
internal sealed class TokenSequence
{
    public static readonly string[] Words = ["the", "good", "a", "bad", "film", "plot", "was", "of"];

    public string Text { get; set; } = "";

    public string Label { get; set; } = "";

    public bool Yes { get; set; }

    /// <summary>The number of "good" minus the number of "bad" in the text.</summary>
    public float Number { get; set; }

    /// <summary>The indices of the words in <see cref="Words"/>.</summary>
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

    /// <summary>The words as keys, made by ML.NET. The numbers of the keys depend on the rows that they are fitted on.</summary>
    public static EstimatorChain<ITransformer> Keys(MLContext ml) => new EstimatorChain<ITransformer>()
        .Append((IEstimator<ITransformer>)ml.Transforms.Text.TokenizeIntoWords("Features", "Text"))
        .Append((IEstimator<ITransformer>)ml.Transforms.Conversion.MapValueToKey("Features"));
}
