namespace MLNet.Sequence.Model;

/// <summary>Whether a model still learned when its training ended.</summary>
internal static class LearningCurve
{
    /// <summary>The part of the validation loss that the last quarter of training takes away while a model is still far from its best.</summary>
    public const double Falling = 0.02;

    // Of the loss after the first epoch: what is nearly 0 may fall by half for ever.
    private const double Slight = 1e-3;

    /// <summary>Whether the best validation loss of the last quarter of the epochs is below all before by more than <see cref="Falling"/>.</summary>
    /// <param name="epochs">The epochs so far; of a single one nothing can be said.</param>
    /// <param name="patience">Epochs without a better loss after which nothing more is to be expected; null: any number is waited for.</param>
    public static bool StillFalls(IReadOnlyList<EpochReport> epochs, int? patience)
    {
        double[] losses = [.. epochs.Select(epoch => epoch.ValidationLoss).OfType<double>()];
        int late = Math.Max(1, losses.Length / 4);
        if (losses.Length < 2)
            return false;
        double before = losses[..^late].Min(), after = losses[^late..].Min();
        return before - after > Math.Max(Falling * Math.Abs(before), Slight * Math.Abs(losses[0]))
            && losses.Length - 1 - Array.IndexOf(losses, after) < (patience ?? int.MaxValue);
    }
}
