using System.Globalization;

namespace MLNet.Sequence.Training;

/// <summary>One line of a console that says how far a training is, written over itself.</summary>
internal sealed class ProgressLine(TextWriter screen) : IDisposable
{
    private double? _validation;
    private int _length;

    public void Show(TrainingProgress progress)
    {
        _validation = progress.Finished?.ValidationLoss ?? _validation;
        TimeSpan left = progress.TimeLeft;
        string validation = _validation is { } loss ? string.Create(CultureInfo.InvariantCulture, $", validation {loss:G4}") : "";
        string line = string.Create(CultureInfo.InvariantCulture,
            $"Epoch {progress.Epoch}/{progress.Epochs}: loss {progress.Loss:G4}{validation}, {(long)left.TotalMinutes}:{left.Seconds:00} left");
        // Spaces remove the rest of a longer line.
        screen.Write("\r" + line.PadRight(_length));
        _length = line.Length;
    }

    /// <summary>Ends the line: what the program prints next begins at the start of another one.</summary>
    public void Dispose()
    {
        if (_length > 0)
            screen.WriteLine();
    }
}
