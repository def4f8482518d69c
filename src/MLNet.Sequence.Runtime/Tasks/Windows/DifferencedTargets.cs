namespace MLNet.Sequence.Tasks;

/// <summary>What differences of targets go together with.</summary>
internal static class DifferencedTargets
{
    /// <summary>The problems of a task that has differences, one sentence each.</summary>
    public static IEnumerable<string> Problems(Forecasting task)
    {
        Differencing own = task.Differencing!;
        IEnumerable<string> problems = own.OfSeasons && own.Season is null ? ["Differencing must have a Season."] : own.Problems();
        return [.. problems, .. Problems(own, task.Output.IsPoint && task.Intervals is null, (task.CarriesState, task.MissingValues), task.Scaling, task.Context)];
    }

    /// <summary>The problems of differences with other settings, one sentence each.</summary>
    /// <param name="own">The differences.</param>
    /// <param name="isPoint">Whether forecasts are numbers.</param>
    /// <param name="read">How rows are read.</param>
    /// <param name="scaling">How targets are scaled.</param>
    /// <param name="context">The steps of a window; null: not known yet.</param>
    public static IEnumerable<string> Problems(
        Differencing own, bool isPoint, (bool CarriesState, MissingValues Missing) read, ScalingKind scaling, int? context)
    {
        if (!isPoint)
        {
            yield return "Differencing is for points without intervals: quantiles, bounds and deviations of differences do not add up to those of values. Use "
                + "ForecastOutput.Point, or leave Differencing null.";
        }

        if (read.CarriesState)
            yield return "Differencing is for windows: it must be null with CarriesState.";
        if (read.Missing is not (MissingValues.Error or MissingValues.Zero))
            yield return $"Differencing needs every value of a window: MissingValues must be Error or Zero; found {read.Missing}. Fill missing values in the data.";
        if (new ScalingRule(scaling, 0).HasPowers)
            yield return $"Differencing and Scaling {scaling} exclude each other: differences may be negative. Use one of them.";
        if (context <= own.Lag)
            yield return $"Context must be above {own.Lag}, the steps before a value that its difference needs (Differencing); found {context}.";
    }
}
