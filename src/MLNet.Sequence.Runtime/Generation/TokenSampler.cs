using System.Numerics.Tensors;

namespace MLNet.Sequence.Generation;

/// <summary>Draws tokens from logits by the options of one generation.</summary>
/// <param name="options">Valid options.</param>
/// <param name="banned">Tokens that are never drawn.</param>
internal sealed class TokenSampler(GenerationOptions options, IReadOnlyCollection<int> banned)
{
    private readonly RandomStream _random = new(options.Seed);

    /// <summary>The tokens of the prompt, in the form in which the options read them.</summary>
    public TokenPast Past(IEnumerable<int> tokens) => new(tokens, options.NoRepeatLength - 1);

    /// <summary>One token; −1 if the options leave none.</summary>
    /// <param name="logits">The logits of all tokens; changed.</param>
    /// <param name="past">The tokens so far.</param>
    public int Draw(Span<float> logits, TokenPast past)
    {
        Weigh(logits, past);
        int likeliest = TensorPrimitives.IndexOfMax<float>(logits);
        if (float.IsNegativeInfinity(logits[likeliest]))
            return -1;
        if (options.Temperature == 0)
            return likeliest;
        // Sorted from the most likely down, so that the end is cut off.
        var order = new int[logits.Length];
        var weights = new double[logits.Length];
        for (int i = 0; i < order.Length; i++)
            (order[i], weights[i]) = (i, -Math.Exp((logits[i] - logits[likeliest]) / options.Temperature));
        Array.Sort(weights, order);
        double kept = 0, all = -weights.Sum();
        int count = 0;
        while (count < Math.Min(order.Length, options.TopK ?? order.Length) && (count == 0 || kept < all * (options.TopP ?? 2)) && weights[count] < 0)
            kept -= weights[count++];
        return order[Find(weights.AsSpan(0, count), kept * _random.NextDouble())];
    }

    /// <summary>Applies the options that forbid tokens or make them less likely.</summary>
    public void Weigh(Span<float> logits, TokenPast past)
    {
        foreach (int token in options.RepetitionPenalty == 1 ? [] : past.Distinct)
            logits[token] = (float)(logits[token] > 0 ? logits[token] / options.RepetitionPenalty : logits[token] * options.RepetitionPenalty);
        foreach (int token in banned.Concat(past.Followers()))
            logits[token] = float.NegativeInfinity;
    }

    private static int Find(ReadOnlySpan<double> weights, double point)
    {
        for (int i = 0; i < weights.Length - 1; i++)
        {
            point += weights[i];
            if (point < 0)
                return i;
        }

        return weights.Length - 1;
    }
}
