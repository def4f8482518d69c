using System.Globalization;

namespace MLNet.Sequence.Samples.Output;

/// <summary>Shows a model's training: a progress bar in an interactive terminal, otherwise a line per epoch.</summary>
internal abstract class TrainingDisplay
{
    public static TrainingDisplay For(Terminal terminal) => terminal.IsInteractive ? new BarDisplay(terminal.Console) : new LineDisplay(terminal.Output);

    /// <summary>Runs several trainings that report to the display, each under its name.</summary>
    public abstract T Show<T>(Func<Func<string, IProgress<TrainingProgress>>, T> train);

    /// <summary>Runs one training.</summary>
    public T Show<T>(string model, Func<IProgress<TrainingProgress>, T> train) => Show(display => train(display(model)));

    /// <summary>"epoch 3/20 loss 0.1234 validation 0.1456"; the validation loss is the last epoch's while the next one runs.</summary>
    protected static string Describe(TrainingProgress progress, double? validation)
    {
        string text = string.Create(CultureInfo.InvariantCulture, $"epoch {progress.Epoch,2}/{progress.Epochs} loss {progress.Loss:F4}");
        return validation is { } loss ? text + string.Create(CultureInfo.InvariantCulture, $" validation {loss:F4}") : text;
    }

    protected static string Print(TimeSpan time) => time.TotalHours < 1
        ? time.ToString(@"m\:ss", CultureInfo.InvariantCulture)
        : string.Create(CultureInfo.InvariantCulture, $"{(long)time.TotalHours}:{time:mm\\:ss}");

    /// <summary>Calls back at once, on the training thread, so that no line is late or out of order.</summary>
    internal sealed class Listener<T>(Action<T> heard) : IProgress<T>
    {
        public void Report(T value) => heard(value);
    }
}
