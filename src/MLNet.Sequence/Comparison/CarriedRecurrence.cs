namespace MLNet.Sequence;

/// <summary>
/// Does carrying state beyond the window help? A recurrent model that reads each series from its first step on, compared with the best
/// model of windows on the same test examples.
/// </summary>
/// <param name="Architecture">The best recurrent architecture on the validation rows, among those that can carry their state.</param>
/// <param name="Error">Its mean loss over the test examples, as <see cref="ComparedModel.Error"/>.</param>
/// <param name="ErrorLow">The lower end of the confidence interval of <paramref name="Error"/>.</param>
/// <param name="ErrorHigh">The upper end of the confidence interval of <paramref name="Error"/>.</param>
/// <param name="AgainstWindows">Its error compared with that of the best of all models that see a window.</param>
public sealed record CarriedRecurrence(string Architecture, double Error, double ErrorLow, double ErrorHigh, PairedDifference AgainstWindows)
{
    internal const string Meaning =
        "A model with its state carried reads the test rows of each series from the first one on. Its state is zero at the start and is never "
            + "reset; the other models start again in each window.";

    /// <summary>Whether one of its trainings ended while the validation loss still fell; more training may then improve it.</summary>
    public bool StillLearns { get; init; }

    /// <summary>Whether it is better than every window by more than the margin, with the whole interval: only this shows that recurrence is needed.</summary>
    public bool IsNeeded => AgainstWindows.Verdict == PairedVerdict.Better;

    /// <summary>Whether it may be better by more than the margin, while the interval does not decide.</summary>
    internal bool MayHelp => !IsNeeded && AgainstWindows.Low < -AgainstWindows.Margin;
}
