using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tests.Training;

/// <summary>The line that shows how far a training is.</summary>
[TestClass]
public sealed class ProgressLineTests
{
    [TestMethod]
    public void A_line_is_written_over_itself_and_ended()
    {
        using var screen = new StringWriter { NewLine = "|" };
        using (var line = new ProgressLine(screen))
        {
            line.Show(Progress(1, 0.123456, TimeSpan.FromSeconds(3725), null));
            line.Show(Progress(1, 0.1, TimeSpan.FromSeconds(61), 0.25));
            line.Show(Progress(2, 0.05, TimeSpan.Zero, null));
        }

        string[] shown = screen.ToString().Split('\r')[1..];
        Assert.AreEqual("Epoch 1/5: loss 0.1235, 62:05 left", shown[0]);
        Assert.AreEqual("Epoch 1/5: loss 0.1, validation 0.25, 1:01 left", shown[1]);
        // The validation loss of the last epoch stays, and nothing of a longer line does.
        Assert.AreEqual("Epoch 2/5: loss 0.05, validation 0.25, 0:00 left|", shown[2]);
    }

    [TestMethod]
    public void A_shorter_line_leaves_nothing_of_the_one_before()
    {
        using var screen = new StringWriter();
        using var line = new ProgressLine(screen);
        line.Show(Progress(1, 0.123456, TimeSpan.FromHours(30), null));
        line.Show(Progress(1, 0.1, TimeSpan.Zero, null));
        string[] shown = screen.ToString().Split('\r')[1..];
        Assert.AreEqual(shown[0].Length, shown[1].Length);
    }

    [TestMethod]
    public void Nothing_is_written_where_nothing_was_shown()
    {
        using var screen = new StringWriter();
        new ProgressLine(screen).Dispose();
        Assert.AreEqual("", screen.ToString());
    }

    private static TrainingProgress Progress(int epoch, double loss, TimeSpan left, double? validation) => new()
    {
        Epoch = epoch,
        Epochs = 5,
        Batch = 3,
        Batches = 3,
        Step = 3,
        Loss = loss,
        LearningRate = 0.001,
        GradientNorm = 1,
        SamplesPerSecond = 100,
        TimeLeft = left,
        Finished = validation is null ? null : new EpochReport
        {
            Epoch = epoch,
            Step = 3,
            Loss = loss,
            ValidationLoss = validation,
            LearningRate = 0.001,
            GradientNorm = 1,
            Seconds = 1,
            SamplesPerSecond = 100,
        },
    };
}
