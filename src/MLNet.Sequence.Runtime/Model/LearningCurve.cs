namespace MLNet.Sequence.Model;

/// <summary>Whether a model was still learning when its training ended.</summary>
internal static class LearningCurve
{
    /// <summary>The share of the validation loss that the last quarter of training removes while a model is still far from its best.</summary>
    public const double Falling = 0.02;

    // Relative to the loss after the first epoch: a loss of nearly 0 may be halved again and again.
    private const double Negligible = 1e-3;

    /// <summary>
    /// Whether the best validation loss of the last quarter of the epochs is below all earlier ones by more than <see cref="Falling"/>.
    /// </summary>
    /// <param name="epochs">The epochs so far; a single epoch gives no answer.</param>
    /// <param name="patience">Epochs without a better loss after which no improvement is expected; null: any number of epochs is allowed.</param>
    public static bool StillFalls(IReadOnlyList<EpochReport> epochs, int? patience)
    {
        double[] losses = [.. epochs.Select(epoch => epoch.ValidationLoss).OfType<double>()];
        int late = Math.Max(1, losses.Length / 4);
        if (losses.Length < 2)
            return false;
        double before = losses[..^late].Min(), after = losses[^late..].Min();
        return before - after > Math.Max(Falling * Math.Abs(before), Negligible * Math.Abs(losses[0]))
            && losses.Length - 1 - Array.IndexOf(losses, after) < (patience ?? int.MaxValue);
    }
}
