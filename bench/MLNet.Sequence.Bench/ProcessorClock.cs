namespace MLNet.Sequence.Bench;

/// <summary>The processor time of this process: comparable between runs on a shared machine.</summary>
internal sealed class ProcessorClock : TimeProvider
{
    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => Environment.CpuUsage.TotalTime.Ticks;
}
