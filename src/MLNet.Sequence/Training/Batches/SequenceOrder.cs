namespace MLNet.Sequence.Training;

/// <summary>
/// Sequences of any lengths in batches, whole or in chunks: the same rows come again and again with their next steps, until the longest
/// has ended; rows that ended before have no steps. The number of an example is then its sequence's plus the number of sequences for each
/// chunk before.
/// </summary>
/// <param name="count">The number of sequences.</param>
/// <param name="length">The steps of each.</param>
internal sealed class SequenceOrder(long count, Func<long, int> length)
{
    private readonly bool _variable = AnyDiffers(count, length);

    /// <summary>Steps of a chunk; null: whole sequences.</summary>
    public int? ChunkSteps { get; init; }

    /// <summary>Steps before the first chunk, which come with it: nothing is said of them. Default 0.</summary>
    public int Lead { get; init; }

    /// <summary>Steps at the end of a sequence that are predicted and never seen. Default 0.</summary>
    public int Ahead { get; init; }

    /// <summary>Whether sequences of similar length share a batch; of no effect where all lengths are equal.</summary>
    public bool BucketByLength { get; init; }

    /// <summary>The batches of an epoch.</summary>
    public IEnumerable<long[]> Batches(int batchSize, long? seed) => Groups(batchSize, seed).SelectMany(
        group => Enumerable.Range(0, Chunks(group)).Select(chunk => Array.ConvertAll(group, example => example + chunk * count)));

    /// <summary>The number of those batches.</summary>
    public long CountBatches(int batchSize, long? seed) => ChunkSteps is null ? (count + batchSize - 1) / batchSize : Groups(batchSize, seed).Sum(Chunks);

    /// <summary>What a full batch of average examples weighs where all weigh so much: of chunks an average one that has steps.</summary>
    public double FullWeight(int batchSize, double weight)
    {
        double chunks = 0;
        for (long example = 0; example < count; example++)
            chunks += Chunks(example);
        return Math.Min(batchSize, count) * weight / chunks;
    }

    /// <summary>The part of the steps of an epoch's batches that is padding; null where none can be.</summary>
    public double? PaddedPart(int batchSize, long? seed)
    {
        if (!_variable)
            return null;
        long valid = 0, all = 0;
        foreach (long[] batch in Batches(batchSize, seed))
        {
            long[] steps = Array.ConvertAll(batch, example => (long)Place(example).Steps);
            valid += steps.Sum();
            all += steps.Length * steps.Max();
        }

        return 1 - (double)valid / all;
    }

    /// <summary>The sequence of an example, the first step that the network sees of it, and how many it sees.</summary>
    public (long Sequence, int First, int Steps) Place(long example)
    {
        (long chunk, long sequence) = Math.DivRem(example, count);
        int all = Seen(sequence), first = chunk == 0 ? 0 : (int)Math.Min(all, Lead + chunk * ChunkSteps!.Value);
        return (sequence, first, ChunkSteps is { } steps ? (int)Math.Min(all - first, chunk == 0 ? (long)Lead + steps : steps) : all);
    }

    /// <summary>Whether a batch goes on where the one before ended.</summary>
    public bool Continues(ReadOnlySpan<long> batch) => batch[0] >= count;

    private static bool AnyDiffers(long count, Func<long, int> length)
    {
        for (long example = 1; example < count; example++)
        {
            if (length(example) != length(0))
                return true;
        }

        return false;
    }

    private IEnumerable<long[]> Groups(int batchSize, long? seed) => BucketByLength && _variable
        ? BatchOrder.ByLength(count, length, batchSize, seed)
        : BatchOrder.Shuffled(count, batchSize, seed);

    private int Seen(long sequence) => length(sequence) - Ahead;

    private int Chunks(long[] group) => group.Max(Chunks);

    private int Chunks(long sequence) => ChunkSteps is { } steps ? (int)(((long)Seen(sequence) - Lead + steps - 1) / steps) : 1;
}
