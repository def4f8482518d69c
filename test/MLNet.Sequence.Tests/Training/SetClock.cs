namespace MLNet.Sequence.Tests.Training;

/// <summary>A clock that stands still until it is moved on.</summary>
internal sealed class SetClock : TimeProvider
{
    private long _ticks;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _ticks;

    public void Advance(int milliseconds) => _ticks += TimeSpan.TicksPerMillisecond * milliseconds;
}
