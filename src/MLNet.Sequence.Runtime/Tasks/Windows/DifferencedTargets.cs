using MLNet.Sequence.Data;

namespace MLNet.Sequence.Tasks;

/// <summary>Differences of targets: how their scaling is fitted, and what they go together with.</summary>
internal static class DifferencedTargets
{
    /// <summary>The scaling of what the network sees, and the rows that it sees: of differences, if targets are differenced.</summary>
    /// <param name="task">The task, with its steady inputs.</param>
    /// <param name="set">The training series.</param>
    /// <param name="steps">The number of training rows of a series.</param>
    public static (SeriesScaling Scaling, SeriesSet Seen) Fit(Forecasting task, SeriesSet set, Func<Series, long> steps)
    {
        IReadOnlyList<int> steady = task.SteadyInputs ?? [];
        SeriesScaling values = SeriesScaling.Fit(set, steps, steady, task.Rule);
        if (task.Differencing is not { } differencing)
            return (values, set);
        SeriesSet changes = differencing.Of(set, key => Powers(task, values[key]));
        return (SeriesScaling.Fit(changes, steps, steady, task.Rule.OfDifferences).Over(values), changes);
    }

    /// <summary>The transform of each target before it is differenced.</summary>
    public static PowerTransform?[] Powers(Forecasting task, ChannelScaling scaling) =>
        [.. Enumerable.Range(0, task.TargetChannels.Count).Select(scaling.Power)];

    /// <summary>The problems of a task that has differences, one sentence each.</summary>
    public static IEnumerable<string> Problems(Forecasting task)
    {
        Differencing own = task.Differencing!;
        IEnumerable<string> problems = own.OfSeasons && own.Season is null ? ["Differencing must have a Season."] : own.Problems();
        return [.. problems, .. Problems(own, task.Output.IsPoint && task.Intervals is null, (task.CarriesState, task.MissingValues), task.Context)];
    }

    /// <summary>The problems of differences with other settings, one sentence each.</summary>
    /// <param name="own">The differences.</param>
    /// <param name="isPoint">Whether forecasts are numbers.</param>
    /// <param name="read">How rows are read.</param>
    /// <param name="context">The steps of a window; null: not known yet.</param>
    public static IEnumerable<string> Problems(
        Differencing own, bool isPoint, (bool CarriesState, MissingValues Missing) read, int? context)
    {
        if (!isPoint)
        {
            yield return "Differencing is for points without intervals: quantiles, bounds and deviations of differences do not add up to those of values. Use "
                + "ForecastOutput.Point, or leave Differencing null.";
        }

        if (read.CarriesState)
            yield return "Differencing is for windows: it must be null with CarriesState.";
        if (read.Missing is not (MissingValues.Error or MissingValues.Zero))
            yield return "Differencing needs every value of a window: MissingValues must be Error or Zero; "
                + $"found {read.Missing}. Fill missing values in the data.";
        if (context <= own.Lag)
            yield return $"Context must be above {own.Lag}, the steps before a value that its difference needs (Differencing); found {context}.";
    }
}
