using System.Globalization;
using System.Text;

namespace MLNet.Sequence;

/// <summary>What the model does when only its last steps are shown.</summary>
public sealed class MemoryStep
{
    /// <summary>k, the steps shown; an example that has fewer shows all.</summary>
    public required int Steps { get; init; }

    /// <summary>The metric over all examples, in the unit that the report names; lower is better.</summary>
    public required double Metric { get; init; }

    /// <summary>The part by which the metric is worse than with all steps; below 0 where it is better.</summary>
    public required double Excess { get; init; }

    /// <summary>The lower end of the confidence interval of <see cref="Excess"/>.</summary>
    public required double ExcessLow { get; init; }

    /// <summary>The upper end of the confidence interval of <see cref="Excess"/>.</summary>
    public required double ExcessHigh { get; init; }

    /// <summary>The mean over examples and outputs of |output with k steps − output with all|, in the network's units.</summary>
    public required double MeanChange { get; init; }

    /// <summary>The largest change over examples and outputs, as <see cref="MeanChange"/>.</summary>
    public required double MaxChange { get; init; }
}

/// <summary>How much an output depends on one past input.</summary>
public sealed class StepInfluence
{
    /// <summary>j: the input j steps before the present one.</summary>
    public required int StepsBack { get; init; }

    /// <summary>
    /// The root mean square change of the output when each channel of that input is moved by one standard deviation, up or
    /// down at random; of tokens, when another token of the data is in its place.
    /// </summary>
    public required double Perturbation { get; init; }

    /// <summary>
    /// The root mean square, over examples, of the Frobenius norm of ∂ output / ∂ input, by Hutchinson's estimate; of tokens the
    /// input is their vector. NaN where gradients are not known: a function in place of a model, and vectors tied to the output.
    /// </summary>
    public double Gradient { get; internal init; } = double.NaN;
}

/// <summary>
/// How much memory a model uses on data: measured, not proved. The network is run from its start on the last k steps of each
/// example: recurrent state, attention and the padding of convolutions know nothing of what came before.
/// </summary>
/// <remarks>
/// What an example is, and what its last k steps are:
/// <list type="bullet">
/// <item>Forecasting: a window of the context's length, evenly spread over all origins of the data, or, where the state is carried, up to
/// eight contexts that end in such an origin, which are then the most that can be found; its last k steps. Level and scale of the window by
/// <see cref="MemoryOptions.WindowStatistics"/>. Metric: the mean squared error over horizon and targets in standardised units.</item>
/// <item>Classification and regression: a row; the last k steps of its sequence, of which the pooling sees the outputs. Metric:
/// log-loss in nats; the squared error in units of the label's deviation.</item>
/// <item>Next step: a step of a row that is predicted, evenly spread over all such steps; the k steps before it. Metric: the loss
/// of the step as <see cref="StepKind"/> defines it.</item>
/// <item>Tagging: a row; each of its steps is said of with the last k up to it, and, where the architecture reads both ways, with as
/// many from it on. Metric: the mean over the row's steps of the log-loss of their tags, each on its own or all together by the
/// chain. Influence: on the last step.</item>
/// <item>A function: the last k steps that it is given. Metric: the mean squared error, or the loss given.</item>
/// </list>
/// Intervals are Student's, of the logarithm of the ratio of the two metrics: of rows by the variance of their losses, of windows, steps and a
/// function's examples, whose neighbours resemble each other, by their first few cosine transforms (Lazarus, Lewis, Stock and Watson 2018),
/// as in comparisons.
/// </remarks>
public sealed record MemoryReport
{
    /// <summary>What the metric is, as "mean squared error".</summary>
    public required string Metric { get; init; }

    /// <summary>The metric with all steps, in its own unit, which <see cref="Metric"/> names.</summary>
    public required double FullMetric { get; init; }

    /// <summary>Examples measured: windows, or rows that hold a sequence; at least 1.</summary>
    public required int Examples { get; init; }

    /// <summary>Steps of the longest of them: the model's context (where its state is carried up to eight), or the longest sequence.</summary>
    public required int LongestExample { get; init; }

    /// <summary>The part by which the metric may be worse in <see cref="Steps"/>; above 0.</summary>
    public required double Tolerance { get; init; }

    /// <summary>How often an interval is to hold the true value, in (0, 1).</summary>
    public required double Confidence { get; init; }

    /// <summary>
    /// The smallest k measured whose metric, and that of every larger k measured, is at most <see cref="Tolerance"/> worse than
    /// with all steps.
    /// </summary>
    public required int Steps { get; init; }

    /// <summary>The fewest steps that may be enough: the interval of their excess reaches into the tolerance, and that of every larger number.</summary>
    public required int StepsLow { get; init; }

    /// <summary>The fewest steps that surely are: the whole interval lies within the tolerance, and that of every larger number.</summary>
    public required int StepsHigh { get; init; }

    /// <summary>By rising k; an IDataView or a DataFrame loads it.</summary>
    public required IReadOnlyList<MemoryStep> Curve { get; init => field = ValueList.Of(value); }

    /// <summary>By rising distance; of at most 64 of the examples.</summary>
    public required IReadOnlyList<StepInfluence> Influence { get; init => field = ValueList.Of(value); }

    /// <summary>
    /// The largest Lyapunov exponent of the backbone along the examples, per step: the mean logarithm of the factor by which two
    /// close states draw apart under the same inputs. Below 0 the model forgets. Null where the receptive field is bounded,
    /// where the backbone does not run step by step, and for functions.
    /// </summary>
    public double? LyapunovExponent { get; init; }

    /// <summary>The factor per step that <see cref="LyapunovExponent"/> is the logarithm of: measured, not proved; null where that is.</summary>
    public double? ContractionRate => LyapunovExponent is { } exponent ? Math.Exp(exponent) : null;

    /// <summary>The λ of the model's certificate: proved, for the worst of all inputs; null where nothing is, and for functions.</summary>
    public double? CertifiedRate { get; init; }

    /// <summary>Tables of the curve and of the influences, and what they come to; in the invariant culture.</summary>
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
            text.Append(invariant, $" Close states {(exponent < 0 ? "meet" : "part")} by a factor of {ContractionRate:G4} per step (measured, not proved).");
        if (CertifiedRate is { } certified)
            text.Append(invariant, $" Certified: a factor of {certified:G4} at most, in the norm of the certificate.");
        return text.ToString();
    }
}
