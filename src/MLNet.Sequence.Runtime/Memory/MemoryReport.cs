using System.Globalization;
using System.Text;
using MLNet.Sequence.Memory;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence;

/// <summary>The model's result when it sees only the last steps.</summary>
public sealed class MemoryStep
{
    /// <summary>k, the number of steps shown; an example with fewer steps shows all.</summary>
    public required int Steps { get; init; }

    /// <summary>The metric over all examples, in the unit that the report names; lower is better.</summary>
    public required double Metric { get; init; }

    /// <summary>The relative amount by which the metric is worse than with all steps; below 0 if it is better.</summary>
    public required double Excess { get; init; }

    /// <summary>The lower end of the confidence interval of <see cref="Excess"/>.</summary>
    public required double ExcessLow { get; init; }

    /// <summary>The upper end of the confidence interval of <see cref="Excess"/>.</summary>
    public required double ExcessHigh { get; init; }

    /// <summary>The mean over examples and outputs of |output with k steps − output with all|, in the network's units.</summary>
    public required double MeanChange { get; init; }

    /// <summary>The largest change over examples and outputs, in the units of <see cref="MeanChange"/>.</summary>
    public required double MaxChange { get; init; }
}

/// <summary>How much an output depends on one past input.</summary>
public sealed class StepInfluence
{
    /// <summary>j: the input j steps before the present one.</summary>
    public required int StepsBack { get; init; }

    /// <summary>
    /// The root mean square change of the output when each channel of that input is moved by one standard deviation, up or down at random;
    /// for tokens, when another token of the data replaces it.
    /// </summary>
    public required double Perturbation { get; init; }

    /// <summary>
    /// The root mean square, over examples, of the Frobenius norm of ∂ output / ∂ input, by Hutchinson's estimate; for tokens the input is
    /// their vector. NaN if gradients are not known: for a function instead of a model, and for vectors tied to the output.
    /// </summary>
    public double Gradient { get; internal init; } = double.NaN;
}

/// <summary>
/// How much memory a model uses on data: measured, not proved. The network is run from its start on the last k steps of each example:
/// recurrent state, attention and the padding of convolutions know nothing of earlier steps.
/// </summary>
/// <remarks>
/// The examples, and their last k steps:
/// <list type="bullet">
/// <item>Forecasting: a window of the context's length; the windows are evenly spread over all origins of the data. If the state is
/// carried: up to eight contexts that end in such an origin, which is then the largest memory that can be measured. Its last k steps are
/// shown. Level and scale of the window by <see cref="MemoryOptions.WindowStatistics"/>. Metric: the mean squared error over horizon and
/// targets in standardised units. With <see cref="Forecasting.Differencing"/>, k counts rows: the last k hold k differences less those steps before a
/// value that its difference needs. The metric and influences are of differences.</item>
/// <item>Classification and regression: a row; the last k steps of its sequence, whose outputs are pooled. Metric: log-loss in nats; the
/// squared error in units of the label's standard deviation.</item>
/// <item>Next step: a predicted step of a row; these steps are evenly spread over all predicted steps; the k steps before it. Metric: the
/// loss of the step as <see cref="StepKind"/> defines it.</item>
/// <item>Tagging: a row; each of its steps is predicted from its last k steps and, if the architecture reads both ways, from as many later
/// ones. Metric: the mean over the row's steps of the log-loss of their tags, each on its own or all together by the chain. Influence: on
/// the last step.</item>
/// <item>A function: the last k steps of its input. Metric: the mean squared error, or the given loss.</item>
/// </list>
/// Intervals are Student's, of the logarithm of the ratio of the two metrics. For rows they use the variance of their losses. For windows,
/// steps and a function's examples, whose neighbours are correlated, they use the first few cosine transforms (Lazarus, Lewis, Stock and
/// Watson 2018), as in comparisons.
/// </remarks>
[TypeFormatterSource(typeof(NotebookFormatters))]
public sealed record MemoryReport : IReport
{
    /// <summary>The name of the metric, such as "mean squared error".</summary>
    public required string Metric { get; init; }

    /// <summary>The metric with all steps, in its own unit, which <see cref="Metric"/> names.</summary>
    public required double FullMetric { get; init; }

    /// <summary>Measured examples: windows, or rows that hold a sequence; at least 1.</summary>
    public required int Examples { get; init; }

    /// <summary>Steps of the longest example: the model's context (up to eight contexts if its state is carried), or the longest sequence.</summary>
    public required int LongestExample { get; init; }

    /// <summary>The relative amount by which the metric may be worse in <see cref="Steps"/>; above 0.</summary>
    public required double Tolerance { get; init; }

    /// <summary>How often an interval should contain the true value, in (0, 1).</summary>
    public required double Confidence { get; init; }

    /// <summary>
    /// The smallest k measured whose metric, and that of every larger k measured, is at most <see cref="Tolerance"/> worse than
    /// with all steps.
    /// </summary>
    public required int Steps { get; init; }

    /// <summary>
    /// The fewest steps that may be enough: their excess, and that of every larger number, has an interval that reaches into the tolerance.
    /// </summary>
    public required int StepsLow { get; init; }

    /// <summary>
    /// The fewest steps that surely are enough: their excess, and that of every larger number, has its whole interval within the tolerance.
    /// </summary>
    public required int StepsHigh { get; init; }

    /// <summary>By ascending k; an IDataView or a DataFrame can load it.</summary>
    public required IReadOnlyList<MemoryStep> Curve { get; init => field = ValueList.Of(value); }

    /// <summary>By ascending distance; for at most 64 of the examples.</summary>
    public required IReadOnlyList<StepInfluence> Influence { get; init => field = ValueList.Of(value); }

    /// <summary>
    /// How much the past says about the next step, in nats, and what a number of last steps therefore costs at most: an estimate from this model.
    /// Null unless the model predicts next steps that are tokens or values of 0 and 1.
    /// </summary>
    public ExcessEntropy? ExcessEntropy { get; init; }

    /// <summary>
    /// The largest Lyapunov exponent of the backbone along the examples, per step: the mean logarithm of the factor by which two close
    /// states separate under the same inputs. Below 0 the model forgets. Null if the receptive field is bounded, if the backbone does not
    /// run step by step, and for functions.
    /// </summary>
    public double? LyapunovExponent { get; init; }

    /// <summary>The factor per step whose logarithm is <see cref="LyapunovExponent"/>: measured, not proved; null if that is null.</summary>
    public double? ContractionRate => LyapunovExponent is { } exponent ? Math.Exp(exponent) : null;

    /// <summary>The λ of the model's certificate: proved, for the worst of all inputs; null if nothing is proved, and for functions.</summary>
    public double? CertifiedRate { get; init; }

    /// <summary>What <see cref="Steps"/> steps cost more than all, if the metric is in nats.</summary>
    internal double CostInNats => Curve.First(step => step.Steps == Steps).Metric - FullMetric;

    ReportContent IReport.Content => MemoryContent.Of(this);

    /// <summary>Tables of the curve and of the influences, and a summary; in the invariant culture.</summary>
    public override string ToString()
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        var text = new StringBuilder();
        text.AppendLine(invariant, $"{"steps shown",11}{Metric,26}{"worse by",10}{"interval",20}{"mean change",13}{"max change",12}");
        foreach (MemoryStep step in Curve)
        {
            string interval = string.Create(invariant, $"{100 * step.ExcessLow:F2} … {100 * step.ExcessHigh:F2} %");
            text.AppendLine(invariant, $"{step.Steps,11}{step.Metric,26:G6}{100 * step.Excess,8:F2} "
                + $"%{interval,20}{step.MeanChange,13:G4}{step.MaxChange,12:G4}");
        }

        text.AppendLine(invariant, $"{"steps back",11}{"gradient",14}{"perturbation",14}");
        foreach (StepInfluence influence in Influence)
            text.AppendLine(invariant, $"{influence.StepsBack,11}{influence.Gradient,14:G4}{influence.Perturbation,14:G4}");
        text.Append(invariant, $"{Steps} of {LongestExample} steps keep the {Metric} within {100 * Tolerance:G3} % ({100 * Confidence:G3} % interval "
            + $"{StepsLow} … {StepsHigh}; {Examples} examples).");
        if (LyapunovExponent is { } exponent)
            text.Append(
                invariant, $" Close states {(exponent < 0 ? "approach each other" : "separate")} by a factor of "
                    + $"{ContractionRate:G4} per step (measured, not proved).");
        if (ExcessEntropy is { } entropy)
            text.Append(invariant, $" Excess entropy, estimated: {entropy}. {Steps} steps cost at most {entropy.MostAfter(Steps):G3} nats; measured "
                + $"{CostInNats:G3}.");
        if (CertifiedRate is { } certified)
            text.Append(invariant, $" Certified: a factor of {certified:G4} at most, in the norm of the certificate.");
        return text.ToString();
    }
}
