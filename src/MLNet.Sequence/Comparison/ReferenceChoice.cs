using MLNet.Sequence.Metrics;

namespace MLNet.Sequence.Comparison;

/// <summary>
/// Is a reference, which needs no training, as good as the best model? A model is recommended only if it is clearly better than the best
/// reference on the validation rows, and no other reference is as good. If references are equally good, the simplest is used.
/// </summary>
/// <param name="analysis">The analysis of the models.</param>
/// <param name="references">The references, simplest first.</param>
/// <param name="margin">The relative difference of errors that does not matter.</param>
internal sealed class ReferenceChoice(RecurrenceAnalysis analysis, IReadOnlyList<RecurrenceCandidate> references, double margin)
{
    /// <summary>The reference to use instead of any model; null if a model is better than all.</summary>
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
        !IsNegligible(one, other) && analysis.Compare(one, other).Verdict == PairedVerdict.Worse;

    // If both are nearly perfect, neither is worse, even if one error is many times the other.
    private bool IsNegligible(RecurrenceCandidate one, RecurrenceCandidate other) => Math.Abs(one.Error - other.Error) <= analysis.Negligible;

    // An interval may be wide because one model is much worse from time to time: without proof that it is worse, it must also look as good, on
    // the test or the validation rows.
    private bool IsAsGood(RecurrenceCandidate one, RecurrenceCandidate other)
    {
        if (IsNegligible(one, other))
            return true;
        PairedDifference difference = analysis.Compare(one, other);
        return difference.Verdict is PairedVerdict.AsGood or PairedVerdict.Better
            || difference.Verdict == PairedVerdict.Undecided
                && (difference.Relative <= margin || LossIntervals.Excess(one.Validation, other.Validation) <= margin);
    }
}
