namespace MLNet.Sequence;

/// <summary>The values of a hyper-parameter that a search tries: every value from one number to another.</summary>
/// <param name="Low">The smallest number that is tried.</param>
/// <param name="High">The largest number that is tried; at least <paramref name="Low"/>. Equal: the value is fixed.</param>
public sealed record SearchRange(double Low, double High)
{
    /// <summary>
    /// Whether values are drawn by their logarithm, so that 0.001 to 0.01 is as likely as 0.01 to 0.1; both ends are above 0 then. Default false.
    /// </summary>
    public bool IsLogarithmic { get; init; }

    /// <summary>A value for a number that is uniform in [0, 1).</summary>
    internal double At(double place) => IsLogarithmic
        ? Math.Clamp(Math.Exp(Math.Log(Low) + place * (Math.Log(High) - Math.Log(Low))), Low, High)
        : Low + place * (High - Low);

    /// <summary>A whole value, each as likely as its part of the range.</summary>
    internal int WholeAt(double place) => (int)Math.Clamp(Math.Floor(new SearchRange(Low, High + 1) { IsLogarithmic = IsLogarithmic }.At(place)), Low, High);

    /// <summary>The problems of the range of an option, one sentence each.</summary>
    internal IEnumerable<string> Problems(string name, double least, double most, string limits)
    {
        if (!(Low >= least && High <= most && double.IsFinite(Low) && double.IsFinite(High)))
            yield return FormattableString.Invariant($"{name} must be in {limits}; found {Low} to {High}.");
        else if (Low > High)
            yield return FormattableString.Invariant($"{name} must have a Low of at most High; found {Low} to {High}.");
        else if (IsLogarithmic && Low <= 0)
            yield return FormattableString.Invariant($"{name} is logarithmic and must be above 0; found {Low} to {High}.");
    }
}
