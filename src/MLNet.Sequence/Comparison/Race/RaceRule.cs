using MLNet.Sequence.Model;

namespace MLNet.Sequence.Comparison;

/// <summary>
/// Which models of a race are beaten after a quarter of the epochs. Models are chosen by their best validation loss, so this is a question
/// about learning curves, as in successive halving (Jamieson and Talwalkar, arXiv 1502.07943); but instead of a fixed part of the models, those
/// stop that a bound excludes. A learning curve falls fastest at its start: in each quarter to come, the loss is assumed to fall as fast as it
/// did from the first epoch of the first quarter to its last, and by at least the share from which on a model counts as still learning.
/// </summary>
/// <param name="margin">The relative difference that does not matter.</param>
/// <param name="trainsOn">Whether a model that still learns has as many epochs again.</param>
internal sealed class RaceRule(double margin, bool trainsOn)
{
    /// <summary>The first of this number of equal parts of the epochs decides.</summary>
    public const int Parts = 4;

    // A curve of fewer epochs says nothing about the next ones.
    private const int FewestEpochs = 3;

    /// <summary>
    /// The number of epochs after which a race decides; null if it cannot. A schedule with an end lowers the loss most in its last epochs.
    /// </summary>
    public static int? Decides(TrainingOptions training) =>
        training.Schedule.HasEnd || training.UsedEpochs / Parts < FewestEpochs ? null : training.UsedEpochs / Parts;

    /// <summary>The lowest loss that a model is expected to reach.</summary>
    /// <param name="losses">Its validation losses so far, at least two.</param>
    public double Reachable(IReadOnlyList<double> losses)
    {
        double best = losses.Min(), fallen = (losses[0] - best) * losses.Count / (losses.Count - 1), least = LearningCurve.Falling * Math.Abs(best);
        int parts = Parts - 1 + (trainsOn && fallen > least ? Parts : 0);
        return best - parts * Math.Max(fallen, least);
    }

    /// <summary>
    /// Whether a model cannot come within the margin of the best one any more. A model with more than twice the loss of the best is not beaten
    /// yet: it may not have begun to learn, as on a plateau that the best has already left.
    /// </summary>
    /// <param name="losses">Its validation losses so far.</param>
    /// <param name="best">The lowest loss of all models after as many epochs.</param>
    public bool IsBeaten(IReadOnlyList<double> losses, double best) =>
        losses.Count > 1 && Entrant.IsWithin(1, losses.Min(), best) && !Entrant.IsWithin(margin, Reachable(losses), best);
}
