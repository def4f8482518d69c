using System.Globalization;

namespace MLNet.Sequence.Samples.Output;

/// <summary>A plain line per epoch.</summary>
internal sealed class LineDisplay(TextWriter output) : TrainingDisplay
{
    public override T Show<T>(Func<Func<string, IProgress<TrainingProgress>>, T> train) => train(model => new Listener<TrainingProgress>(progress =>
    {
        if (progress.Finished is not { } epoch)
            return;
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{model}: {Describe(progress, epoch.ValidationLoss)} rate {epoch.LearningRate:G3} {epoch.Seconds:F1} s, {Print(progress.TimeLeft)} left"));
        output.Flush();
    }));
}
