namespace MLNet.Sequence.Bench;

/// <summary>The processor time of this process: fair between runs on a machine that is shared.</summary>
internal sealed class ProcessorClock : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Environment.CpuUsage.TotalTime.Ticks;
}
