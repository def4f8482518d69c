using System.Globalization;

namespace MLNet.Sequence.Forecasts;

/// <summary>The season of differences that leave it to the frequency.</summary>
internal static class FoundSeason
{
    /// <summary>The task with the season of its differences.</summary>
    /// <exception cref="InvalidOperationException">The frequency has no season, or the context holds no difference.</exception>
    public static Forecasting Of(Forecasting task)
    {
        if (task.Differencing is not { } differencing)
            return task;
        if (differencing is { OfSeasons: true, Season: null })
        {
            int season = task.Frequency?.Season ?? 1;
            if (season == 1)
            {
                throw new InvalidOperationException($"Differencing of seasons needs the steps of a season, and the frequency of the rows "
                    + $"({task.Frequency?.ToString() ?? "none was found"}) has none: give the season, such as 12 for months.");
            }

            differencing = differencing with { Season = season };
        }

        return task.Context > differencing.Lag
            ? task with { Differencing = differencing }
            : throw new InvalidOperationException(string.Create(CultureInfo.InvariantCulture, $"Context must be above {differencing.Lag}, the steps before a "
                + $"value that its difference needs (Differencing); found {task.Context}. Give a longer Context."));
    }
}
