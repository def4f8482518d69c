namespace MLNet.Sequence.Tests.Training;

/// <summary>A clock whose time changes only when the test sets it.</summary>
internal sealed class SetClock : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public void Advance(int milliseconds) => _ticks += TimeSpan.TicksPerMillisecond * milliseconds;
}
