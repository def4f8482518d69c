using System.Diagnostics.CodeAnalysis;
using MLNet.Sequence.Distributed;

namespace MLNet.Sequence;

/// <summary>
/// The processes that <c>mpirun</c> of Open MPI started, as a cluster that trains one model: <c>mpirun -n 4 dotnet train.dll</c>. A program makes
/// one at its start and disposes it at its end:
/// <code>
/// using Mpi cluster = Mpi.Start();
/// var options = new TrainingOptions { Cluster = cluster, Seed = 1 };
/// </code>
/// If one process fails, all end: an exception that nobody catches is shown once, and a killed process ends the others through mpirun. A checkpoint
/// resumes with any number of processes.
/// </summary>
public sealed class Mpi : TrainingCluster, IDisposable
{
    // Each of the launchers that Open MPI works with sets one of them.
    private static readonly string[] Launched = ["OMPI_COMM_WORLD_SIZE", "PMIX_RANK", "PMI_RANK"];

    // If several ranks fail alike, the first one tells why, and ends the others while they wait.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    // Ranks after this one wait no longer.
    private const int LastToWait = 3;

    // A message of MPI counts its bytes with an int.
    private const int LongestMessage = 1 << 30;

    private static Mpi? s_started;

    private readonly bool _launched;
    private bool _disposed;

    private Mpi(int rank, int size, bool launched) => (Rank, Size, _launched) = (rank, size, launched);

    /// <inheritdoc/>
    public override int Rank { get; }

    /// <inheritdoc/>
    public override int Size { get; }

    /// <summary>
    /// Joins the processes that mpirun started. Without mpirun the cluster has one rank, Open MPI is not needed, and training says so in an Info
    /// line.
    /// </summary>
    /// <exception cref="InvalidOperationException">Open MPI is missing, or the launcher is that of another MPI; the message says what to do. Or it was
    /// called before: Open MPI starts once in a process.</exception>
    public static Mpi Start()
    {
        if (s_started is not null)
            throw new InvalidOperationException("Mpi.Start was called before; Open MPI starts once in a process. Pass its result on.");
        if (!Launched.Any(variable => Environment.GetEnvironmentVariable(variable) is { Length: > 0 }))
            return s_started = new Mpi(0, 1, launched: false);
        (int rank, int size) = OpenMpi.Start();
        if (size == 1 && Environment.GetEnvironmentVariable("PMI_SIZE") is { } other && other != "1")
            throw new InvalidOperationException($"A launcher started {other} processes that Open MPI does not know of: use Open MPI's mpirun.");
        s_started = new Mpi(rank, size, launched: true);
        AppDomain.CurrentDomain.UnhandledException += s_started.OnUnhandled;
        AppDomain.CurrentDomain.ProcessExit += s_started.OnExit;
        return s_started;
    }

    /// <inheritdoc/>
    public override void Send(int rank, ReadOnlySpan<byte> bytes)
    {
        for (; bytes.Length > LongestMessage; bytes = bytes[LongestMessage..])
            OpenMpi.Send(rank, bytes[..LongestMessage]);
        OpenMpi.Send(rank, bytes);
    }

    /// <inheritdoc/>
    public override void Receive(int rank, Span<byte> bytes)
    {
        for (; bytes.Length > LongestMessage; bytes = bytes[LongestMessage..])
            ReceiveAll(rank, bytes[..LongestMessage]);
        ReceiveAll(rank, bytes);
    }

    /// <inheritdoc/>
    [DoesNotReturn]
    public override void Abort(string message)
    {
#pragma warning disable RS0030 // Nobody is left to receive an exception: the console is the only place for the reason.
        Console.Error.WriteLine(message);
        Console.Error.Flush();
#pragma warning restore RS0030
        if (_launched)
            OpenMpi.Abort();
        Environment.Exit(1);
    }

    /// <summary>
    /// Leaves the cluster; waits until all ranks do. A rank that still trains would wait for this one without end: then all ranks end, with a message.
    /// </summary>
    public void Dispose()
    {
        if (_disposed || !_launched)
            return;
        _disposed = true;
        // An empty message says farewell; training sends none.
        for (int rank = 0; rank < Size; rank++)
        {
            if (rank != Rank)
                OpenMpi.Send(rank, []);
        }

        for (int rank = 0; rank < Size; rank++)
        {
            // Whoever still trains finds the farewell and ends all; this rank does so only if that takes long.
            if (rank != Rank && OpenMpi.Receive(rank, []) != 0)
                AbortSoon(LastToWait, Left(Rank, rank));
        }

        OpenMpi.Stop();
    }

    private void ReceiveAll(int rank, Span<byte> bytes)
    {
        int? received = OpenMpi.Receive(rank, bytes);
        if (received == bytes.Length)
            return;
        string found = received is { } fewer ? $"{fewer}" : "more";
        AbortSoon(Rank, received == 0
            ? Left(rank, Rank)
            : $"Rank {rank} is at another point of the program than rank {Rank}, so all ranks end: all ranks must call Fit in the same order, with the same "
                + $"rows and options. Rank {Rank} expects {bytes.Length} bytes, and rank {rank} sent {found}.");
    }

    private static string Left(int gone, int training) =>
        $"Rank {gone} left the cluster while rank {training} trains, so all ranks end: all ranks must call Fit in the same order.";

    private void OnUnhandled(object sender, UnhandledExceptionEventArgs unhandled) =>
        AbortSoon(Rank, $"Rank {Rank} of {Size} failed, so all ranks end: {unhandled.ExceptionObject}");

    // The others may wait for this rank without end, so that it must end them; but one that comes before it may be about to tell why.
    [DoesNotReturn]
    private void AbortSoon(int turn, string message)
    {
        using var never = new ManualResetEventSlim();
        never.Wait(Patience * Math.Min(turn, LastToWait));
        Abort(message);
    }

    // Without its end, mpirun takes a process for failed; with another exit code it has failed.
    private void OnExit(object? sender, EventArgs exit)
    {
        if (Environment.ExitCode == 0)
            Dispose();
    }
}
