using MLNet.Sequence.Metrics;

namespace MLNet.Sequence.Comparison;

/// <summary>
/// Is what needs no training as good as the best model? A model is only recommended where it is clearly better than the reference that is best
/// on the validation rows, and no other reference is as good. Of references that are as good as each other the simplest is taken.
/// </summary>
/// <param name="analysis">Of the models.</param>
/// <param name="references">Simplest first.</param>
/// <param name="margin">The relative difference of errors that does not matter.</param>
internal sealed class ReferenceChoice(RecurrenceAnalysis analysis, IReadOnlyList<RecurrenceCandidate> references, double margin)
{
    /// <summary>The reference to use in place of any model; null where a model is better than all.</summary>
    public RecurrenceCandidate? Choose()
    {
        RecurrenceCandidate model = analysis.Decide().Model;
        RecurrenceCandidate? best = references.MinBy(one => one.Validation);
        RecurrenceCandidate[] asGood = [.. references.Where(one => IsAsGood(one, model) || one == best && !IsWorse(one, model))];
        return asGood.MinBy(one => one.Validation) is { } good
            ? references.First(one => one == good || !IsWorse(one, model) && IsAsGood(one, good))
            : null;
    }

    private bool IsWorse(RecurrenceCandidate one, RecurrenceCandidate other) =>
        !IsSlight(one, other) && analysis.Compare(one, other).Verdict == PairedVerdict.Worse;

    // Of two that are nearly perfect neither is worse, however many times the one's error is the other's.
    private bool IsSlight(RecurrenceCandidate one, RecurrenceCandidate other) => Math.Abs(one.Error - other.Error) <= analysis.Slight;

    // An interval may be wide because the one is far worse now and then: what is not shown to be worse must also look as good, on the
    // test rows or on those of validation.
    private bool IsAsGood(RecurrenceCandidate one, RecurrenceCandidate other)
    {
        if (IsSlight(one, other))
            return true;
        PairedDifference difference = analysis.Compare(one, other);
        return difference.Verdict is PairedVerdict.AsGood or PairedVerdict.Better
            || difference.Verdict == PairedVerdict.Undecided
                && (difference.Relative <= margin || LossIntervals.Excess(one.Validation, other.Validation) <= margin);
    }
}
