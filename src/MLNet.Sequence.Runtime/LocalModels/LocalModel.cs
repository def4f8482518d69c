using System.Numerics.Tensors;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// A statistical method that is fitted to one series, anew for each forecast, from all values up to its origin: a baseline that a network trained
/// on many windows has to beat. Its state is the history itself, so there is nothing to train or save.
/// </summary>
public abstract record LocalModel
{
    private protected LocalModel()
    {
    }

    /// <summary>m, the steps of a season; at least 1. The default, 1, means no season.</summary>
    public int Season { get; init; } = 1;

    /// <summary>How evaluations and reports call it, such as "Theta".</summary>
    public virtual string Name => GetType().Name;

    /// <summary>The problems of the hyper-parameters, one sentence each; empty if there are none.</summary>
    public IEnumerable<string> Problems() => Limits.AtLeast(1, Season, $"{Name}.{nameof(Season)}");

    /// <summary>The forecasts after the last value of a series.</summary>
    /// <param name="history">The values of the series in time order, in any unit; at least one.</param>
    /// <param name="horizon">The number of steps; at least 1.</param>
    /// <returns>[horizon], in the unit of the values; NaN if a value of the history is missing.</returns>
    /// <exception cref="ArgumentException">The history is empty, or a hyper-parameter is out of range.</exception>
    public double[] Forecast(ReadOnlySpan<double> history, int horizon)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(horizon, 1);
        if (history.IsEmpty)
            throw new ArgumentException("Must hold at least one value, but holds none.", nameof(history));
        if (Problems().FirstOrDefault() is { } problem)
            throw new ArgumentException(problem);
        if (TensorPrimitives.IsFiniteAll(history))
            return Follow(history.ToArray(), horizon);
        var missing = new double[horizon];
        Array.Fill(missing, double.NaN);
        return missing;
    }

    private protected abstract double[] Follow(double[] history, int horizon);
}
