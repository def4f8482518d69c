using System.Globalization;
using MLNet.Sequence.Metrics;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence;

/// <summary>
/// The quality of predictions of next steps. Losses are those of <see cref="StepKind"/>: nats per step for
/// <see cref="StepKind.MultiLabel"/> and <see cref="StepKind.Token"/>, squared errors in standardised units for
/// <see cref="StepKind.Real"/>.
/// </summary>
[TypeFormatterSource(typeof(NotebookFormatters))]
public sealed class NextStepMetrics : IReport
{
    private static readonly string[] Measures = [nameof(Loss), nameof(Perplexity), nameof(BitsPerToken)];

    private readonly StepKind _kind;

    internal NextStepMetrics(StepKind kind, IEnumerable<(double Loss, long Steps)> sequences, BootstrapOptions? bootstrap = null)
    {
        _kind = kind;
        (double Loss, long Steps)[] all = [.. sequences], predicted = [.. all.Where(sequence => sequence.Steps >= 1)];
        (Count, LeftOut, Steps) = (predicted.Length, all.Length - predicted.Length, predicted.Sum(sequence => sequence.Steps));
        Loss = Mean(predicted);
        Intervals = Bootstrap.Intervals(predicted.Length > 0 ? bootstrap : null, predicted.Length, kind == StepKind.Token ? Measures : Measures[..1], drawn =>
        {
            double loss = Mean(Array.ConvertAll(drawn, sequence => predicted[sequence]));
            return [loss, PerplexityOf(loss), BitsOf(loss)];
        });
    }

    /// <summary>The number of sequences evaluated; at least 1.</summary>
    public long Count { get; }

    /// <summary>The number of sequences with fewer than two steps, in which nothing is predicted; they are left out.</summary>
    public long LeftOut { get; }

    /// <summary>The number of predicted steps: all steps of each sequence except the first.</summary>
    public long Steps { get; }

    /// <summary>
    /// The mean loss over all steps of all sequences, as training and validation measure it and papers on music report it (Bai et al.,
    /// arXiv 1803.01271): every step counts the same, so a long sequence counts more than a short one.
    /// </summary>
    public double Loss { get; }

    /// <summary>
    /// The perplexity of tokens, e^<see cref="Loss"/>: the number of equally likely tokens with the same uncertainty; NaN for other steps.
    /// </summary>
    public double Perplexity => PerplexityOf(Loss);

    /// <summary>The bits per token, <see cref="Loss"/> / ln 2: bits per character if the tokens are characters; NaN for other steps.</summary>
    public double BitsPerToken => BitsOf(Loss);

    /// <summary>
    /// The intervals of the losses and, for tokens, of perplexity and bits, by the names of their properties; empty if none were requested.
    /// </summary>
    public IReadOnlyDictionary<string, ConfidenceInterval> Intervals { get; }

    ReportContent IReport.Content => MetricsContent.Of(this);

    /// <summary>A line in the invariant culture, and one for each interval.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{(_kind == StepKind.Token ? FormattableString.Invariant($"Perplexity {Perplexity:F2}, {BitsPerToken:F4} bits per token. ") : "")}"
            + $"Loss {Loss:F4} per step, mean over the {Steps} steps of {Count} sequences{(LeftOut > 0 ? $"; {LeftOut} sequences left out" : "")}"
            + $"{string.Concat(Intervals.Select(interval => $"{Environment.NewLine}{interval.Key} in {interval.Value}"))}");

    private double PerplexityOf(double loss) => _kind == StepKind.Token ? Math.Exp(loss) : double.NaN;

    private double BitsOf(double loss) => _kind == StepKind.Token ? loss / Math.Log(2) : double.NaN;

    private static double Mean((double Loss, long Steps)[] sequences) =>
        sequences.Sum(sequence => sequence.Loss * sequence.Steps) / sequences.Sum(sequence => sequence.Steps);
}
