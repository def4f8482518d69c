using System.Globalization;

namespace MLNet.Sequence;

/// <summary>The confidence interval of a measure, by a bootstrap over sequences.</summary>
/// <param name="Low">The lower end of the interval, in the unit of the measure.</param>
/// <param name="High">The upper end of the interval, in the unit of the measure.</param>
public readonly record struct ConfidenceInterval(double Low, double High)
{
    /// <summary>Such as "[0.9267, 0.9767]", in the invariant culture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"[{Low:F4}, {High:F4}]");
}

/// <summary>How confidence intervals are estimated: sequences are drawn with replacement many times, and measured.</summary>
public sealed record BootstrapOptions
{
    /// <summary>The number of samples, each with as many sequences as the data has; at least 100. Default 1,000.</summary>
    public int Resamples { get; init; } = 1000;

    /// <summary>The share of the drawn measures that is inside the interval, in (0, 1). Default 0.95.</summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>The seed of the samples, any number. Default 1.</summary>
    public long Seed { get; init; } = 1;

    /// <exception cref="ArgumentException">Lists all problems in one message.</exception>
    internal void Validate()
    {
        string samples = Resamples >= 100 ? "" : FormattableString.Invariant($" Resamples must be at least 100; found {Resamples}.");
        string level = Confidence is > 0 and < 1 ? "" : FormattableString.Invariant($" Confidence must be in (0, 1); found {Confidence}.");
        if (samples.Length + level.Length > 0)
            throw new ArgumentException($"The bootstrap's options are wrong.{samples}{level}");
    }
}
