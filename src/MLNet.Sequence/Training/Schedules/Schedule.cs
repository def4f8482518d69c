namespace MLNet.Sequence;

/// <summary>
/// The learning rate over training, as a factor of <see cref="TrainingOptions.LearningRate"/>. A schedule is a function of
/// where training stands and of the epochs so far, and has no state of its own: a resumed run needs none.
/// To add one: its file beside this, and its test.
/// </summary>
public abstract record Schedule
{
    internal virtual IEnumerable<string> Problems() => [];

    /// <summary>Whether the factor depends on how many steps there will be.</summary>
    internal virtual bool HasEnd => false;

    internal abstract double Factor(TrainingMoment moment);
}

/// <summary>Where training stands before a step.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Total">Steps if training runs to its last epoch; counted when a schedule first asks.</param>
/// <param name="Epochs">The epochs done.</param>
internal readonly record struct TrainingMoment(long Step, Lazy<long> Total, IReadOnlyList<EpochReport> Epochs)
{
    public TrainingMoment(long step, long total, IReadOnlyList<EpochReport> epochs)
        : this(step, new Lazy<long>(total), epochs)
    {
    }

    public long TotalSteps => Total.Value;
}

/// <summary>The learning rate stays what the options say, from first step to last.</summary>
public sealed record ConstantSchedule : Schedule
{
    internal override double Factor(TrainingMoment moment) => 1;
}
