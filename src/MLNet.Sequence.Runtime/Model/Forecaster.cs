using MLNet.Sequence.Calendars;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>Forecasts in plain C#: no libtorch, no ML.NET, on any system that .NET runs on.</summary>
public static class Forecaster
{
    /// <summary>Forecasts the steps after a history, in the data's own units.</summary>
    /// <param name="model">A model whose task is <see cref="Forecasting"/>, without known inputs.</param>
    /// <param name="history">
    /// [steps × channels], oldest first, at least the task's context, or a step with <see cref="ShortSeries.Pad"/>.
    /// The last context is read or, if the model carries its state
    /// (<see cref="Forecasting.CarriesState"/>), all steps, from the series' first step on. The channels are those of
    /// <see cref="Forecasting.Channels"/>, targets first. For columns of keys: the index of the key in <see cref="ChannelColumn.Keys"/>, and the
    /// number of those keys for one that was not in training.
    /// </param>
    /// <param name="series">
    /// The series' key, for its scaling; null, the default: the only one. A series that was not in training is scaled by mean and standard
    /// deviation of the context itself; if the state is carried, by those of its first context. This includes null if the model knows
    /// several series.
    /// </param>
    /// <returns>[horizon × targets], the first step first; NaN if a value of the last context is not finite.</returns>
    /// <exception cref="ArgumentException">The history is shorter than the context or does not hold a whole number of steps.</exception>
    /// <exception cref="InvalidOperationException">The model does not forecast.</exception>
    public static float[] Forecast(this SequenceModel model, ReadOnlySpan<float> history, string? series = null) =>
        Forecast(model, history, [], series);

    /// <inheritdoc cref="Forecast(SequenceModel, ReadOnlySpan{float}, string)" path="/node()[not(self::param)]"/>
    /// <param name="model">A model whose task is <see cref="Forecasting"/>.</param>
    /// <param name="history">
    /// [steps × channels], oldest first, at least the task's context; the channels are those of <see cref="Forecasting.Channels"/>.
    /// </param>
    /// <param name="future">
    /// [horizon × known], the first step ahead first: the values of <see cref="Forecasting.KnownInputs"/>. If a value is not finite, the
    /// forecast is NaN.
    /// </param>
    /// <param name="series">The series' key, for its scaling.</param>
    public static float[] Forecast(this SequenceModel model, ReadOnlySpan<float> history, ReadOnlySpan<float> future, string? series = null) =>
        [.. Forecast(model, Wide(history), Wide(future), series).Select(value => (float)value)];

    /// <summary>
    /// Forecasts the steps after a history, in the data's own units and in double: values are centred before they become floats, so a large
    /// level (a counter, a time) keeps the small differences around it.
    /// </summary>
    /// <inheritdoc cref="Forecast(SequenceModel, ReadOnlySpan{float}, string)"/>
    public static double[] Forecast(this SequenceModel model, ReadOnlySpan<double> history, string? series = null) => Forecast(model, history, [], series);

    /// <inheritdoc cref="Forecast(SequenceModel, ReadOnlySpan{float}, ReadOnlySpan{float}, string)"/>
    public static double[] Forecast(this SequenceModel model, ReadOnlySpan<double> history, ReadOnlySpan<double> future, string? series = null)
    {
        Forecasting task = TaskOf(model);
        double[] all = All(model, history, future, series);
        return task.Intervals is null || task.Levels is not null ? all : ForecastBounds.Of(task, all).Forecast;
    }

    /// <summary>
    /// Forecasts the steps after a history, with the bounds of the model's intervals (<see cref="Forecasting.Intervals"/>). The bounds are those that were
    /// calibrated: they adapt to a series only in a session, an engine or <c>Transform</c>, which see whether earlier forecasts held.
    /// </summary>
    /// <inheritdoc cref="Forecast(SequenceModel, ReadOnlySpan{float}, ReadOnlySpan{float}, string)"/>
    /// <param name="model">A model whose task is <see cref="Forecasting"/> with intervals.</param>
    /// <param name="history">[steps × channels], oldest first, at least the task's context.</param>
    /// <param name="future">[horizon × known]; empty, the default: the model has no known inputs.</param>
    /// <param name="series">The series' key, for its scaling.</param>
    /// <exception cref="InvalidOperationException">The model has no intervals.</exception>
    public static ForecastBounds ForecastWithBounds(
        this SequenceModel model, ReadOnlySpan<double> history, ReadOnlySpan<double> future = default, string? series = null)
    {
        Forecasting task = TaskOf(model);
        MustHaveIntervals(task);
        return ForecastBounds.Of(task, All(model, history, future, series));
    }

    /// <summary>Forecasts the distribution of each step after a history.</summary>
    /// <inheritdoc cref="Forecast(SequenceModel, ReadOnlySpan{float}, ReadOnlySpan{float}, string)"/>
    /// <param name="model">A model whose task is <see cref="Forecasting"/> with a <see cref="Forecasting.Distribution"/>.</param>
    /// <param name="history">[steps × channels], oldest first, at least the task's context.</param>
    /// <param name="future">[horizon × known], the known inputs of the steps ahead; default: empty, for a model without them.</param>
    /// <param name="series">The series' key, for its scaling; null, the default: the only one.</param>
    /// <returns>[horizon × targets], the first step first.</returns>
    /// <exception cref="ArgumentException">The model gives no distribution, or the history is too short.</exception>
    public static ForecastDistribution[] ForecastDistributions(
        this SequenceModel model, ReadOnlySpan<double> history, ReadOnlySpan<double> future = default, string? series = null) =>
        ForecastDistribution.Of(TaskOf(model), All(model, history, future, series));

    /// <exception cref="InvalidOperationException">There are none.</exception>
    internal static void MustHaveIntervals(Forecasting? task)
    {
        if (task?.Intervals is null)
            throw new InvalidOperationException("The model has no intervals: set ForecastingOptions.Intervals before it is trained.");
    }

    // All numbers that the network gives: [horizon × numbers × targets].
    internal static double[] All(SequenceModel model, ReadOnlySpan<double> history, ReadOnlySpan<double> future, string? series)
    {
        MustBeAhead(TaskOf(model), future);
        (float[] window, float[] beside, ChannelScaling scaling) = Prepare(model, history, future, series);
        var forecast = new double[model.Managed.OutputSize];
        if (window.All(float.IsFinite) && beside.All(float.IsFinite))
            model.Decoding.Apply(model.Managed.Run(window, beside), forecast, scaling);
        else
            Array.Fill(forecast, double.NaN);
        return forecast;
    }

    /// <summary>Forecasts the steps after a history of a model with calendar inputs, which are made from the times.</summary>
    /// <inheritdoc cref="Forecast(SequenceModel, ReadOnlySpan{float}, ReadOnlySpan{float}, string)" path="/node()[not(self::param)]"/>
    /// <param name="model">A model whose task has a <see cref="Forecasting.Calendar"/>.</param>
    /// <param name="history">
    /// [steps × channels], oldest first, at least the task's context; the channels are those of <see cref="Forecasting.Columns"/>, without the
    /// calendar.
    /// </param>
    /// <param name="start">The time of the first step of the history; the others follow by <see cref="Forecasting.Frequency"/>.</param>
    /// <param name="future">[horizon × known], without the calendar; empty, the default, if there are no other known inputs.</param>
    /// <param name="series">The series' key, for its scaling.</param>
    public static double[] Forecast(
        this SequenceModel model, ReadOnlySpan<double> history, DateTimeOffset start, ReadOnlySpan<double> future = default, string? series = null)
    {
        (double[] rows, double[] ahead, _) = WithCalendar(TaskOf(model), history, start, future);
        return Forecast(model, rows, ahead, series);
    }

    // Rows and plan with the calendar, and the time of the first step ahead.
    internal static (double[] Rows, double[] Ahead, TimePoint Next) WithCalendar(
        Forecasting task, ReadOnlySpan<double> history, DateTimeOffset start, ReadOnlySpan<double> future, int? steps = null)
    {
        if (task.Calendar is null)
            throw new ArgumentException("The model has no calendar inputs: leave out the time.", nameof(start));
        int width = task.DataChannels - task.CalendarSize, known = task.KnownSize - task.CalendarSize, ahead = steps ?? task.Horizon;
        if (history.Length % width != 0 || future.Length != ahead * known)
        {
            throw new ArgumentException($"Expected steps of {width} values ({string.Join(", ", task.Columns.SelectMany(column => column.Channels))}) and "
                + $"{ahead * known} known values ahead; found {history.Length} and {future.Length}.", nameof(history));
        }

        (double[] rows, TimePoint next) = task.WithCalendar(history, new TimePoint(start), task.FirstKnown, task.DataChannels);
        return (rows, task.WithCalendar(future, next, 0, task.KnownSize, ahead).Rows, next);
    }

    /// <summary>
    /// The network's input: the context, or the whole history if the state is carried, and the other inputs; and the scaling.
    /// </summary>
    /// <param name="model">The model.</param>
    /// <param name="history">[steps × channels].</param>
    /// <param name="future">[horizon × known]; empty: known inputs stay 0.</param>
    /// <param name="series">The series' key.</param>
    internal static (float[] Window, float[] Beside, ChannelScaling Scaling) Prepare(
        SequenceModel model, ReadOnlySpan<double> history, ReadOnlySpan<double> future, string? series)
    {
        Forecasting task = TaskOf(model);
        int width = task.DataChannels;
        MustBeHistory(task, history);
        history = task.Padded(history);
        int context = task.Context * width;
        ReadOnlySpan<double> seen = task.CarriesState ? history : history[^context..];
        if (task.MissingValues != MissingValues.Error)
            seen = task.Read(seen.ToArray(), (0, width));
        if (task.CarriesState)
            seen = ForecastingWindows.Known(seen.ToArray());
        ChannelScaling scaling = task.ScalingOf(model.Scaling, series, seen[..context]);
        float[] window = new float[seen.Length / width * task.InputSize], beside = new float[task.BesideSize];
        KeyChannel[] keys = task.KeyChannels;
        KeyChannel.MustHold(keys, seen, 0, width);
        KeyChannel.MustHold(keys, future, task.FirstKnown, task.KnownSize);
        task.Standardize(seen, scaling, new SeenWindow(window, beside));
        task.StandardizeAhead(future, scaling, beside);
        // Before the last context, the mean replaces a missing value, as in a session.
        foreach (ref float value in window.AsSpan(..^(task.Context * task.InputSize)))
            value = float.IsFinite(value) ? value : 0;
        return (window, beside, scaling);
    }

    /// <exception cref="ArgumentException">It does not fit the task's known inputs.</exception>
    internal static void MustBeAhead(Forecasting task, ReadOnlySpan<double> future)
    {
        if (future.Length == task.Horizon * task.KnownSize)
            return;
        string known = string.Join(", ", task.Channels.Skip(task.FirstKnown).Take(task.KnownSize));
        if (task.Calendar is not null)
            known += "; those of the calendar follow from a time: Forecast(history, start)";
        throw new ArgumentException(
            task.KnownSize == 0
                ? $"The model has no known inputs; found {future.Length} values."
                : $"Expected the {task.Horizon} steps ahead of {task.KnownSize} values each ({known}), as Forecast(history, future) takes them; "
                    + $"found {future.Length} values.",
            nameof(future));
    }

    /// <exception cref="ArgumentException">It is shorter than the context or does not hold a whole number of steps.</exception>
    internal static void MustBeHistory(Forecasting task, ReadOnlySpan<double> history)
    {
        int width = task.DataChannels;
        if (history.Length % width != 0 || history.Length < (long)task.LeastHistory * width)
        {
            throw new ArgumentException(
                $"Expected at least {task.LeastHistory} steps of {width} values ({string.Join(", ", task.Channels)}); found "
                    + $"{history.Length} values.", nameof(history));
        }
    }

    internal static Forecasting TaskOf(SequenceModel model)
    {
        ArgumentNullException.ThrowIfNull(model);
        return model.Task.Series
            ?? throw new InvalidOperationException($"The model's task is {model.Task.GetType().Name}; only a model of the task "
                + $"{nameof(Forecasting)} forecasts.");
    }

    /// <summary>The same values in double.</summary>
    internal static double[] Wide(ReadOnlySpan<float> values)
    {
        var wide = new double[values.Length];
        for (int i = 0; i < wide.Length; i++)
            wide[i] = values[i];
        return wide;
    }
}
