namespace MLNet.Sequence.Bench.Tables;

/// <summary>A line for each epoch.</summary>
internal sealed class EpochLines : IProgress<TrainingProgress>
{
    public void Report(TrainingProgress value)
    {
        if (value.Finished is { } epoch)
            Console.WriteLine(FormattableString.Invariant(
                $"  epoch {epoch.Epoch,3} loss {epoch.Loss:G5} validation {epoch.ValidationLoss:G5} rate {epoch.LearningRate:G3} {epoch.Seconds:F1} s"));
    }
}
