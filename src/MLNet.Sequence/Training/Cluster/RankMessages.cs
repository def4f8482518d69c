using System.Runtime.InteropServices;
using System.Text;

namespace MLNet.Sequence.Training;

/// <summary>What several ranks do together, as messages between two of them. All ranks call the same methods in the same order.</summary>
internal static class RankMessages
{
    /// <summary>Copies the bytes of rank 0 to all ranks, along a binary tree.</summary>
    public static void Broadcast(this TrainingCluster cluster, Span<byte> bytes)
    {
        if (bytes.IsEmpty)
            return;
        int reach = 1;
        while (reach < cluster.Size && (cluster.Rank & reach) == 0)
            reach *= 2;
        if (cluster.Rank > 0)
            cluster.Receive(cluster.Rank - reach, bytes);
        for (reach /= 2; reach > 0; reach /= 2)
        {
            if (cluster.Rank + reach < cluster.Size)
                cluster.Send(cluster.Rank + reach, bytes);
        }
    }

    /// <summary>Copies bytes of rank 0, of any length, to all ranks.</summary>
    public static byte[] BroadcastAny(this TrainingCluster cluster, byte[] bytes)
    {
        int length = bytes.Length;
        cluster.Broadcast(MemoryMarshal.AsBytes(new Span<int>(ref length)));
        byte[] all = cluster.Rank == 0 ? bytes : new byte[length];
        cluster.Broadcast(all);
        return all;
    }

    /// <summary>Copies a text of rank 0 to all ranks.</summary>
    public static string BroadcastText(this TrainingCluster cluster, string text) =>
        Encoding.UTF8.GetString(cluster.BroadcastAny(Encoding.UTF8.GetBytes(text)));

    /// <summary>Collects bytes of any length on rank 0.</summary>
    /// <returns>On rank 0 those of each rank; on the others nothing.</returns>
    public static byte[][] Gather(this TrainingCluster cluster, byte[] bytes)
    {
        if (cluster.Rank == 0)
            return [bytes, .. Enumerable.Range(1, cluster.Size - 1).Select(cluster.ReceiveAny)];
        int length = bytes.Length;
        cluster.Send(0, MemoryMarshal.AsBytes(new Span<int>(ref length)));
        if (length > 0)
            cluster.Send(0, bytes);
        return [];
    }

    private static byte[] ReceiveAny(this TrainingCluster cluster, int rank)
    {
        int length = 0;
        cluster.Receive(rank, MemoryMarshal.AsBytes(new Span<int>(ref length)));
        var bytes = new byte[length];
        if (length > 0)
            cluster.Receive(rank, bytes);
        return bytes;
    }
}
