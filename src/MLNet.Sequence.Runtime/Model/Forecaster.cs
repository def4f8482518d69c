using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Model;

/// <summary>Forecasts in plain C#: no libtorch, no ML.NET, on any system that .NET runs on.</summary>
public static class Forecaster
{
    /// <summary>Forecasts the steps after a history, in the data's own units.</summary>
    /// <param name="model">A model whose task is <see cref="Forecasting"/>.</param>
    /// <param name="history">
    /// [steps × channels], oldest first, at least the task's context; the last of them are read. The channels are those of
    /// <see cref="Forecasting.Channels"/>, targets first.
    /// </param>
    /// <param name="series">The series' key, for its scaling; null, or one that was not in training: the scaling of all.</param>
    /// <returns>[horizon × targets], the first step first; NaN where a value of the context is not finite.</returns>
    /// <exception cref="ArgumentException">The history is shorter than the context or holds no whole number of steps.</exception>
    /// <exception cref="InvalidOperationException">The model does not forecast.</exception>
    public static float[] Forecast(this SequenceModel model, ReadOnlySpan<float> history, string? series = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        float[] window = Prepare(model, history, series);
        if (window.Any(value => !float.IsFinite(value)))
            return [.. Enumerable.Repeat(float.NaN, model.Managed.OutputSize)];
        float[] forecast = model.Managed.Run(window);
        model.Task.Decode(forecast, model.Scaling[series]);
        return forecast;
    }

    /// <summary>The context as the network is to see it.</summary>
    internal static float[] Prepare(SequenceModel model, ReadOnlySpan<float> history, string? series)
    {
        if (model.Task is not Forecasting task)
            throw new InvalidOperationException($"The model's task is {model.Task.GetType().Name}; only a model of the task {nameof(Forecasting)} forecasts.");
        int width = task.InputSize;
        if (history.Length % width != 0 || history.Length < (long)task.Context * width)
        {
            throw new ArgumentException(
                $"Expected at least {task.Context} steps of {width} values ({string.Join(", ", task.Channels)}); found {history.Length} values.", nameof(history));
        }

        float[] window = history[^(task.Context * width)..].ToArray();
        model.Scaling[series].Apply(window);
        return window;
    }
}
