using System.Text;

namespace MLNet.Sequence.Metrics;

/// <summary>
/// What predicted sequences have in common with the actual ones, as counts that are added up over rows: so any choice of rows can be
/// measured.
/// </summary>
internal sealed class OverlapCounts
{
    private const int Words = 4, Letters = 6, Beta = 2;

    // Of n-grams of words, then of letters: in both, predicted, actual. Then words predicted and actual, rows that are equal, rows, steps
    // that are equal, and steps.
    private const int OfLetters = 3 * Words, Lengths = OfLetters + 3 * Letters, Size = Lengths + 6;

    private readonly double[] _counts = new double[Size];

    public static OverlapCounts Of(ComparedSequence row, Func<string, string[]> tokenize)
    {
        var counts = new OverlapCounts();
        string actualText = string.Join(' ', row.Actual), predictedText = string.Join(' ', row.Predicted);
        string[] actual = tokenize(actualText), predicted = tokenize(predictedText);
        for (int n = 1; n <= Words; n++)
            counts.Count(3 * (n - 1), Grams(predicted, n), Grams(actual, n));
        string[] actualLetters = LettersOf(actualText), predictedLetters = LettersOf(predictedText);
        // As in sacreBLEU, predicted n-grams are not counted in a row whose actual sequence is too short to have any.
        for (int n = 1; n <= Math.Min(Letters, actualLetters.Length); n++)
            counts.Count(OfLetters + 3 * (n - 1), Grams(predictedLetters, n), Grams(actualLetters, n));
        double[] rest =
        [
            predicted.Length, actual.Length, row.Actual.SequenceEqual(row.Predicted, StringComparer.Ordinal) ? 1 : 0, 1,
            row.Actual.Zip(row.Predicted).Count(pair => pair.First == pair.Second), Math.Max(row.Actual.Length, row.Predicted.Length),
        ];
        rest.CopyTo(counts._counts, Lengths);
        return counts;
    }

    public static OverlapCounts Sum(IEnumerable<OverlapCounts> rows)
    {
        var sum = new OverlapCounts();
        foreach (OverlapCounts row in rows)
        {
            for (int i = 0; i < Size; i++)
                sum._counts[i] += row._counts[i];
        }

        return sum;
    }

    public double ExactMatch => _counts[Lengths + 2] / _counts[Lengths + 3];

    /// <summary>1 if all sequences are empty.</summary>
    public double TokenAccuracy => _counts[Lengths + 5] == 0 ? 1 : _counts[Lengths + 4] / _counts[Lengths + 5];

    /// <summary>The factor for predictions that are shorter than the actual sequences together.</summary>
    public double BrevityPenalty
    {
        get
        {
            double predicted = _counts[Lengths], actual = _counts[Lengths + 1];
            return predicted >= actual ? 1 : predicted == 0 ? 0 : Math.Exp(1 - actual / predicted);
        }
    }

    /// <summary>The share of predicted n-grams of words that are in the actual sequence of their row, in %, for n from 1 to 4.</summary>
    public double[] Precisions
    {
        get
        {
            var precisions = new double[Words];
            double smooth = 1;
            for (int n = 0; n < Words; n++)
            {
                double both = _counts[3 * n], predicted = _counts[3 * n + 1];
                // Smoothing "exp": the first order without a match counts half a match, the next a quarter.
                if (predicted > 0)
                    precisions[n] = both > 0 ? 100 * both / predicted : 100 / ((smooth *= 2) * predicted);
            }

            return precisions;
        }
    }

    /// <summary>From 0 to 100.</summary>
    public double Bleu => _counts[0] == 0 ? 0 : BrevityPenalty * Math.Exp(Precisions.Average(Math.Log));

    /// <summary>From 0 to 100: the mean precision and recall over the orders that both sides have.</summary>
    public double ChrF
    {
        get
        {
            double precision = 0, recall = 0;
            for (int at = OfLetters; at < Lengths; at += 3)
            {
                if (_counts[at + 1] == 0 || _counts[at + 2] == 0)
                    continue;
                precision += _counts[at] / _counts[at + 1];
                recall += _counts[at] / _counts[at + 2];
            }

            int orders = Enumerable.Range(0, Letters).Count(n => _counts[OfLetters + 3 * n + 1] > 0 && _counts[OfLetters + 3 * n + 2] > 0);
            (precision, recall) = orders == 0 ? (0, 0) : (precision / orders, recall / orders);
            const double factor = Beta * Beta;
            return precision + recall == 0 ? 0 : 100 * (1 + factor) * precision * recall / (factor * precision + recall);
        }
    }

    private void Count(int at, Dictionary<string, int> predicted, Dictionary<string, int> actual)
    {
        _counts[at] = predicted.Sum(gram => Math.Min(gram.Value, actual.GetValueOrDefault(gram.Key)));
        _counts[at + 1] = predicted.Values.Sum();
        _counts[at + 2] = actual.Values.Sum();
    }

    private static Dictionary<string, int> Grams(string[] parts, int n)
    {
        var grams = new Dictionary<string, int>(StringComparer.Ordinal);
        for (int i = 0; i + n <= parts.Length; i++)
        {
            string gram = string.Join('\n', parts, i, n);
            grams[gram] = grams.GetValueOrDefault(gram) + 1;
        }

        return grams;
    }

    // Characters without blanks.
    private static string[] LettersOf(string text) => [.. text.EnumerateRunes().Where(rune => !Rune.IsWhiteSpace(rune)).Select(rune => rune.ToString())];
}
