namespace MLNet.Sequence.Model;

/// <summary>Whether a model still learned when its training ended.</summary>
internal static class LearningCurve
{
    /// <summary>The part of the validation loss that the last quarter of training takes away while a model is still far from its best.</summary>
    public const double Falling = 0.02;

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
        return before - after > Falling * Math.Abs(before) && losses.Length - 1 - Array.IndexOf(losses, after) < (patience ?? int.MaxValue);
    }
}
