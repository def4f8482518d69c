namespace MLNet.Sequence.Estimators;

/// <summary>
/// n-grams whose estimates are interpolated with those of shorter ones (Jelinek and Mercer 1980): p_n(w | h) = λ_n c(h w) / c(h) +
/// (1 − λ_n) p_{n−1}(w | h'), down to the frequencies of single tokens, each counted once more. Each λ is that of the largest likelihood of
/// the last tenth of each training row, by counts of the rest; the counts are then those of all. A context that was never seen has λ = 0.
/// </summary>
internal sealed class TokenGrams
{
    /// <summary>The longest context.</summary>
    public const int Longest = 4;

    private const int HeldOut = 10, Weights = 20;

    private readonly int _vocabulary;
    private readonly double[] _lambda = new double[Longest + 1];

    // Of contexts of so many tokens, and of these with the next one.
    private readonly Dictionary<(int, int, int, int), int>[] _contexts = [.. Enumerable.Range(0, Longest + 1).Select(_ => new Dictionary<(int, int, int, int), int>())];
    private readonly Dictionary<(int, int, int, int, int), int>[] _grams = [.. Enumerable.Range(0, Longest + 1).Select(_ => new Dictionary<(int, int, int, int, int), int>())];

    /// <param name="rows">The training rows.</param>
    /// <param name="vocabulary">Different tokens.</param>
    public TokenGrams(int[][] rows, int vocabulary)
    {
        _vocabulary = vocabulary;
        static int Cut(int[] row) => row.Length - row.Length / HeldOut;
        foreach (int[] row in rows)
            Count(row, 0, Cut(row));
        for (int memory = 1; memory <= Longest; memory++)
        {
            int order = memory;
            _lambda[memory] = Enumerable.Range(0, Weights).Select(i => (double)i / Weights).MinBy(lambda =>
            {
                _lambda[order] = lambda;
                return HeldOutLoss(order);
            });
        }

        Validation = [.. Enumerable.Range(0, Longest + 1).Select(HeldOutLoss)];
        foreach (int[] row in rows)
            Count(row, Cut(row), row.Length);

        double HeldOutLoss(int memory)
        {
            (double sum, long count) = (0, 0);
            foreach (int[] row in rows)
            {
                for (int i = Math.Max(1, Cut(row)); i < row.Length; i++, count++)
                    sum -= Math.Log(Probability(row, i, memory));
            }

            return count == 0 ? 0 : sum / count;
        }
    }

    /// <summary>The mean loss of the tokens held out, of each memory from 0.</summary>
    public double[] Validation { get; }

    /// <summary>The sum of −ln p over all tokens of a row but the first.</summary>
    public double Loss(int[] row, int memory) => -Enumerable.Range(1, row.Length - 1).Sum(i => Math.Log(Probability(row, i, memory)));

    /// <summary>The probability of a token after those before it, of which so many are read.</summary>
    public double Probability(int[] row, int place, int memory)
    {
        if (memory == 0)
            return (_grams[0].GetValueOrDefault(Gram(row, place, 0)) + 1.0) / (_contexts[0].GetValueOrDefault(Context(row, place, 0)) + (double)_vocabulary);
        double shorter = Probability(row, place, memory - 1);
        int seen = _contexts[memory].GetValueOrDefault(Context(row, place, memory));
        return seen == 0 ? shorter : _lambda[memory] * _grams[memory].GetValueOrDefault(Gram(row, place, memory)) / seen + (1 - _lambda[memory]) * shorter;
    }

    private void Count(int[] row, int first, int end)
    {
        for (int i = first; i < end; i++)
        {
            for (int memory = 0; memory <= Longest; memory++)
            {
                _contexts[memory][Context(row, i, memory)] = _contexts[memory].GetValueOrDefault(Context(row, i, memory)) + 1;
                _grams[memory][Gram(row, i, memory)] = _grams[memory].GetValueOrDefault(Gram(row, i, memory)) + 1;
            }
        }
    }

    // −1 stands before the first token, and for what is not read.
    private static int Before(int[] row, int place, int back, int memory) => back <= memory && place >= back ? row[place - back] : -1;

    private static (int, int, int, int) Context(int[] row, int place, int memory) =>
        (Before(row, place, 1, memory), Before(row, place, 2, memory), Before(row, place, 3, memory), Before(row, place, 4, memory));

    private static (int, int, int, int, int) Gram(int[] row, int place, int memory)
    {
        (int a, int b, int c, int d) = Context(row, place, memory);
        return (a, b, c, d, row[place]);
    }
}
