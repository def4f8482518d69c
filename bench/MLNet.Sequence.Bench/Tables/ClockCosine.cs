using MLNet.Sequence.Training;

namespace MLNet.Sequence.Bench.Tables;

/// <summary>Half a cosine down to 0 over a budget of a clock's time, whatever the number of steps that fit into it.</summary>
internal sealed record ClockCosine(TimeProvider Clock, TimeSpan Budget) : Schedule
{
    private readonly Lazy<long> _start = new(Clock.GetTimestamp);

    internal override double Factor(TrainingMoment moment) =>
        (1 + Math.Cos(Math.PI * Math.Min(1, Clock.GetElapsedTime(_start.Value) / Budget))) / 2;
}
