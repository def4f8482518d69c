namespace MLNet.Sequence.Samples.Studio.Answers;

/// <summary>
/// How often the tokens came that a model guesses. Many tokens share the unknown one: whoever guesses it has found none of them, so it is never a hit.
/// </summary>
/// <param name="unknown">The index of the unknown token; null: there is none.</param>
internal sealed class TokenCounts(int? unknown)
{
    private readonly Dictionary<int, long> _occurs = [];
    private long _right, _among;
    private double _loss;

    public long Count { get; private set; }

    /// <summary>The part of tokens that were the most likely.</summary>
    public double Accuracy => (double)_right / Count;

    /// <summary>The part of tokens that were among the likely ones.</summary>
    public double AmongGuesses => (double)_among / Count;

    /// <summary>The part that the most frequent known token makes up.</summary>
    public double AlwaysTheSame => (double)_occurs.Where(one => one.Key != unknown).Select(one => one.Value).DefaultIfEmpty().Max() / Count;

    /// <summary>The part of tokens that the model does not know.</summary>
    public double Unknown => unknown is { } index ? (double)_occurs.GetValueOrDefault(index) / Count : 0;

    /// <summary>e to the mean loss.</summary>
    public double Perplexity => Math.Exp(_loss / Count);

    /// <summary>Counts a token.</summary>
    /// <param name="actual">Its index.</param>
    /// <param name="said">The probability of each token.</param>
    /// <param name="best">The most likely ones, the most likely first.</param>
    /// <returns>Whether it was the most likely.</returns>
    public bool Add(int actual, double[] said, int[] best)
    {
        bool known = actual != unknown, hit = known && best[0] == actual;
        _right += hit ? 1 : 0;
        _among += known && best.Contains(actual) ? 1 : 0;
        _loss -= Math.Log(Math.Max(said[actual], double.Epsilon));
        _occurs[actual] = _occurs.GetValueOrDefault(actual) + 1;
        Count++;
        return hit;
    }
}
