namespace MLNet.Sequence.Comparison;

/// <summary>A row with an outcome at each step, which depends on what was seen up to there.</summary>
/// <param name="Seen">For each step the last symbol seen there; −1: nothing.</param>
/// <param name="Outcomes">The outcomes to predict, by number from 0.</param>
/// <param name="First">The first step that counts.</param>
internal sealed record GramRow(int[] Seen, int[] Outcomes, int First)
{
    /// <summary>The steps that count.</summary>
    public IEnumerable<int> Places => Enumerable.Range(First, Math.Max(0, Outcomes.Length - First));

    /// <summary>Predicts each token from those before it; the first token is not predicted.</summary>
    public static GramRow Next(int[] tokens) => new([-1, .. tokens.SkipLast(1)], tokens, First: 1);

    /// <summary>Predicts the tag of each token from it and those before it.</summary>
    public static GramRow Tagged(int[] tokens, int[] tags) => new(tokens, tags, First: 0);
}

/// <summary>
/// n-grams whose estimates are interpolated with those of shorter ones (Jelinek and Mercer 1980): p_n(w | h) = λ_n c(h w) / c(h) +
/// (1 − λ_n) p_{n−1}(w | h'), down to the frequencies of the outcomes, each count plus one. Counts are of the training rows; each λ
/// maximises the likelihood of the validation rows. A context that was never seen has λ = 0.
/// </summary>
internal sealed class TokenGrams
{
    /// <summary>The longest context.</summary>
    public const int Longest = 4;

    private const int Weights = 20;

    private readonly int _outcomes;
    private readonly double[] _lambda = new double[Longest + 1];

    // Counts of contexts by length, and of contexts with an outcome.
    private readonly Dictionary<(int, int, int, int), int>[] _contexts = Empty<(int, int, int, int)>();
    private readonly Dictionary<(int, int, int, int, int), int>[] _grams = Empty<(int, int, int, int, int)>();

    /// <param name="training">The rows to count.</param>
    /// <param name="validation">The rows for choosing weights.</param>
    /// <param name="outcomes">The number of different outcomes.</param>
    public TokenGrams(IEnumerable<GramRow> training, IReadOnlyList<GramRow> validation, int outcomes)
    {
        _outcomes = outcomes;
        foreach (GramRow row in training)
            Count(row);
        (GramRow Row, int Place)[] held = [.. validation.SelectMany(row => row.Places.Select(place => (row, place)))];
        double[] shorter = [.. held.Select(one => Probability(one.Row, one.Place, 0))];
        Validation[0] = MeanLoss(shorter);
        for (int memory = 1; memory <= Longest; memory++)
        {
            double[] parts = [.. held.Select(one => Part(one.Row, one.Place, memory))];
            double[] Mixed(double lambda) =>
                [.. parts.Zip(shorter, (part, less) => double.IsNaN(part) ? less : lambda * part + (1 - lambda) * less)];
            // The rule of succession limits λ: a context that was never wrong may still be wrong.
            IEnumerable<double> weights = Enumerable.Range(0, Weights).Select(i => (double)i / Weights).Append(1 - 1.0 / (held.Length + 2));
            _lambda[memory] = weights.MinBy(lambda => MeanLoss(Mixed(lambda)));
            shorter = Mixed(_lambda[memory]);
            Validation[memory] = MeanLoss(shorter);
        }
    }

    /// <summary>The mean loss on the validation rows, for each memory from 0.</summary>
    public double[] Validation { get; } = new double[Longest + 1];

    /// <summary>The sum of −ln p over all outcomes of a row.</summary>
    public double Loss(GramRow row, int memory) => -row.Places.Sum(place => Math.Log(Probability(row, place, memory)));

    /// <summary>The probability of the outcome at a step, given this number of seen steps.</summary>
    public double Probability(GramRow row, int place, int memory)
    {
        if (memory == 0)
            return (_grams[0].GetValueOrDefault(Gram(row, place, 0)) + 1.0) / (_contexts[0].GetValueOrDefault(Context(row, place, 0)) + (double)_outcomes);
        (double shorter, double part) = (Probability(row, place, memory - 1), Part(row, place, memory));
        return double.IsNaN(part) ? shorter : _lambda[memory] * part + (1 - _lambda[memory]) * shorter;
    }

    private static Dictionary<TKey, int>[] Empty<TKey>()
        where TKey : notnull => [.. Enumerable.Range(0, Longest + 1).Select(_ => new Dictionary<TKey, int>())];

    private static double MeanLoss(double[] probabilities) => probabilities.Length == 0 ? 0 : -probabilities.Average(Math.Log);

    // c(h w) / c(h); NaN if the context was never seen.
    private double Part(GramRow row, int place, int memory) =>
        (double)_grams[memory].GetValueOrDefault(Gram(row, place, memory)) / _contexts[memory].GetValueOrDefault(Context(row, place, memory));

    private void Count(GramRow row)
    {
        for (int place = 0; place < row.Outcomes.Length; place++)
        {
            for (int memory = 0; memory <= Longest; memory++)
            {
                (int, int, int, int) context = Context(row, place, memory);
                _contexts[memory][context] = _contexts[memory].GetValueOrDefault(context) + 1;
                _grams[memory][Gram(row, place, memory)] = _grams[memory].GetValueOrDefault(Gram(row, place, memory)) + 1;
            }
        }
    }

    // −1 marks the positions before the first step and those that are not read.
    private static int Back(GramRow row, int place, int back, int memory) => back < memory && place >= back ? row.Seen[place - back] : -1;

    private static (int, int, int, int) Context(GramRow row, int place, int memory) =>
        (Back(row, place, 0, memory), Back(row, place, 1, memory), Back(row, place, 2, memory), Back(row, place, 3, memory));

    private static (int, int, int, int, int) Gram(GramRow row, int place, int memory)
    {
        (int a, int b, int c, int d) = Context(row, place, memory);
        return (a, b, c, d, row.Outcomes[place]);
    }
}
