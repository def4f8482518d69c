using System.Globalization;
using MLNet.Sequence.Metrics;

namespace MLNet.Sequence.Comparison;

/// <summary>What a decision needs to know of a model.</summary>
/// <param name="Name">The model.</param>
/// <param name="IsFeedForward">Whether its receptive field is bounded.</param>
/// <param name="IsStable">Whether it is recurrent with a proved bound of its memory.</param>
/// <param name="Validation">The mean validation loss, which models are chosen by.</param>
/// <param name="Losses">[rounds][examples], the same examples in the same order for all models.</param>
internal sealed record RecurrenceCandidate(string Name, bool IsFeedForward, bool IsStable, double Validation, double[][] Losses)
{
    /// <summary>Whether it still learned when its training ended.</summary>
    public bool StillLearns { get; init; }

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
    /// <param name="intervals">Of the losses of these examples.</param>
    /// <param name="margin">The relative difference of errors that does not matter.</param>
    public RecurrenceAnalysis(IEnumerable<RecurrenceCandidate> candidates, LossIntervals intervals, double margin)
    {
        RecurrenceCandidate[] all = [.. candidates];
        // Who still learns is only underrated: the best on the validation rows stays, whatever it may yet become.
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
    /// A difference of errors that is no information, however large it is beside them: a thousandth of what the best of the two simplest
    /// references costs, the mean and the naive forecast. 0 where there are none.
    /// </summary>
    public double Slight => References.Count == 0 ? 0 : 1e-3 * References.Take(2).Min(reference => reference.Error);

    /// <summary>Those that still learned at the end and are not the best so far: nothing is decided by them.</summary>
    public IReadOnlyList<RecurrenceCandidate> LeftOut { get; }

    /// <summary>The relative difference that does not matter.</summary>
    public double Margin => _margin;

    /// <summary>What the losses are, in words.</summary>
    public string Metric { get; init; } = "error";

    /// <summary>
    /// Whether all models see a window: then each of them is a function of it, and which kind is better says which function fits, not
    /// that memory beyond the window is needed.
    /// </summary>
    public bool InWindows { get; init; }

    /// <summary>What needs no training, simplest first.</summary>
    public IReadOnlyList<RecurrenceCandidate> References { get; init; } = [];

    /// <summary>The one of <see cref="References"/> to use in place of any model; null where a model is better than all.</summary>
    public RecurrenceCandidate? Reference => new ReferenceChoice(this, References, _margin).Choose();

    /// <summary>The best feed-forward model on the validation rows; null where there is none.</summary>
    public RecurrenceCandidate? FeedForward { get; }

    /// <summary>The best recurrent model.</summary>
    public RecurrenceCandidate? Recurrent { get; }

    /// <summary>The best stable one.</summary>
    public RecurrenceCandidate? Stable { get; }

    /// <summary>The best recurrent model that is not stable.</summary>
    public RecurrenceCandidate? Unconstrained { get; }

    /// <summary>Is the best feed-forward model as good as the best recurrent one? Null where one kind is missing.</summary>
    public PairedDifference? OfKinds => FeedForward is null || Recurrent is null ? null : Compare(FeedForward, Recurrent);

    /// <summary>Is the best stable model as good as the best unconstrained one? Null where one kind is missing.</summary>
    public PairedDifference? OfStability => Stable is null || Unconstrained is null ? null : Compare(Stable, Unconstrained);

    /// <summary>
    /// The pairs that the verdict may look at: of kinds, of stability, and a stable model with a feed-forward one; with references one more,
    /// since a model must beat the best of them; and the one that fits best with all others that are simpler.
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

    /// <summary>The model to use, and the first reason: of those that are as good as the one that fits best the simplest.</summary>
    /// <param name="windowIsEnough">Whether some number of last steps is known to be enough, though not all models see so many alone.</param>
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

    // Feed-forward before recurrent, linear before what is not, then by size.
    private static (bool IsRecurrent, bool IsCurved, long Parameters) Simplicity(RecurrenceCandidate one) =>
        (!one.IsFeedForward, !one.IsLinear, one.Parameters);

    private (RecurrenceCandidate Model, bool NeedsRecurrence, string Reason) Fit(bool inside)
    {
        if (OfKinds is not { } kinds)
        {
            RecurrenceCandidate only = Best(_ => true)!;
            string kind = only.IsFeedForward ? "feed-forward" : "recurrent";
            return (only, false, inside
                ? $"{only.Name} fits best, of {kind} models alone"
                : $"it was the best on the validation rows; only {kind} models were compared, so that nothing is said of recurrence");
        }

        string evidence = $"the {Metric} of {kinds.First}, the best feed-forward model, is {PairedDifference.Percent(kinds.Relative)} than that of "
            + $"{kinds.Second}, the best recurrent one {kinds.Interval}";
        return kinds.Verdict switch
        {
            PairedVerdict.Better or PairedVerdict.AsGood =>
                (FeedForward!, false, $"{(inside ? $"{FeedForward!.Name} fits best" : "recurrence is not needed")}: {evidence}"),
            PairedVerdict.Worse => Stabler($"{(inside ? "a recurrent cell fits best" : "recurrence, or a longer receptive field, is needed")}: {evidence}",
                inside),
            // What is not shown is not claimed: of two that may be equally good the simpler one.
            _ => (FeedForward!, false,
                $"{(inside ? "the data does not tell which kind fits better" : "the data does not show a need of recurrence, nor rule it out")}: {evidence}; "
                    + string.Create(CultureInfo.InvariantCulture, $"only an interval that lies wholly beyond {100 * _margin:G3} % decides, ")
                    + $"until then the simpler model is recommended"),
        };
    }

    // Of recurrent models that are equally good the one of which something is proved.
    private (RecurrenceCandidate, bool, string) Stabler(string reason, bool inside) => OfStability switch
    {
        { Verdict: PairedVerdict.Better or PairedVerdict.AsGood } stable =>
            (Stable!, !inside, $"{reason}; and the stable model is as good as the unconstrained one: {stable}"),
        _ => (Recurrent!, !inside, reason),
    };

    private RecurrenceCandidate? Best(Func<RecurrenceCandidate, bool> kind) =>
        _candidates.Where(kind).MinBy(candidate => candidate.Validation);
}
