using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Forecasts;

/// <summary>A column of forecasts or of bounds as a part of what a model gives for a row: [horizon × numbers of a target × targets].</summary>
/// <param name="task">The task.</param>
/// <param name="place">The index among the numbers of a target; null: all of them.</param>
internal sealed class ForecastPart(Forecasting task, int? place)
{
    /// <summary>The number of values of the column.</summary>
    public int Size => place is null ? task.ForecastSize : task.Horizon * task.TargetChannels.Count;

    /// <summary>The columns, in their order.</summary>
    public static ForecastPart[] Of(Forecasting task)
    {
        if (task.Intervals is null)
            return [new ForecastPart(task, null)];
        (int lower, int upper) = task.BoundPlaces;
        return [new ForecastPart(task, task.Levels is null ? 1 : null), new ForecastPart(task, lower), new ForecastPart(task, upper)];
    }

    public void Take(ReadOnlySpan<double> all, Span<double> to)
    {
        if (place is not { } number)
        {
            all.CopyTo(to);
            return;
        }

        task.Take(number, all, to);
    }
}
