namespace MLNet.Sequence.Tests.Comparison;

/// <summary>
/// Text of a hidden Markov process with exactly known losses, in nats per symbol. h_k is the loss given the last k symbols, by enumerating
/// all words of k + 1 symbols (Crutchfield and Feldman 2003, section III). h, the loss given all symbols, is the limit.
/// </summary>
/// <param name="next">[state][state]: the probability of a next state.</param>
/// <param name="says">[state][symbol]: the probability of a symbol.</param>
internal sealed class HiddenMarkov(double[][] next, double[][] says)
{
    public int Symbols => says[0].Length;

    private int States => next.Length;

    public int[] Make(RandomStream random, int length)
    {
        var text = new int[length];
        int state = 0;
        for (int t = -100; t < length; t++)
        {
            if (t >= 0)
                text[t] = Draw(random, says[state]);
            state = Draw(random, next[state]);
        }

        return text;
    }

    /// <summary>h_0 … h_most, in nats; they fall to the entropy rate.</summary>
    public double[] Ladder(int most)
    {
        // Block entropies H_1 … H_{most+1}: h_k = H_{k+1} − H_k.
        double[] blocks = [0, .. Enumerable.Range(1, most + 1).Select(length => Entropy(Stationary(), length))];
        return [.. Enumerable.Range(0, most + 1).Select(k => blocks[k + 1] - blocks[k])];
    }

    /// <summary>The mean loss in nats of all symbols of a text except the first, given the process and all symbols before.</summary>
    public double CostAfterFirst(ReadOnlySpan<int> text)
    {
        double[] belief = Stationary();
        double cost = 0;
        for (int t = 0; t < text.Length; t++)
        {
            int symbol = text[t];
            double[] seen = [.. belief.Select((part, state) => part * says[state][symbol])];
            double chance = seen.Sum();
            cost -= t > 0 ? Math.Log(chance) : 0;
            belief = Step([.. seen.Select(part => part / chance)]);
        }

        return cost / (text.Length - 1);
    }

    // −Σ p log p over all words that continue from these unnormalised beliefs.
    private double Entropy(double[] belief, int left)
    {
        double chance = belief.Sum();
        if (left == 0)
            return chance > 0 ? -chance * Math.Log(chance) : 0;
        return Enumerable.Range(0, Symbols).Sum(symbol => Entropy(Step([.. belief.Select((part, state) => part * says[state][symbol])]), left - 1));
    }

    private double[] Step(double[] belief) =>
        [.. Enumerable.Range(0, States).Select(to => belief.Select((part, from) => part * next[from][to]).Sum())];

    private double[] Stationary()
    {
        double[] parts = [.. Enumerable.Repeat(1.0 / States, States)];
        for (int i = 0; i < 10_000; i++)
            parts = Step(parts);
        return parts;
    }

    private static int Draw(RandomStream random, double[] parts)
    {
        double at = random.NextDouble();
        int i = 0;
        while (i < parts.Length - 1 && (at -= parts[i]) >= 0)
            i++;
        return i;
    }
}
