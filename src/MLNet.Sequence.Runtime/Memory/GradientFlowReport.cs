using System.Globalization;
using System.Text;
using MLNet.Sequence.Memory;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence;

/// <summary>How much the loss of a step depends on the state some steps before.</summary>
public sealed class GradientFlowStep
{
    /// <summary>k: steps between the state and the loss; at least 1.</summary>
    public required int StepsBack { get; init; }

    /// <summary>The root mean square over examples of the Euclidean norm of ∂ loss at t / ∂ state at t − k.</summary>
    public required double Norm { get; init; }

    /// <summary>The largest of these norms among the measured examples.</summary>
    public required double Largest { get; init; }

    /// <summary>
    /// What the certificate allows at most: the root mean square over examples of the proved bounds. Null if nothing is proved of the model.
    /// </summary>
    public double? Bound { get; init; }
}

/// <summary>
/// How gradients flow back through time in a recurrent model: the norm of ∂ loss at t / ∂ state at t − k over k (Pascanu, Mikolov and Bengio
/// 2013, "On the difficulty of training recurrent neural networks", section 2). It falls towards 0 where gradients vanish, and rises where
/// they explode. The state of a step is what all recurrent layers together hand on to the next step.
/// </summary>
[TypeFormatterSource(typeof(NotebookFormatters))]
public sealed record GradientFlowReport : IReport
{
    /// <summary>Measured examples, with as many steps as the farthest state needs; at least 1.</summary>
    public required int Examples { get; init; }

    /// <summary>The name of the loss, such as "mean squared error".</summary>
    public required string LossName { get; init; }

    /// <summary>A point for each number of steps back, from 1 to the farthest.</summary>
    public required IReadOnlyList<GradientFlowStep> Curve { get; init => field = ValueList.Of(value); }

    /// <summary>
    /// The mean factor per step by which the norm changes, from the nearest to the farthest step whose norm is above 0: below 1 gradients
    /// vanish, above 1 they explode. NaN with fewer than two such steps.
    /// </summary>
    public double Rate
    {
        get
        {
            GradientFlowStep[] seen = [.. Curve.Where(step => step.Norm > 0)];
            return seen.Length < 2 ? double.NaN : Math.Pow(seen[^1].Norm / seen[0].Norm, 1.0 / (seen[^1].StepsBack - seen[0].StepsBack));
        }
    }

    /// <summary>The λ of the model's certificate; null if nothing is proved.</summary>
    public double? CertifiedRate { get; init; }

    ReportContent IReport.Content => GradientFlowContent.Of(this);

    /// <summary>A table of the curve and a summary; in the invariant culture.</summary>
    public override string ToString()
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        var text = new StringBuilder();
        text.AppendLine(invariant, $"{"steps back",11}{"gradient norm",16}{"largest",14}{"bound",14}");
        foreach (GradientFlowStep step in Curve)
            text.AppendLine(invariant, $"{step.StepsBack,11}{step.Norm,16:G4}{step.Largest,14:G4}{step.Bound,14:G4}");
        text.Append(invariant, $"The gradient of the {LossName} changes by a factor of {Rate:G4} per step ({Examples} examples).");
        if (CertifiedRate is { } certified)
            text.Append(invariant, $" Certified: a factor of {certified:G4} at most, in the norm of the certificate.");
        return text.ToString();
    }
}

/// <summary>How many examples and steps are measured, and from which column.</summary>
public sealed record GradientFlowOptions
{
    /// <summary>The largest number of measured examples, evenly spread over the data; at least 1. Default 64.</summary>
    public int Examples { get; init; } = 64;

    /// <summary>k, the farthest state, in steps before the loss; at least 1, and fewer if the longest example is shorter. Default 64.</summary>
    public int Steps { get; init; } = 64;

    /// <summary>The column that classification and regression predict. Default "Label".</summary>
    public string LabelColumnName { get; init; } = "Label";

    /// <summary>Ends the measurement with an <see cref="OperationCanceledException"/>. Default: never.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <exception cref="ArgumentException">Lists all problems.</exception>
    internal void Validate()
    {
        var problems = new Problems();
        problems.Need(Examples >= 1, $"{nameof(Examples)} must be at least 1; found {Examples}.");
        problems.Need(Steps >= 1, $"{nameof(Steps)} must be at least 1; found {Steps}.");
        problems.Need(!string.IsNullOrEmpty(LabelColumnName), $"{nameof(LabelColumnName)} must name a column.");
        problems.ThrowIfAny("The options of the flow of gradients are wrong.");
    }
}
