using System.Globalization;

namespace MLNet.Sequence;

/// <summary>
/// A model whose training was stopped early, in all rounds, because it could no longer become the best on the validation rows
/// (<see cref="CompareOptions.StopBeaten"/>). Its errors are those of the best of these epochs.
/// </summary>
/// <param name="Name">The architecture, as the rows of the report call it.</param>
/// <param name="Leader">The model with the lowest validation loss after as many epochs; mean over rounds.</param>
/// <param name="Epochs">The epochs after which it was stopped.</param>
/// <param name="Planned">The epochs that it would have had.</param>
/// <param name="Behind">Its best validation loss divided by that of the best model of the round, minus 1; mean over rounds.</param>
/// <param name="AtBest">
/// The same at the end of all epochs, if it learned on as fast as before and the best model no more; the smallest of all rounds. Above
/// <see cref="CompareOptions.Margin"/>.
/// </param>
public sealed record StoppedModel(string Name, string Leader, int Epochs, int Planned, double Behind, double AtBest)
{
    /// <summary>When and why the training was stopped, in two sentences.</summary>
    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name} was stopped after {Epochs} of {Planned} epochs: its validation loss was {PairedDifference.Percent(Behind)} than that of {Leader}, and would "
            + $"be at least {PairedDifference.Percent(AtBest)} if it learned on as fast. Its errors are those after {Epochs} epochs.");
}
