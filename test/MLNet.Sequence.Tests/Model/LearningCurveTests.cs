using MLNet.Sequence.Model;

namespace MLNet.Sequence.Tests.Model;

/// <summary>Whether a model still improved when its training ended, on given validation losses.</summary>
[TestClass]
public sealed class LearningCurveTests
{
    [TestMethod]
    [DataRow(true, 1.0, 0.9)]
    [DataRow(false, 1.0, 0.985)]
    [DataRow(false, 0.9, 1.0)]
    [DataRow(false, 1.0)]
    [DataRow(true, 1.0, 0.9, 0.8, 0.7, 0.6, 0.55, 0.53, 0.535, DisplayName = "The last quarter is two epochs.")]
    [DataRow(false, 1.0, 0.9, 0.8, 0.7, 0.6, 0.53, 0.535, 0.528, DisplayName = "It takes less than 2 % away.")]
    [DataRow(false, 1.0, 0.002, 0.0018, DisplayName = "Next to nothing is left.")]
    [DataRow(true, -1.0, -1.1, DisplayName = "A likelihood's loss may be negative.")]
    public void The_last_quarter_of_the_epochs_decides(bool falls, params double[] losses) =>
        Assert.AreEqual(falls, LearningCurve.StillFalls(Epochs(losses), patience: null));

    [TestMethod]
    public void What_patience_has_ended_learns_no_more()
    {
        // The best of sixteen is the thirteenth.
        EpochReport[] epochs = Epochs([2.2, 2.1, 2, 1.9, 1.8, 1.7, 1.6, 1.5, 1.4, 1.3, 1.2, 1.1, 1, 1.1, 1.2, 1.3]);
        Assert.IsTrue(LearningCurve.StillFalls(epochs, patience: 4));
        Assert.IsFalse(LearningCurve.StillFalls(epochs, patience: 3));
        Assert.IsTrue(LearningCurve.StillFalls(epochs[..13], patience: 1));
    }

    [TestMethod]
    public void Without_validation_nothing_is_known() =>
        Assert.IsFalse(LearningCurve.StillFalls([.. Epochs([2, 1]).Select(epoch => epoch with { ValidationLoss = null })], patience: null));

    private static EpochReport[] Epochs(double[] losses) => [.. losses.Select((loss, i) => new EpochReport
    {
        Epoch = i + 1,
        Step = i,
        Loss = loss,
        ValidationLoss = loss,
        LearningRate = 1,
        GradientNorm = 1,
        Seconds = 1,
        SamplesPerSecond = 1,
    })];
}
