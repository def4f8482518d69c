using MLNet.Sequence.Data;

namespace MLNet.Sequence.Training;

/// <summary>
/// Orders of examples in batches. Whole epochs are shuffled. With lengths, runs of batches are then sorted by length, and the batches of a
/// run are shuffled. Each length is changed by up to a tenth, so that batches differ from epoch to epoch.
/// </summary>
internal static class BatchOrder
{
    // Long enough to group similar lengths, short enough to keep the order of a large set random.
    private const int BatchesInRun = 64;
    private const double Blur = 0.1;

    /// <summary>Batches in the order of a permutation that depends on the seed; null: ascending order.</summary>
    public static IEnumerable<long[]> Shuffled(long count, long batchSize, long? seed)
    {
        var order = new Permutation(count, seed ?? 0);
        for (long start = 0; start < count; start += batchSize)
        {
            var batch = new long[Math.Min(batchSize, count - start)];
            for (int i = 0; i < batch.Length; i++)
                batch[i] = seed is null ? start + i : order[start + i];
            yield return batch;
        }
    }

    /// <summary>
    /// Batches of similar lengths with a limited number of steps, padding included, in an order that depends on the seed; null: ordered by
    /// length. A longer example is a batch alone.
    /// </summary>
    public static IEnumerable<long[]> ByTokens(long count, Func<long, int> length, long most, long? seed)
    {
        var batches = new List<long[]>();
        var batch = new List<long>();
        int longest = 0;
        foreach (long example in Shuffled(count, Math.Max(1, count), seed).SelectMany(all => all).OrderBy(Keys(length, seed)))
        {
            longest = Math.Max(longest, length(example));
            if (batch.Count > 0 && (batch.Count + 1L) * longest > most)
            {
                batches.Add([.. batch]);
                batch.Clear();
                longest = length(example);
            }

            batch.Add(example);
        }

        if (batch.Count > 0)
            batches.Add([.. batch]);
        var order = new Permutation(batches.Count, seed ?? 0);
        return Enumerable.Range(0, batches.Count).Select(i => batches[seed is null ? i : (int)order[i]]);
    }

    /// <summary>Batches of similar lengths, in an order that depends on the seed; null: ordered by length.</summary>
    public static IEnumerable<long[]> ByLength(long count, Func<long, int> length, int batchSize, long? seed)
    {
        long number = 0;
        foreach (long[] examples in Shuffled(count, (long)batchSize * BatchesInRun, seed))
        {
            // The examples of the partial batch are taken out before sorting. Otherwise they would be the longest ones in every epoch.
            int rest = seed is null ? 0 : examples.Length % batchSize;
            // Equal keys keep their shuffled order.
            long[][] batches = [.. examples.Skip(rest).OrderBy(Keys(length, seed)).Chunk(batchSize), .. examples.Take(rest).Chunk(batchSize)];
            var order = new Permutation(batches.Length, unchecked((seed ?? 0) + ++number));
            for (int i = 0; i < batches.Length; i++)
                yield return batches[seed is null ? i : order[i]];
        }
    }

    private static Func<long, double> Keys(Func<long, int> length, long? seed) => seed is { } given
        ? example => length(example) * (1 + Blur * new RandomStream(given, example).NextDouble())
        : example => length(example);
}
