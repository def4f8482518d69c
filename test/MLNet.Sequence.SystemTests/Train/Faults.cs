namespace MLNet.Sequence.SystemTests.Train;

internal static class Faults
{
    /// <summary>.NET makes an exception of the signal of the processor; a library that handles the signal itself would end the process.</summary>
    public static void CatchNullReference()
    {
        string[]? missing = Environment.ProcessId > 0 ? null : [];
        try
        {
            Console.WriteLine(missing!.Length);
        }
        catch (NullReferenceException)
        {
            // As expected: .NET still handles the signal.
            return;
        }
    }
}

/// <summary>A clock that fails in mid-training.</summary>
internal sealed class FailingClock : TimeProvider
{
    private int _left = 20;

    public override long GetTimestamp() => --_left > 0 ? base.GetTimestamp() : throw new IOException("The clock of this rank has stopped.");
}

/// <summary>Stops rank 0, for which all others then wait, until its input ends.</summary>
internal sealed class Pause(int epoch) : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        if (value.Epoch < epoch)
            return;
        Console.WriteLine("paused");
        Console.In.ReadToEnd();
    }
}
