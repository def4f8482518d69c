using MLNet.Sequence.Data;

namespace MLNet.Sequence.NextSteps;

/// <summary>Numbers tokens by falling frequency, as the adaptive softmax needs them.</summary>
internal static class TokenOrder
{
    /// <summary>
    /// The same tokens, sorted by their frequency in the sequences, which get the new numbers; equally frequent ones keep
    /// their order. Tokens without values keep their numbers, since these are their only identity.
    /// </summary>
    /// <exception cref="ArgumentException">The cutoffs do not fit the number of tokens.</exception>
    public static TokenInput ByFrequency(TokenInput tokens, SequenceSet set, IReadOnlyList<int> cutoffs)
    {
        if (cutoffs[^1] >= tokens.Count)
            throw new ArgumentException($"The last of AdaptiveSoftmax must be below the number of tokens, {tokens.Count}; found {cutoffs[^1]}.");
        if (tokens.Values is not { } values)
            return tokens;
        var counts = new long[tokens.Count];
        foreach (int token in set.Tokens())
            counts[token]++;
        int[] order = [.. Enumerable.Range(0, tokens.Count).OrderByDescending(token => counts[token])];
        var numbers = new int[order.Length];
        for (int number = 0; number < order.Length; number++)
            numbers[order[number]] = number;
        set.Renumber(numbers);
        return tokens with
        {
            Values = [.. order.Select(token => values[token])],
            Unknown = tokens.Unknown is { } unknown ? Array.IndexOf(order, unknown) : null,
        };
    }
}
