using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// How a batch is cut into shards, whose gradients are computed side by side and then added up in a fixed order. The rule reads only the
/// number of rows, never the machine: so a batch has the same gradient, bit for bit, with any number of threads.
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
    public static long[][] Cut(long[] examples, Device device)
    {
        int rows = FewestRows;
        while (rows * Most < examples.Length)
            rows *= 2;
        return device.type == TorchSharp.DeviceType.CPU ? [.. examples.Chunk(rows)] : [examples];
    }

    /// <summary>The seed of a shard's dropout masks; the first shard has that of the batch.</summary>
    public static long MaskSeed(long batch, int shard) => shard == 0 ? batch : unchecked((long)RandomStream.Mix((ulong)batch + (ulong)shard));

    /// <summary>Adds up the values of all shards along a binary tree, into the first.</summary>
    /// <param name="count">The number of shards.</param>
    /// <param name="threads">The number of threads.</param>
    /// <param name="add">Adds the values of the second shard to those of the first.</param>
    public static void AddUp(int count, int threads, Action<int, int> add)
    {
        for (int apart = 1; apart < count; apart *= 2)
        {
            (int step, int from) = (2 * apart, apart);
            TorchWorkers.Run((count - apart + step - 1) / step, threads, pair => add(pair * step, pair * step + from));
        }
    }
}
