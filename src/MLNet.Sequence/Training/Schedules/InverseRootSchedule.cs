namespace MLNet.Sequence;

/// <summary>
/// Rises linearly over the first steps, then falls with the inverse square root of the step (Vaswani et al., arXiv 1706.03762, section 5.3):
/// min(s / w, √(w / s)) at step s, from 1. It has no end. <see cref="TrainingOptions.LearningRate"/> is the highest rate; the paper's is
/// 1 / √(channels · w).
/// </summary>
public sealed record InverseRootSchedule : Schedule
{
    /// <summary>w, the steps of the rise; at least 1. Default 4000.</summary>
    public int WarmUpSteps { get; init; } = 4000;

    internal override IEnumerable<string> Problems()
    {
        if (WarmUpSteps < 1)
            yield return $"{nameof(InverseRootSchedule)}.{nameof(WarmUpSteps)} must be at least 1; found {WarmUpSteps}.";
    }

    internal override double Factor(TrainingMoment moment)
    {
        double step = moment.Step + 1;
        return Math.Min(step / WarmUpSteps, Math.Sqrt(WarmUpSteps / step));
    }
}
