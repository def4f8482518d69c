namespace MLNet.Sequence.Training;

/// <summary>
/// Sequences of any lengths in batches, whole or in chunks. With chunks, the same rows return with their next steps until the longest row
/// has ended; rows that ended earlier have no steps. The number of an example is then the number of its sequence, plus the number of
/// sequences for each earlier chunk.
/// </summary>
/// <param name="count">The number of sequences.</param>
/// <param name="length">The number of steps of each sequence.</param>
internal sealed class SequenceOrder(long count, Func<long, int> length)
{
    private readonly bool _variable = AnyDiffers(count, length);

    /// <summary>Steps per chunk; null: whole sequences.</summary>
    public int? ChunkSteps { get; init; }

    /// <summary>Steps before the first chunk, which are loaded with it but not predicted. Default 0.</summary>
    public int Lead { get; init; }

    /// <summary>Steps at the end of a sequence that are only predicted, never read. Default 0.</summary>
    public int Ahead { get; init; }

    /// <summary>Whether sequences of similar length share a batch; no effect if all lengths are equal.</summary>
    public bool BucketByLength { get; init; }

    /// <summary>The batches of an epoch.</summary>
    public IEnumerable<long[]> Batches(int batchSize, long? seed) => Groups(batchSize, seed).SelectMany(
        group => Enumerable.Range(0, Chunks(group)).Select(chunk => Array.ConvertAll(group, example => example + chunk * count)));

    /// <summary>The number of batches of an epoch.</summary>
    public long CountBatches(int batchSize, long? seed) => ChunkSteps is null ? (count + batchSize - 1) / batchSize : Groups(batchSize, seed).Sum(Chunks);

    /// <summary>
    /// The weight of a full batch of average examples, from the total weight of all; of chunks, the average is over those with steps.
    /// </summary>
    public double FullWeight(int batchSize, double weight)
    {
        double chunks = 0;
        for (long example = 0; example < count; example++)
            chunks += Chunks(example);
        return Math.Min(batchSize, count) * weight / chunks;
    }

    /// <summary>The share of padding in the steps of an epoch's batches; null if padding is impossible.</summary>
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

    /// <summary>The sequence of an example, the first step that the network reads, and the number of steps.</summary>
    public (long Sequence, int First, int Steps) Place(long example)
    {
        (long chunk, long sequence) = Math.DivRem(example, count);
        int all = Seen(sequence), first = chunk == 0 ? 0 : (int)Math.Min(all, Lead + chunk * ChunkSteps!.Value);
        return (sequence, first, ChunkSteps is { } steps ? (int)Math.Min(all - first, chunk == 0 ? (long)Lead + steps : steps) : all);
    }

    /// <summary>Whether a batch continues where the previous one ended.</summary>
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
