using System.Globalization;
using MLNet.Sequence.Calendars;
using MLNet.Sequence.Sessions;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>Forecasts of any number of steps, also beyond the horizon of training, and sample paths; in plain C#.</summary>
public static class ForecastContinuation
{
    /// <summary>
    /// Forecasts any number of steps after a history. Beyond the horizon the model goes on from its own forecasts: those of a whole horizon become
    /// rows, from which the next horizon is forecast, and so on. Errors add up: a model that is trained for the longer horizon is usually better.
    /// </summary>
    /// <param name="model">A model whose task is <see cref="Forecasting"/>.</param>
    /// <param name="history">
    /// [steps × channels], oldest first, at least the task's context; the channels are those of <see cref="Forecasting.Channels"/>, without those of the
    /// calendar.
    /// </param>
    /// <param name="steps">The number of steps to forecast; at least 1.</param>
    /// <param name="future">
    /// [steps × known], the first step ahead first: the values of <see cref="Forecasting.KnownInputs"/>. Empty or null, the default: the model has none.
    /// </param>
    /// <param name="start">The time of the first row of the history, if the model has calendar inputs. Null, the default: it has none.</param>
    /// <param name="series">The series' key, for its scaling; null, the default: the only one.</param>
    /// <returns>
    /// [steps × targets], the first step first, in the data's units. Of a model of quantiles it is the quantile that is nearest to the median, which is
    /// also what becomes a row. Of distributions it is their mean, beyond the horizon that of paths
    /// (<see cref="ForecastPaths(SequenceModel, ReadOnlySpan{double}, SamplePaths, int?, ReadOnlySpan{double}, DateTimeOffset?, string)"/> with the default
    /// options). NaN if a value of the last context is missing and the model does not fill it.
    /// </returns>
    /// <remarks>
    /// What a model reads besides its targets must go on too. Known inputs are given, those of the calendar follow from the times, static ones stay.
    /// Other inputs (<see cref="Forecasting.Inputs"/>) are unknown: beyond the horizon they are missing values, which the model must handle
    /// (<see cref="Forecasting.MissingValues"/>).
    /// </remarks>
    /// <exception cref="ArgumentException">The history is too short, or the future has another length or lacks a value; the message names it.</exception>
    /// <exception cref="InvalidOperationException">The model does not forecast, or reads inputs that are not known beyond its horizon.</exception>
    public static double[] Forecast(this SequenceModel model, ReadOnlySpan<double> history, int steps, ReadOnlySpan<double> future = default,
        DateTimeOffset? start = null, string? series = null)
    {
        Forecasting task = Forecaster.TaskOf(model);
        Continuation continuation = Of(model, history, steps, future, start, series);
        return task.Distribution is null ? continuation.Forecast() : continuation.Means(new SamplePaths());
    }

    /// <summary>
    /// Draws possible futures of a series from a model of distributions: each step of a path is drawn from the distribution of the next step, given the
    /// history and the steps of the path before it; several targets of a step independently of each other. Sums, maxima and other functions of several
    /// steps have the distribution that the paths give them.
    /// </summary>
    /// <inheritdoc cref="Forecast(SequenceModel, ReadOnlySpan{double}, int, ReadOnlySpan{double}, DateTimeOffset?, string)"/>
    /// <param name="model">A model whose task is <see cref="Forecasting"/> with a <see cref="Forecasting.Distribution"/>.</param>
    /// <param name="history">[steps × channels], oldest first, at least the task's context.</param>
    /// <param name="paths">The number of paths and the seed.</param>
    /// <param name="steps">The number of steps; at least 1. Null, the default: the horizon.</param>
    /// <param name="future">[steps × known]. Empty or null, the default: the model has no known inputs.</param>
    /// <param name="start">The time of the first row of the history, if the model has calendar inputs. Null, the default: it has none.</param>
    /// <param name="series">The series' key, for its scaling; null, the default: the only one.</param>
    /// <remarks>
    /// Each step of each path asks the model once. The distributions of later steps of the horizon, which the model gives too, are not read: they do not
    /// say how the steps depend on each other. So other inputs (<see cref="Forecasting.Inputs"/>) are unknown after the first step, also within the
    /// horizon. The paths of series with different keys are independent, so that sums over series have the distribution that the paths give them.
    /// </remarks>
    /// <returns>The paths.</returns>
    /// <exception cref="InvalidOperationException">The model does not forecast, or reads inputs that are not known beyond the first step.</exception>
    public static ForecastPaths ForecastPaths(this SequenceModel model, ReadOnlySpan<double> history, SamplePaths paths, int? steps = null,
        ReadOnlySpan<double> future = default, DateTimeOffset? start = null, string? series = null)
    {
        Forecasting task = Forecaster.TaskOf(model);
        ArgumentNullException.ThrowIfNull(paths);
        paths.Validate(isForTable: false);
        MustBeDistribution(task);
        return Of(model, history, steps ?? task.Horizon, future, start, series, isDrawn: true).Draw(paths);
    }

    /// <exception cref="ArgumentException">Its forecasts are not distributions.</exception>
    internal static void MustBeDistribution(Forecasting task)
    {
        if (task.Distribution is null)
        {
            throw new ArgumentException("Paths are drawn from distributions, and the forecaster gives none: set ForecastingOptions.Output to one, such as "
                + "ForecastOutput.Gaussian, before it is trained.");
        }
    }

    /// <summary>Checks what must be known of the steps ahead.</summary>
    /// <param name="task">The task.</param>
    /// <param name="plan">[steps × known].</param>
    /// <param name="steps">The number of steps.</param>
    /// <param name="first">The time of the first step ahead, for messages; null: unknown.</param>
    /// <param name="series">Begins the message with a series; empty: there is only one.</param>
    /// <param name="isDrawn">Whether paths are drawn, whose every step becomes a row; otherwise only whole horizons do. Default false.</param>
    /// <exception cref="ArgumentException">A known input has no value, or one that is no key.</exception>
    /// <exception cref="InvalidOperationException">The model reads other inputs, and takes no missing values.</exception>
    internal static void MustBeKnown(
        Forecasting task, ReadOnlySpan<double> plan, int steps, TimePoint? first, string series = "", bool isDrawn = false)
    {
        if (steps > (isDrawn ? 1 : task.Horizon) && task.Inputs.Count > 0 && task.MissingValues == MissingValues.Error)
        {
            string needs = $"the model needs values of {string.Join(", ", task.Inputs.Select(column => $"'{column.Name}'"))}, which are not known after the "
                + "last row: ", or = "with these columns as KnownInputs, or with MissingValues other than Error.";
            throw new InvalidOperationException(isDrawn
                ? $"{series}Beyond the first step of a path {needs}draw paths of 1 step, or train {or}"
                : $"{series}Beyond the horizon ({task.Horizon}) {needs}forecast at most {task.Horizon} steps, or train with a longer Horizon, {or}");
        }

        KeyChannel.MustHold(task.KeyChannels, plan, task.FirstKnown, task.KnownSize);
        if (task.MissingValues == MissingValues.Zero)
            return;
        int known = task.KnownSize;
        for (int channel = 0; channel < known; channel++)
        {
            for (int block = 0; block < steps; block += task.Horizon)
            {
                int missing = 0, at = -1, end = Math.Min(steps, block + task.Horizon);
                for (int step = end - 1; step >= block; step--)
                {
                    if (!double.IsNaN(plan[step * known + channel]))
                        continue;
                    (at, missing) = (step, missing + 1);
                }

                // What a model fills, it fills within a block.
                if (missing > 0 && (!task.FillsWindows || missing == end - block))
                    throw new ArgumentException($"{series}The known input '{task.Channels[task.FirstKnown + channel]}' has no value {Place(task, at, first)}.");
            }
        }
    }

    /// <summary>Such as "at step 3 ahead (2024-05-01 00:00)".</summary>
    internal static string Place(Forecasting task, int step, TimePoint? first)
    {
        for (int i = 0; i < step && first is { } time; i++)
            first = task.Frequency?.After(time);
        return string.Create(CultureInfo.InvariantCulture, $"at step {step + 1} ahead{(first is { } date ? $" ({date})" : "")}");
    }

    private static Continuation Of(SequenceModel model, ReadOnlySpan<double> history, int steps, ReadOnlySpan<double> future, DateTimeOffset? start,
        string? series, bool isDrawn = false)
    {
        Forecasting task = Forecaster.TaskOf(model);
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        TimePoint? next = null;
        if (start is { } time)
            (history, future, next) = Forecaster.WithCalendar(task, history, time, future, steps);
        else if (task.Calendar is not null)
            throw new ArgumentException("The model has calendar inputs: give the time of the first row of the history.", nameof(start));
        if (future.Length != (long)steps * task.KnownSize)
        {
            string known = string.Join(", ", task.Channels.Skip(task.FirstKnown).Take(task.KnownSize));
            throw new ArgumentException(task.KnownSize == 0
                ? $"The model has no known inputs; found {future.Length} values."
                : $"Expected {steps} steps ahead of {task.KnownSize} values each ({known}); found {future.Length} values, which end before step "
                    + $"{future.Length / task.KnownSize + 1}.", nameof(future));
        }

        MustBeKnown(task, future, steps, next, isDrawn: isDrawn);
        return new Continuation(model, history, future, steps, series);
    }
}
