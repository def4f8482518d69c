namespace MLNet.Sequence.Calendars;

/// <summary>Rows are steps, whatever time lies between them.</summary>
internal sealed record IrregularSteps : Frequency
{
    public override int Season => 1;

    public override string ToString() => "irregular";

    internal override double StepDays => double.NaN;

    internal override TimePoint? After(TimePoint time) => null;

    internal override long? Steps(TimePoint from, TimePoint to) => 1;
}
