using System.Globalization;

namespace MLNet.Sequence;

/// <summary>What a prediction from the last steps alone costs.</summary>
/// <param name="Steps">The number of last steps shown; 0: none.</param>
/// <param name="Nats">The mean cost of a prediction above that of all steps, in nats.</param>
public sealed record StepCost(int Steps, double Nats);

/// <summary>
/// How much the past says about the future, in nats: the sum, over k = 0, 1, 2, … last steps, of what a prediction from k steps costs more
/// than one from all steps. For the best predictors of a stationary process this is its excess entropy E: the mutual information of past
/// and future. It is small if few steps are enough.
/// </summary>
/// <remarks>
/// A prediction from ℓ steps costs at most E / ℓ more on average: each of the first ℓ terms of the sum is at least as large as the next
/// (Sharan, Kakade, Liang and Valiant 2018, "Prediction with a Short Memory", proposition 1). Here the predictions are those of one fitted model, so E
/// and the bound are estimates, not proofs. With no step the most frequent values are predicted. Between the numbers of steps that were
/// measured (1, 2, 3, 4, 6, 8, 12, …), the cost is taken to be linear. Steps beyond the longest example are not counted.
/// </remarks>
public sealed record ExcessEntropy
{
    /// <summary>E, in nats; below 0 if the model is worse with more steps.</summary>
    public required double Nats { get; init; }

    /// <summary>The lower end of the confidence interval of <see cref="Nats"/>, with the confidence of the report.</summary>
    public required double Low { get; init; }

    /// <summary>The upper end of the confidence interval of <see cref="Nats"/>.</summary>
    public required double High { get; init; }

    /// <summary>The measured cost of a number of last steps, in nats per prediction above that of all steps: by ascending steps, from 0.</summary>
    public required IReadOnlyList<StepCost> Costs { get; init => field = ValueList.Of(value); }

    /// <summary>The most that a prediction from the last steps alone costs on average, in nats above one from all steps: E / steps.</summary>
    /// <param name="steps">ℓ, the number of last steps; at least 1.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is less than one step.</exception>
    public double MostAfter(int steps)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        return Math.Max(0, Nats) / steps;
    }

    /// <summary>The estimate and its interval; in the invariant culture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Nats:G3} nats (interval {Low:G3} … {High:G3})");
}
