using System.Globalization;

namespace MLNet.Sequence.Tasks.Metrics;

/// <summary>
/// The quality of predictions of next steps. Losses are those of <see cref="StepKind"/>: nats per step for
/// <see cref="StepKind.MultiLabel"/> and <see cref="StepKind.Token"/>, squared errors in standardised units for
/// <see cref="StepKind.Real"/>.
/// </summary>
public sealed class NextStepMetrics
{
    private readonly StepKind _kind;

    internal NextStepMetrics(StepKind kind, IEnumerable<(double Loss, long Steps)> sequences)
    {
        _kind = kind;
        double losses = 0, weighted = 0;
        foreach ((double loss, long steps) in sequences)
        {
            if (steps < 1)
            {
                LeftOut++;
                continue;
            }

            Count++;
            Steps += steps;
            losses += loss;
            weighted += loss * steps;
        }

        (Loss, PerStepLoss) = (losses / Count, weighted / Steps);
    }

    /// <summary>The number of sequences evaluated; at least 1.</summary>
    public long Count { get; }

    /// <summary>The number of sequences of fewer than two steps, in which nothing is predicted; they are left out.</summary>
    public long LeftOut { get; }

    /// <summary>The number of steps predicted: of each sequence all but the first.</summary>
    public long Steps { get; }

    /// <summary>
    /// The mean over sequences of their mean loss per step, as papers on music state it (Bai et al., arXiv 1803.01271): a
    /// short sequence counts as much as a long one.
    /// </summary>
    public double Loss { get; }

    /// <summary>The mean loss over all steps, whatever sequence they belong to.</summary>
    public double PerStepLoss { get; }

    /// <summary>Of tokens the perplexity, e^<see cref="PerStepLoss"/>: among so many equally likely tokens the model is torn; else NaN.</summary>
    public double Perplexity => _kind == StepKind.Token ? Math.Exp(PerStepLoss) : double.NaN;

    /// <summary>Of tokens the bits that one takes, <see cref="PerStepLoss"/> / ln 2: bits per character where they are characters; else NaN.</summary>
    public double BitsPerToken => _kind == StepKind.Token ? PerStepLoss / Math.Log(2) : double.NaN;

    /// <summary>A line in the invariant culture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{(_kind == StepKind.Token ? FormattableString.Invariant($"Perplexity {Perplexity:F2}, {BitsPerToken:F4} bits per token. ") : "")}Loss {Loss:F4} per step, mean over {Count} sequences; {PerStepLoss:F4} over {Steps} steps{(LeftOut > 0 ? $"; {LeftOut} sequences left out" : "")}");
}
