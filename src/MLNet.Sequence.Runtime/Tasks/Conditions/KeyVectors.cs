using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Tasks;

/// <summary>How a network reads channels of which the last ones are keys: a learnt vector in the place of each key.</summary>
internal static class KeyVectors
{
    private const int MostVector = 16;

    /// <summary>The number of keys in each column of keys.</summary>
    public static int[] Counts(IReadOnlyList<ChannelColumn> columns) => columns.Count == 0 ? [] :
        [.. columns.Select(column => column.Keys).OfType<IReadOnlyList<string>>().Select(keys => keys.Count)];

    /// <summary>The number of channels after the keys have become vectors.</summary>
    public static int Width(int size, int[] keys) => size - keys.Length + keys.Sum(Vector);

    /// <summary>The node that reads the channels.</summary>
    public static NetworkNode Read(string name, string path, (int Size, int[] Keys) channels, string source)
    {
        (int size, int[] keys) = channels;
        return size > keys.Length
            ? new NetworkNode(name, new ChannelSplit(new Sequential(), Tables(keys), keys.Length), [source]) { Path = path }
            : new NetworkNode(name, Tables(keys), [source]) { Path = $"{path}.tail" };
    }

    // A table for each column; the last vector of each is for keys that were not in training.
    private static Layer Tables(int[] keys)
    {
        var last = new Embedding(keys[^1] + 1, Vector(keys[^1]));
        return keys.Length == 1 ? last : new ChannelSplit(Tables(keys[..^1]), last, 1);
    }

    private static int Vector(int keys) => Math.Min(MostVector, (int)Math.Ceiling(Math.Sqrt(keys)) + 1);
}
