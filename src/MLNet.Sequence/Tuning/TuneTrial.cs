using System.Globalization;

namespace MLNet.Sequence;

/// <summary>A trial of a search, with its result in the last rung that it reached.</summary>
/// <param name="Number">Its place among all trials that started, from 0: with the seed it decides the settings.</param>
/// <param name="Settings">What it changes in the forecaster.</param>
public sealed record TuneTrial(int Number, TuneSettings Settings)
{
    /// <summary>The rung, from 0; the last one trains for all epochs.</summary>
    public int Rung { get; init; }

    /// <summary>After how many epochs training was paused in this rung, at most; in the last one all of the options.</summary>
    public int Epochs { get; init; }

    /// <summary>The measure over all folds, lower is better; NaN: it could not be trained, see <see cref="Failure"/>, or the measure is not defined.</summary>
    public double Loss { get; init; } = double.NaN;

    /// <summary>The time of training and scoring in this rung, in seconds.</summary>
    public double Seconds { get; init; }

    /// <summary>Why it could not be trained; null: it could.</summary>
    public string? Failure { get; init; }

    /// <summary>The trial and its result as text, in the invariant culture.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"trial {Number + 1}: {Settings}; {Epochs} epochs: {(Failure is null ? Loss.ToString("G5", CultureInfo.InvariantCulture) : Failure)}");
}
