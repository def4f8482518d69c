using System.Globalization;
using System.Text.Json.Serialization;

namespace MLNet.Sequence;

/// <summary>
/// What Newton's method reached in an epoch, over all passes of all layers that used it. A pass that does not converge is computed step by
/// step, so that the states of every pass are right to within the residual.
/// </summary>
public sealed record NewtonReport
{
    internal static NewtonReport None { get; } = new();

    /// <summary>Passes of a layer over a part of a batch; at least 1.</summary>
    public long Passes { get; init; }

    /// <summary>Those whose states or gradients did not converge and were computed step by step.</summary>
    public long StepByStep { get; init; }

    /// <summary>Iterations of all passes together, of those that did not converge too.</summary>
    public long Iterations { get; init; }

    /// <summary>Iterations divided by passes; 0 without passes. A pass whose first guess is right needs none.</summary>
    [JsonIgnore]
    public double MeanIterations => Passes == 0 ? 0 : (double)Iterations / Passes;

    /// <summary>
    /// The largest residual of the passes that converged: the largest difference between a state and the step from the state before it,
    /// relative to the largest state if that is above 1.
    /// </summary>
    public double Residual { get; init; }

    /// <summary>The iterations, the residual, and how many passes were computed step by step, in a sentence.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"Newton's method: {MeanIterations:F1} iterations per pass, largest residual {Residual:G2}, {StepByStep} of {Passes} passes step by step.");

    /// <summary>Both together.</summary>
    internal NewtonReport Plus(NewtonReport other) => new()
    {
        Passes = Passes + other.Passes,
        StepByStep = StepByStep + other.StepByStep,
        Iterations = Iterations + other.Iterations,
        Residual = Math.Max(Residual, other.Residual),
    };
}
