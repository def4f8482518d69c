using MLNet.Sequence.Calendars;
using MLNet.Sequence.Sessions;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <content>Forecasts of any number of steps after the last one.</content>
public sealed partial class SequenceSession
{
    /// <summary>
    /// Forecasts any number of steps after the last step of a series, which stays as it is. Beyond the horizon the model goes on from its own forecasts, as
    /// <see cref="ForecastContinuation.Forecast(SequenceModel, ReadOnlySpan{double}, int, ReadOnlySpan{double}, DateTimeOffset?, string)"/> does with the
    /// rows of the series as history; a session that carries the state of a model that was trained on windows goes on from that state.
    /// </summary>
    /// <param name="series">The key of the series; "" if the model knows no keys.</param>
    /// <param name="steps">The number of steps to forecast; at least 1.</param>
    /// <param name="future">
    /// [(steps − horizon) × known]: the known inputs of the steps beyond the horizon, without those of the calendar; those within it came with the last
    /// step.
    /// Empty or null, the default: the model has none, or <paramref name="steps"/> is at most the horizon.
    /// </param>
    /// <returns>
    /// [steps × targets], the first step first, in the data's units: of a model of quantiles the one nearest to the median, of distributions their mean.
    /// All NaN if the last step had no forecast.
    /// </returns>
    /// <exception cref="ArgumentException">The session does not know the series, or the future has another length or lacks a value.</exception>
    /// <exception cref="InvalidOperationException">
    /// The model does not forecast, or reads inputs that are not known beyond its horizon, or the series has had no step, or none since its state was
    /// restored, or the calendar goes on from a time that its last step did not have.
    /// </exception>
    public double[] Forecast(string series, int steps, ReadOnlySpan<double> future = default)
    {
        Continuation continuation = Continue(series, steps, future, isDrawn: false);
        return Model.Task.Series!.Distribution is null ? continuation.Forecast() : continuation.Means(new SamplePaths());
    }

    /// <summary>Draws possible futures of a series after its last step, which stays as it is, from a model of distributions.</summary>
    /// <inheritdoc cref="Forecast(string, int, ReadOnlySpan{double})"/>
    /// <param name="series">The key of the series; "" if the model knows no keys.</param>
    /// <param name="paths">The number of paths and the seed.</param>
    /// <param name="steps">The number of steps; at least 1. Null, the default: the horizon.</param>
    /// <param name="future">[(steps − horizon) × known], as in <see cref="Forecast"/>.</param>
    /// <returns>The paths; all NaN if the last step had no forecast.</returns>
    public ForecastPaths ForecastPaths(string series, SamplePaths paths, int? steps = null, ReadOnlySpan<double> future = default)
    {
        ArgumentNullException.ThrowIfNull(paths);
        paths.Validate(isForTable: false);
        Forecasting task = Forecaster.TaskOf(Model);
        ForecastContinuation.MustBeDistribution(task);
        return Continue(series, steps ?? task.Horizon, future, isDrawn: true).Draw(paths);
    }

    private Continuation Continue(string series, int steps, ReadOnlySpan<double> future, bool isDrawn)
    {
        ArgumentNullException.ThrowIfNull(series);
        Forecasting task = Forecaster.TaskOf(Model);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (!_series.TryGetValue(series, out SessionSeries? state))
            throw new ArgumentException($"The session knows no series '{series}'.", nameof(series));
        int beyond = Math.Max(0, steps - task.Horizon), given = task.KnownSize - task.CalendarSize;
        if (future.Length != (long)beyond * given)
        {
            throw new ArgumentException($"Expected the known inputs of the {beyond} steps beyond the horizon ({task.Horizon}), {given} values each; found "
                + $"{future.Length} values.", nameof(future));
        }

        lock (state)
        {
            if (state.Last() is not { } last)
            {
                throw new InvalidOperationException(
                    $"The series '{series}' has had no step, or none since its state was restored: its next step comes before its next forecast.");
            }

            ReadOnlySpan<double> further = task.Calendar is not null && beyond > 0
                ? task.WithCalendar(future, After(state, series, task.Horizon + 1), 0, task.KnownSize, beyond).Rows
                : future;
            double[] ahead = [.. last.Ahead.AsSpan(0, Math.Min(steps, task.Horizon) * task.KnownSize), .. further];
            TimePoint? next = state.Time is { } time ? task.Frequency?.After(time) : null;
            ForecastContinuation.MustBeKnown(task, ahead, steps, next, isDrawn: isDrawn);
            return new Continuation((state.Fork(), last.Forecast, last.Row), task, ahead, steps, series.Length == 0 ? null : series);
        }
    }

    // The time of a step ahead.
    private TimePoint After(SessionSeries state, string series, int step)
    {
        TimePoint? time = state.Time;
        for (int i = 0; i < step && time is { } before; i++)
            time = Model.Task.Series!.Frequency?.After(before);
        return time ?? throw new InvalidOperationException($"The time of the last step of '{series}' is not known, from which the calendar goes on: give it in "
            + $"{nameof(Step)}.");
    }
}
