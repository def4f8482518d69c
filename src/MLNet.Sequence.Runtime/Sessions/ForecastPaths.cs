using System.Globalization;

namespace MLNet.Sequence;

/// <summary>Possible futures of a series, drawn from a forecaster of distributions; in the data's units.</summary>
public sealed class ForecastPaths
{
    private readonly double[] _values;
    private readonly Dictionary<(int, int), double[]> _sorted = [];

    internal ForecastPaths(double[] values, int steps, IReadOnlyList<string> targets)
    {
        (_values, Steps, Targets) = (values, steps, targets);
        Count = values.Length / (steps * targets.Count);
    }

    /// <summary>The number of paths that were drawn (<see cref="SamplePaths.Count"/>).</summary>
    public int Count { get; }

    /// <summary>The number of steps after the history that each path has; at least 1.</summary>
    public int Steps { get; }

    /// <summary>The names of the forecast channels, whose place is their index here (<see cref="Forecasting.TargetChannels"/>).</summary>
    public IReadOnlyList<string> Targets { get; }

    /// <summary>A value of a path; NaN: there is no forecast.</summary>
    /// <param name="path">The path, from 0.</param>
    /// <param name="step">The step, from 1: the first one after the history.</param>
    /// <param name="target">The index of the target. Default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There is no such path, step or target.</exception>
    public double this[int path, int step, int target = 0]
    {
        get
        {
            ArgumentOutOfRangeException.ThrowIfNegative(path);
            ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(path, Count);
            return _values[path * Steps * Targets.Count + Place(step, target)];
        }
    }

    /// <summary>The values of all paths at a step, ascending.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="target">The index of the target. Default 0.</param>
    public IReadOnlyList<double> At(int step, int target = 0) => Sorted(step, target);

    /// <summary>The average of the values that all paths have at a step; NaN if there is no forecast.</summary>
    /// <param name="step">The step, from 1.</param>
    /// <param name="target">The index of the target. Default 0.</param>
    public double Mean(int step, int target = 0) => Sorted(step, target).Average();

    /// <summary>
    /// The quantile of the paths at a step: the one at place level · (n + 1) of the n values in ascending order, or between the two around it. The value
    /// of one more path is below it with the probability <paramref name="level"/>.
    /// </summary>
    /// <param name="level">The level, in (0, 1), and not beyond the outermost paths: at least 1 / (n + 1), and at most n / (n + 1).</param>
    /// <param name="step">The step, from 1.</param>
    /// <param name="target">The index of the target. Default 0.</param>
    /// <exception cref="ArgumentOutOfRangeException">There are too few paths for the level, or no such step or target.</exception>
    public double Quantile(double level, int step, int target = 0)
    {
        if (!(level > 0 && level < 1))
            throw new ArgumentOutOfRangeException(nameof(level), level, "The level of a quantile must be above 0 and below 1.");
        if (SamplePaths.Fewest(level) > Count)
        {
            throw new ArgumentOutOfRangeException(nameof(level), level, string.Create(CultureInfo.InvariantCulture,
                $"A quantile of this level lies beyond {Count} paths: draw at least {SamplePaths.Fewest(level)}."));
        }

        double[] sorted = Sorted(step, target);
        double place = Math.Clamp(level * (Count + 1) - 1, 0, Count - 1);
        int below = Math.Min((int)place, Count - 2);
        return below < 0 ? sorted[0] : sorted[below] + (place - below) * (sorted[below + 1] - sorted[below]);
    }

    private int Place(int step, int target)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(step, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(step, Steps);
        ArgumentOutOfRangeException.ThrowIfNegative(target);
        ArgumentOutOfRangeException.ThrowIfGreaterThanOrEqual(target, Targets.Count);
        return (step - 1) * Targets.Count + target;
    }

    private double[] Sorted(int step, int target)
    {
        int place = Place(step, target);
        lock (_sorted)
        {
            if (!_sorted.TryGetValue((step, target), out double[]? sorted))
            {
                sorted = [.. Enumerable.Range(0, Count).Select(path => _values[path * Steps * Targets.Count + place]).Order()];
                _sorted.Add((step, target), sorted);
            }

            return sorted;
        }
    }
}
