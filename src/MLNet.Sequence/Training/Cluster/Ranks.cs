using System.Runtime.CompilerServices;
using System.Runtime.ExceptionServices;
using System.Runtime.InteropServices;
using System.Text;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// The ranks that train one model, seen from one of them; without a cluster there is one. All decisions are made from values that all ranks
/// share, so all of them take the same steps, and stop at the same one.
/// </summary>
internal sealed class Ranks
{
    private static readonly ConditionalWeakTable<TrainingCluster, object> Training = [];

    private readonly TrainingCluster? _cluster;
    private Exception? _agreed;
    private OperationCanceledException? _own;
    private bool _asked, _stops;

    /// <param name="cluster">Null: one rank.</param>
    /// <param name="threads">The number of threads of each rank.</param>
    public Ranks(TrainingCluster? cluster, int threads) => (_cluster, Threads) = (cluster is { Size: > 1 } ? cluster : null, threads);

    /// <summary>The number of threads of each rank.</summary>
    public int Threads { get; }

    /// <summary>Stops the training of this rank; its token is that of the exception on this rank, also if another one was asked to stop.</summary>
    public CancellationToken Cancellation { get; init; }

    public int Rank => _cluster?.Rank ?? 0;

    public int Size => _cluster?.Size ?? 1;

    /// <summary>Whether this rank writes files and reports.</summary>
    public bool IsFirst => Rank == 0;

    /// <summary>The rank that computes one of a number of parts. Each rank has neighbouring parts.</summary>
    public int OwnerOf(int part, int count) => (int)((long)Math.Min(part, count - 1) * Size / count);

    /// <summary>Completes an array in which each rank has computed some values, on all ranks.</summary>
    /// <param name="values">The values.</param>
    /// <param name="owner">The rank of a value, from its index; does not fall as the index rises.</param>
    public void Share<T>(T[] values, Func<int, int> owner) where T : unmanaged
    {
        if (_cluster is null)
            return;
        int[] counts = new int[Size];
        for (int i = 0; i < values.Length; i++)
            counts[owner(i)]++;
        Span<byte> all = MemoryMarshal.AsBytes(values.AsSpan());
        int size = Unsafe.SizeOf<T>(), next = counts[0] * size;
        // The first byte: whether the rank was asked to stop.
        if (!IsFirst)
            _cluster.Send(0, [(byte)(_asked ? 1 : 0), .. all.Slice(counts.AsSpan(0, Rank).ToArray().Sum() * size, counts[Rank] * size)]);
        for (int rank = 1; IsFirst && rank < Size; rank++)
        {
            var part = new byte[1 + counts[rank] * size];
            _cluster.Receive(rank, part);
            _asked |= part[0] != 0;
            part.AsSpan(1).CopyTo(all[next..]);
            next += part.Length - 1;
        }

        byte[] complete = [(byte)(_asked ? 1 : 0), .. all];
        _cluster.Broadcast(complete);
        _stops |= complete[0] != 0;
        complete.AsSpan(1).CopyTo(all);
    }

    /// <summary>A value of rank 0, such as a measured time.</summary>
    public T FromFirst<T>(T value) where T : unmanaged
    {
        _cluster?.Broadcast(MemoryMarshal.AsBytes(new Span<T>(ref value)));
        return value;
    }

    /// <summary>A text of rank 0; null stays null.</summary>
    public string? FromFirst(string? text) =>
        _cluster is null ? text : _cluster.BroadcastText(text is null ? "" : $"={text}") is { Length: > 0 } given ? given[1..] : null;

    /// <summary>Copies a contiguous tensor of rank 0 to all ranks.</summary>
    public void FromFirst(Tensor values) => _cluster?.Broadcast(values.bytes);

    /// <summary>Sends a contiguous tensor to another rank.</summary>
    public void Send(int rank, Tensor values) => _cluster!.Send(rank, values.bytes);

    /// <summary>Fills a contiguous tensor with that of another rank.</summary>
    public void Receive(int rank, Tensor values) => _cluster!.Receive(rank, values.bytes);

    /// <summary>Collects the tensors of all ranks on the first one.</summary>
    public Weights Gather(Weights own)
    {
        if (_cluster is null)
            return own;
        using var stream = new MemoryStream();
        Safetensors.Write(stream, own);
        var all = new Weights();
        foreach (Weight weight in _cluster.Gather(stream.ToArray()).SelectMany(file => Safetensors.Read(file)))
            all.Add(weight);
        return all;
    }

    /// <summary>Checks that values are the same on all ranks.</summary>
    /// <param name="values">Gives their names and texts.</param>
    /// <exception cref="InvalidOperationException">Thrown on all ranks; the message names all differences.</exception>
    public void MustAgree(Func<IReadOnlyDictionary<string, string>> values)
    {
        if (_cluster is null)
            return;
        byte[][] all = _cluster.Gather(RankFacts.ToBytes(values()));
        if (_cluster.BroadcastText(RankFacts.Differences(all)) is { Length: > 0 } message)
            throw Agreed(new InvalidOperationException(message));
    }

    /// <summary>Does something on all ranks that may fail on one of them; it must not exchange anything.</summary>
    /// <exception cref="Exception">If it failed on a rank, thrown on all ranks.</exception>
    public void Together(Action work)
    {
        if (_cluster is null)
        {
            work();
            return;
        }

        Exception? own = null;
        try
        {
            work();
        }
        catch (Exception failure)
        {
            own = failure;
        }

        byte[][] all = _cluster.Gather(Encoding.UTF8.GetBytes(own is null ? "" : $"{own.GetType().Name}: {own.Message}"));
        int failed = Array.FindIndex(all, text => text.Length > 0);
        string message = _cluster.BroadcastText(failed < 0 ? "" : $"Rank {failed} failed: {Encoding.UTF8.GetString(all[failed])}");
        if (message.Length > 0 && own is not null)
            ExceptionDispatchInfo.Throw(Agreed(own));
        if (message.Length > 0)
            throw Agreed(new InvalidOperationException(message));
    }

    /// <summary>Remembers an exception that all ranks are about to throw, since it follows from shared values.</summary>
    public T Agreed<T>(T failure) where T : Exception
    {
        _agreed = failure;
        return failure;
    }

    /// <summary>Whether all ranks threw an exception.</summary>
    public bool IsAgreed(Exception failure) => _cluster is null || failure == _agreed;

    /// <summary>Throws if any rank was asked to stop before the last <see cref="Share"/>.</summary>
    /// <param name="check">Throws an <see cref="OperationCanceledException"/> if this rank was asked to stop.</param>
    public void CheckCancelled(Action check)
    {
        WatchCancelled(check);
        if (_stops)
            throw Agreed(new OperationCanceledException("Training was cancelled.", _own, _own?.CancellationToken ?? Cancellation));
    }

    /// <summary>The same inside work that other ranks do not do: with several ranks, only remembered until the next <see cref="Share"/>.</summary>
    public void WatchCancelled(Action check)
    {
        try
        {
            check();
        }
        catch (OperationCanceledException cancelled) when (_cluster is not null)
        {
            _asked = true;
            _own ??= cancelled;
        }
    }

    /// <summary>Runs a training. If it fails on this rank alone, the others would wait for it without end: then all ranks end.</summary>
    /// <exception cref="InvalidOperationException">The cluster is training another model.</exception>
    public T Run<T>(Func<T> training)
    {
        if (_cluster is not null && !Training.TryAdd(_cluster, this))
            throw new InvalidOperationException("Training.Cluster is training another model: a cluster trains one at a time, in the same order on all ranks.");
        try
        {
            return training();
        }
        catch (Exception failure) when (!IsAgreed(failure))
        {
            _cluster!.Abort($"Training failed on rank {Rank} of {Size}, so all ranks end: {failure}");
            throw;
        }
        finally
        {
            if (_cluster is not null)
                Training.Remove(_cluster);
        }
    }
}
