using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Ranks that are threads of this process.</summary>
internal sealed class MemoryCluster : TrainingCluster
{
    private readonly Wires _wires;

    private MemoryCluster(int rank, int size, Wires wires) => (Rank, Size, _wires) = (rank, size, wires);

    public override int Rank { get; }

    public override int Size { get; }

    /// <summary>Runs a program on all ranks and gives their results.</summary>
    /// <exception cref="AbortedException">A rank ended all.</exception>
    public static T[] Run<T>(int size, Func<TrainingCluster, T> program)
    {
        Outcome<T>[] outcomes = Outcomes(size, program);
        if (Array.Find(outcomes, one => one.Failure is AbortedException)?.Failure is { } aborted)
            throw aborted;
        if (Array.Find(outcomes, one => one.Failure is not null)?.Failure is { } failure)
            ExceptionDispatchInfo.Throw(failure);
        return [.. outcomes.Select(one => one.Result!)];
    }

    /// <summary>Runs a program on all ranks and gives the result or the exception of each.</summary>
    public static Outcome<T>[] Outcomes<T>(int size, Func<TrainingCluster, T> program)
    {
        var wires = new Wires();
        var outcomes = new Outcome<T>[size];
        Thread[] threads = [.. Enumerable.Range(0, size).Select(rank => new Thread(() =>
        {
            try
            {
                outcomes[rank] = new Outcome<T>(program(new MemoryCluster(rank, size, wires)), null);
            }
            catch (Exception failure)
            {
                outcomes[rank] = new Outcome<T>(default, failure);
            }
        }))];
        foreach (Thread thread in threads)
            thread.Start();
        foreach (Thread thread in threads)
            thread.Join();
        return outcomes;
    }

    public override void Send(int rank, ReadOnlySpan<byte> bytes)
    {
        MustBeOther(rank, bytes.Length);
        _wires.Between(Rank, rank).Add(bytes.ToArray());
    }

    public override void Receive(int rank, Span<byte> bytes)
    {
        MustBeOther(rank, bytes.Length);
        byte[] received;
        try
        {
            received = _wires.Between(rank, Rank).Take(_wires.Aborted.Token);
        }
        catch (OperationCanceledException)
        {
            throw new AbortedException(_wires.Message!);
        }

        if (received.Length != bytes.Length)
            throw new InvalidOperationException($"Rank {rank} sent {received.Length} bytes; rank {Rank} expects {bytes.Length}.");
        received.CopyTo(bytes);
    }

    [DoesNotReturn]
    public override void Abort(string message)
    {
        lock (_wires)
            _wires.Message ??= message;
        _wires.Aborted.Cancel();
        throw new AbortedException(_wires.Message);
    }

    private void MustBeOther(int rank, int length)
    {
        if (rank == Rank || rank < 0 || rank >= Size || length == 0)
            throw new ArgumentException($"Rank {Rank} of {Size} exchanges {length} bytes with rank {rank}.");
    }

    /// <summary>What a rank returned or threw.</summary>
    internal sealed record Outcome<T>(T? Result, Exception? Failure);

    /// <summary>All ranks were ended.</summary>
    internal sealed class AbortedException(string message) : Exception(message);

    private sealed class Wires
    {
        private readonly ConcurrentDictionary<(int From, int To), BlockingCollection<byte[]>> _all = new();

        public CancellationTokenSource Aborted { get; } = new();

        public string? Message { get; set; }

        public BlockingCollection<byte[]> Between(int from, int to) => _all.GetOrAdd((from, to), _ => []);
    }
}
