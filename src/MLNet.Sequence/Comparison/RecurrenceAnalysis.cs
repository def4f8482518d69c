using System.Globalization;
using MLNet.Sequence.Metrics;

namespace MLNet.Sequence.Comparison;

/// <summary>The data of a model that a decision needs.</summary>
/// <param name="Name">The model's name.</param>
/// <param name="IsFeedForward">Whether its receptive field is bounded.</param>
/// <param name="IsStable">Whether it is recurrent with a proven bound on its memory.</param>
/// <param name="Validation">The mean validation loss, which models are chosen by.</param>
/// <param name="Losses">[rounds][examples], the same examples in the same order for all models.</param>
internal sealed record RecurrenceCandidate(string Name, bool IsFeedForward, bool IsStable, double Validation, double[][] Losses)
{
    /// <summary>Whether it still learned when its training ended.</summary>
    public bool StillLearns { get; init; }

    /// <summary>Whether its training was stopped early, because it was beaten on the validation rows.</summary>
    public bool IsStopped { get; init; }

    /// <summary>Whether it is a linear function of its window.</summary>
    public bool IsLinear { get; init; }

    /// <summary>The number of its weights.</summary>
    public long Parameters { get; init; }

    public double Error => Losses.Average(round => round.Average());
}

/// <summary>
/// Do you need recurrence? Models are chosen on validation rows and compared on test rows, each with the best of the other kind.
/// </summary>
internal sealed class RecurrenceAnalysis
{
    private readonly RecurrenceCandidate[] _candidates;
    private readonly LossIntervals _intervals;
    private readonly double _margin;

    /// <param name="candidates">The models, at least one, each with the same number of rounds and examples.</param>
    /// <param name="intervals">The intervals for the losses of these examples.</param>
    /// <param name="margin">The relative difference of errors that does not matter.</param>
    public RecurrenceAnalysis(IEnumerable<RecurrenceCandidate> candidates, LossIntervals intervals, double margin)
    {
        RecurrenceCandidate[] all = [.. candidates];
        // A model that still learns is only underrated: the best on the validation rows stays, since more training can only improve it.
        RecurrenceCandidate best = all.MinBy(candidate => candidate.Validation)!;
        _candidates = [.. all.Where(candidate => !candidate.StillLearns || candidate == best)];
        LeftOut = [.. all.Except(_candidates)];
        (_intervals, _margin) = (intervals, margin);
        FeedForward = Best(candidate => candidate.IsFeedForward);
        Recurrent = Best(candidate => !candidate.IsFeedForward);
        Stable = Best(candidate => candidate.IsStable);
        Unconstrained = Best(candidate => !candidate.IsFeedForward && !candidate.IsStable);
    }

    /// <summary>
    /// A difference of errors that carries no information, even if it is large relative to them: a thousandth of the smaller error of the
    /// two simplest references, the mean and the naive forecast. 0 if there are none.
    /// </summary>
    public double Negligible => References.Count == 0 ? 0 : 1e-3 * References.Take(2).Min(reference => reference.Error);

    /// <summary>The models that still learned at the end and are not the best so far: the decision ignores them.</summary>
    public IReadOnlyList<RecurrenceCandidate> LeftOut { get; }

    /// <summary>
    /// The models that were stopped early although the decision depends on them: it compares them with the model that fits best, and the test
    /// rows do not show that they are worse. They must be trained to their end.
    /// </summary>
    public IReadOnlyList<RecurrenceCandidate> StoppedTooEarly
    {
        get
        {
            RecurrenceCandidate fits = Fit(InWindows).Model;
            bool byStability = OfKinds is { Verdict: PairedVerdict.Worse };
            return [.. _candidates.Where(one => one.IsStopped && (one == fits
                || (one == FeedForward || one == Recurrent || byStability && (one == Stable || one == Unconstrained)
                    || one.IsFeedForward && Simplicity(one).CompareTo(Simplicity(fits)) < 0)
                && Compare(one, fits).Verdict != PairedVerdict.Worse))];
        }
    }

    /// <summary>The relative difference that does not matter.</summary>
    public double Margin => _margin;

    /// <summary>The name of the loss, in words.</summary>
    public string Metric { get; init; } = "error";

    /// <summary>
    /// Whether all models see a window: each of them is then a function of the window. The better kind shows which function fits, not
    /// that memory beyond the window is needed.
    /// </summary>
    public bool InWindows { get; init; }

    /// <summary>What could take the place of recurrence, inserted behind that word; empty: nothing, since all models see all steps.</summary>
    public string Alternative { get; init; } = ", or a longer receptive field,";

    /// <summary>The references, which need no training, simplest first.</summary>
    public IReadOnlyList<RecurrenceCandidate> References { get; init; } = [];

    /// <summary>The one of <see cref="References"/> to use instead of any model; null if a model is better than all.</summary>
    public RecurrenceCandidate? Reference => new ReferenceChoice(this, References, _margin).Choose();

    /// <summary>The best feed-forward model on the validation rows; null if there is none.</summary>
    public RecurrenceCandidate? FeedForward { get; }

    /// <summary>The best recurrent model.</summary>
    public RecurrenceCandidate? Recurrent { get; }

    /// <summary>The best stable model.</summary>
    public RecurrenceCandidate? Stable { get; }

    /// <summary>The best recurrent model that is not stable.</summary>
    public RecurrenceCandidate? Unconstrained { get; }

    /// <summary>Is the best feed-forward model as good as the best recurrent one? Null if one kind is missing.</summary>
    public PairedDifference? OfKinds => FeedForward is null || Recurrent is null ? null : Compare(FeedForward, Recurrent);

    /// <summary>Is the best stable model as good as the best unconstrained one? Null if one kind is missing.</summary>
    public PairedDifference? OfStability => Stable is null || Unconstrained is null ? null : Compare(Stable, Unconstrained);

    /// <summary>
    /// The number of pairs that the verdict may look at: of kinds, of stability, and a stable model with a feed-forward one; with references one
    /// more, since a model must beat the best of them; and the best model with all simpler ones.
    /// </summary>
    public int Pairs => (References.Count > 0 ? 1 : 0) + Math.Max(1, new[] { (FeedForward, Recurrent), (Stable, Unconstrained), (Stable, FeedForward) }
        .Where(pair => pair is (not null, not null)).Distinct().Count())
        + _candidates.Count(candidate => candidate.IsFeedForward && candidate != FeedForward);

    /// <summary>The interval of a model's error.</summary>
    public (double Low, double High) Interval(RecurrenceCandidate candidate) => _intervals.OfMean(candidate.Losses);

    public PairedDifference Compare(RecurrenceCandidate first, RecurrenceCandidate second)
    {
        (double low, double high) = _intervals.OfRatio(first.Losses, second.Losses, Pairs);
        return new PairedDifference(first.Name, second.Name, LossIntervals.Excess(first.Error, second.Error), low, high, _margin);
    }

    /// <summary>The model to use, and the first reason: the simplest of those that are as good as the best one.</summary>
    /// <param name="windowIsEnough">Whether a number of last steps is known to be enough, although some models see more.</param>
    public (RecurrenceCandidate Model, bool NeedsRecurrence, string Reason) Decide(bool windowIsEnough = false)
    {
        (RecurrenceCandidate fits, bool needed, string reason) = Fit(InWindows || windowIsEnough);
        foreach (RecurrenceCandidate simpler in _candidates.Where(one => one.IsFeedForward && Simplicity(one).CompareTo(Simplicity(fits)) < 0)
            .OrderBy(Simplicity))
        {
            if (Compare(simpler, fits) is { Verdict: PairedVerdict.Better or PairedVerdict.AsGood } difference)
                return (simpler, false, $"{reason}; and {simpler.Name}, which is simpler, is as good: {difference}");
        }

        return (fits, needed, reason);
    }

    // Feed-forward before recurrent, linear before nonlinear, then by size.
    private static (bool IsRecurrent, bool IsCurved, long Parameters) Simplicity(RecurrenceCandidate one) =>
        (!one.IsFeedForward, !one.IsLinear, one.Parameters);

    private (RecurrenceCandidate Model, bool NeedsRecurrence, string Reason) Fit(bool inside)
    {
        if (OfKinds is not { } kinds)
        {
            RecurrenceCandidate only = Best(_ => true)!;
            string kind = only.IsFeedForward ? "feed-forward" : "recurrent";
            return (only, false, inside
                ? $"{only.Name} fits best; only {kind} models were compared"
                : $"it was the best on the validation rows; only {kind} models were compared, which does not show whether recurrence is needed");
        }

        string evidence = $"the {Metric} of {kinds.First}, the best feed-forward model, is {PairedDifference.Percent(kinds.Relative)} than that of "
            + $"{kinds.Second}, the best recurrent one {kinds.Interval}";
        return kinds.Verdict switch
        {
            PairedVerdict.Better or PairedVerdict.AsGood =>
                (FeedForward!, false, $"{(inside ? $"{FeedForward!.Name} fits best" : "recurrence is not needed")}: {evidence}"),
            PairedVerdict.Worse => Stabler($"{(inside ? "a recurrent cell fits best" : $"recurrence{Alternative} is needed")}: {evidence}",
                inside),
            // Nothing is claimed without evidence: of two that may be equally good, the simpler one.
            _ => (FeedForward!, false,
                $"{(inside ? "the data does not show which kind fits better" : "the data neither shows that recurrence is needed nor rules it out")}: "
                    + $"{evidence}; "
                    + string.Create(CultureInfo.InvariantCulture, $"only an interval wholly beyond {100 * _margin:G3} % decides; ")
                    + $"until then the simpler model is recommended"),
        };
    }

    // Among equally good recurrent models, the one with a proof.
    private (RecurrenceCandidate, bool, string) Stabler(string reason, bool inside) => OfStability switch
    {
        { Verdict: PairedVerdict.Better or PairedVerdict.AsGood } stable =>
            (Stable!, !inside, $"{reason}; and the stable model is as good as the unconstrained one: {stable}"),
        _ => (Recurrent!, !inside, reason),
    };

    private RecurrenceCandidate? Best(Func<RecurrenceCandidate, bool> kind) =>
        _candidates.Where(kind).MinBy(candidate => candidate.Validation);
}
