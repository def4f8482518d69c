using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Two neighbours in a tree of sums.</summary>
/// <param name="To">The shard whose values become the sum.</param>
/// <param name="From">The shard whose values are added.</param>
internal readonly record struct ShardPair(int To, int From);

/// <summary>
/// How a batch is cut into shards, whose gradients are computed side by side and then added up in a fixed order. The rule reads only the
/// number of rows, never the machine: so a batch has the same gradient, bit for bit, with any number of threads and ranks.
/// </summary>
internal static class BatchShards
{
    /// <summary>Smaller shards waste more time between operations than threads win.</summary>
    public const int FewestRows = 16;

    /// <summary>Each shard needs memory for gradients of its own.</summary>
    public const int Most = 16;

    /// <summary>The rule, for checkpoints: with another rule a run has other bits.</summary>
    public static string Rule { get; } = FormattableString.Invariant($"{FewestRows} rows or more, at most {Most}");

    /// <summary>The shards of a batch, each with the same power of two of rows, the last one with the rest; on a GPU, a batch is one shard.</summary>
    public static long[][] Cut(long[] examples, Device device) =>
        device.type == TorchSharp.DeviceType.CPU ? [.. examples.Chunk(RowsOf(examples.Length))] : [examples];

    /// <summary>The number of shards of a batch on a CPU.</summary>
    public static int Count(long examples) => (int)((examples + RowsOf(examples) - 1) / RowsOf(examples));

    /// <summary>The seed of a shard's dropout masks; the first shard has that of the batch.</summary>
    public static long MaskSeed(long batch, int shard) => shard == 0 ? batch : unchecked((long)RandomStream.Mix((ulong)batch + (ulong)shard));

    /// <summary>The binary tree along which the values of all shards are added up into the first: its levels from the leaves on.</summary>
    /// <param name="count">The number of shards.</param>
    public static IEnumerable<ShardPair[]> Tree(int count)
    {
        for (int apart = 1; apart < count; apart *= 2)
            yield return [.. Enumerable.Range(0, (count + apart - 1) / (2 * apart)).Select(i => new ShardPair(2 * apart * i, 2 * apart * i + apart))];
    }

    private static int RowsOf(long examples)
    {
        int rows = FewestRows;
        while (rows * Most < examples)
            rows *= 2;
        return rows;
    }
}
