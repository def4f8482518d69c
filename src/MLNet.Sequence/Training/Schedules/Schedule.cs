namespace MLNet.Sequence;

/// <summary>
/// The learning rate over training, as a factor of <see cref="TrainingOptions.LearningRate"/>. A schedule is a function of the training
/// position and the epochs so far. It has no state of its own, so a resumed run needs none. To add one: a file next to this one, and a
/// test.
/// </summary>
public abstract record Schedule
{
    internal virtual IEnumerable<string> Problems() => [];

    /// <summary>Whether the factor depends on the total number of steps.</summary>
    internal virtual bool HasEnd => false;

    /// <summary>The factor. Options are rounded to floats, so that a run of an earlier build resumes with the same bits.</summary>
    internal abstract double Factor(TrainingMoment moment);
}

/// <summary>The position of training before a step.</summary>
/// <param name="Step">Steps done.</param>
/// <param name="Total">Steps if training runs to its last epoch; counted when a schedule first needs it.</param>
/// <param name="Epochs">The epochs done.</param>
internal readonly record struct TrainingMoment(long Step, Lazy<long> Total, IReadOnlyList<EpochReport> Epochs)
{
    public TrainingMoment(long step, long total, IReadOnlyList<EpochReport> epochs)
        : this(step, new Lazy<long>(total), epochs)
    {
    }

    public long TotalSteps => Total.Value;
}

/// <summary>The learning rate of the options, constant from the first step to the last.</summary>
public sealed record ConstantSchedule : Schedule
{
    internal override double Factor(TrainingMoment moment) => 1;
}
