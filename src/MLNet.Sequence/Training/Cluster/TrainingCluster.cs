using System.Diagnostics.CodeAnalysis;

namespace MLNet.Sequence;

/// <summary>
/// Processes that train one model together; each is a rank. All of them run the same program, which calls <c>Fit</c> in the same order with the same
/// rows and options. The package MLNet.Sequence.Distributed has one over Open MPI; another transport derives from this class. Messages between
/// two ranks arrive in the order in which they were sent. The training calls one member at a time.
/// </summary>
public abstract class TrainingCluster
{
    /// <summary>The number of this process: at least 0, below <see cref="Size"/>. Rank 0 writes checkpoints and reports.</summary>
    public abstract int Rank { get; }

    /// <summary>The number of ranks, at least 1.</summary>
    public abstract int Size { get; }

    /// <summary>Sends bytes to another rank; may wait until it receives them.</summary>
    /// <param name="rank">The receiver: another rank.</param>
    /// <param name="bytes">At least one byte.</param>
    public abstract void Send(int rank, ReadOnlySpan<byte> bytes);

    /// <summary>Waits for bytes from another rank.</summary>
    /// <param name="rank">The sender: another rank.</param>
    /// <param name="bytes">Filled; has the length of what was sent, at least one byte.</param>
    public abstract void Receive(int rank, Span<byte> bytes);

    /// <summary>Ends all ranks, because this one cannot go on.</summary>
    /// <param name="message">Why: the only message that the user sees.</param>
    [DoesNotReturn]
    public abstract void Abort(string message);
}
