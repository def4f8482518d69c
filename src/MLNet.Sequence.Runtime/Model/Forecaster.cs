using MLNet.Sequence.Data;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Model;

/// <summary>Forecasts in plain C#: no libtorch, no ML.NET, on any system that .NET runs on.</summary>
public static class Forecaster
{
    /// <summary>Forecasts the steps after a history, in the data's own units.</summary>
    /// <param name="model">A model whose task is <see cref="Forecasting"/>.</param>
    /// <param name="history">
    /// [steps × channels], oldest first, at least the task's context; the last of them are read or, where the model carries its state
    /// (<see cref="Forecasting.CarriesState"/>), all of them, from the series' first step on. The channels are those of
    /// <see cref="Forecasting.Channels"/>, targets first.
    /// </param>
    /// <param name="series">
    /// The series' key, for its scaling; null, the default: the only one. A series that was not in training, null among them where the model
    /// knows several, is scaled by mean and deviation of the context itself; where the state is carried, of its first context.
    /// </param>
    /// <returns>[horizon × targets], the first step first; NaN where a value of the last context is not finite.</returns>
    /// <exception cref="ArgumentException">The history is shorter than the context or holds no whole number of steps.</exception>
    /// <exception cref="InvalidOperationException">The model does not forecast.</exception>
    public static float[] Forecast(this SequenceModel model, ReadOnlySpan<float> history, string? series = null) =>
        [.. Forecast(model, Wide(history), series).Select(value => (float)value)];

    /// <summary>
    /// Forecasts the steps after a history, in the data's own units and in double: values are centred before they become floats, so
    /// that a large level (a counter, a time) keeps the small differences around it.
    /// </summary>
    /// <inheritdoc cref="Forecast(SequenceModel, ReadOnlySpan{float}, string)"/>
    public static double[] Forecast(this SequenceModel model, ReadOnlySpan<double> history, string? series = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        (float[] window, ChannelScaling scaling) = Prepare(model, history, series);
        var forecast = new double[model.Managed.OutputSize];
        if (window.All(float.IsFinite))
            model.Task.Decode(model.Managed.Run(window), forecast, scaling);
        else
            Array.Fill(forecast, double.NaN);
        return forecast;
    }

    /// <summary>The context, or the whole history where the state is carried, as the network is to see it, and its scaling.</summary>
    internal static (float[] Window, ChannelScaling Scaling) Prepare(SequenceModel model, ReadOnlySpan<double> history, string? series)
    {
        if (model.Task is not Forecasting task)
            throw new InvalidOperationException($"The model's task is {model.Task.GetType().Name}; only a model of the task {nameof(Forecasting)} forecasts.");
        int width = task.InputSize;
        if (history.Length % width != 0 || history.Length < (long)task.Context * width)
        {
            throw new ArgumentException(
                $"Expected at least {task.Context} steps of {width} values ({string.Join(", ", task.Channels)}); found {history.Length} values.", nameof(history));
        }

        int context = task.Context * width;
        ReadOnlySpan<double> seen = task.CarriesState ? Forecasting.Known(history.ToArray()) : history[^context..];
        ChannelScaling scaling = task.ScalingOf(model.Scaling, series, seen[..context]);
        var window = new float[seen.Length];
        scaling.Apply(seen, window);
        // Before the last context a missing value is the mean, as it is in a session.
        foreach (ref float value in window.AsSpan(..^context))
            value = float.IsFinite(value) ? value : 0;
        return (window, scaling);
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
