using System.Globalization;

namespace MLNet.Sequence;

/// <summary>What the interval of the difference between two models' errors shows.</summary>
public enum PairedVerdict
{
    /// <summary>The interval reaches above the margin, but is not wholly above it: the data does not decide.</summary>
    Undecided,

    /// <summary>The first is not worse than the second by more than the margin.</summary>
    AsGood,

    /// <summary>The first has the smaller error, by more than the margin: the whole interval is beyond it.</summary>
    Better,

    /// <summary>The first has the larger error, by more than the margin: the whole interval is beyond it.</summary>
    Worse,
}

/// <summary>
/// The error of one model divided by that of another, minus 1, on the same test examples in the same rounds. The interval is Student's, from
/// the variance over rounds and over examples; for windows, whose neighbours in time are similar, from their first few cosine transforms.
/// It is wide enough that all intervals of a comparison's verdict hold jointly with the probability <see cref="RecurrenceReport.Confidence"/>.
/// </summary>
/// <param name="First">The name of the model whose error is in the numerator.</param>
/// <param name="Second">The name of the model that it is compared with.</param>
/// <param name="Relative">The difference: −0.1 if the first has a 10 % smaller error.</param>
/// <param name="Low">The lower end of the interval of <paramref name="Relative"/>.</param>
/// <param name="High">The upper end of the interval of <paramref name="Relative"/>.</param>
/// <param name="Margin">The relative difference that does not matter, such as 0.02; 0 or above.</param>
public sealed record PairedDifference(string First, string Second, double Relative, double Low, double High, double Margin)
{
    // Beyond this, an exact number has no further use.
    private const double Huge = 100;

    /// <summary>What the interval shows, given the margin that does not matter.</summary>
    public PairedVerdict Verdict => High < -Margin ? PairedVerdict.Better
        : High <= Margin ? PairedVerdict.AsGood
        : Low > Margin ? PairedVerdict.Worse
        : PairedVerdict.Undecided;

    /// <summary>"tcn is better than lstm: error 4.2 % smaller (interval 1.0 to 7.3 % smaller)".</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{First} {Verdict switch
    {
        PairedVerdict.Better => "is better than",
        PairedVerdict.AsGood => "is as good as",
        PairedVerdict.Worse => "is worse than",
        _ => "cannot be distinguished from",
    }} {Second}: error {Percent(Relative)} {Interval}");

    /// <summary>"(interval 1.0 % smaller to 7.3 % larger)".</summary>
    internal string Interval => $"(interval {Percent(Low)} to {Percent(High)})";

    /// <summary>"4.2 % smaller"; compared with an error of nearly 0, "more than 100 times larger".</summary>
    internal static string Percent(double relative) => relative > Huge
        ? string.Create(CultureInfo.InvariantCulture, $"more than {Huge} times larger")
        : (100 * Math.Abs(relative)).ToString(relative < 10 ? "F1" : "N0", CultureInfo.InvariantCulture) + (relative < 0 ? " % smaller" : " % larger");
}

/// <summary>The model that a comparison recommends, and why.</summary>
/// <param name="Architecture">The name of the recommended model or reference, as in the report.</param>
/// <param name="NeedsRecurrence">
/// Whether recurrence is needed. For forecasts: a state that is carried beyond the window is better than every window
/// (<see cref="CarriedRecurrence.IsNeeded"/>). For other tasks: no model with a bounded receptive field is as good as the best recurrent one,
/// and no tried number of last steps is enough.
/// </param>
/// <param name="Because">The reasons for the decision, in plain words.</param>
public sealed record Recommendation(string Architecture, bool NeedsRecurrence, string Because);
