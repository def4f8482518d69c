using System.Diagnostics;
using System.Globalization;
using System.Text;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence.Training;

/// <summary>The outputs of the loop and its cancellation: progress, log lines and TensorBoard.</summary>
internal sealed class TrainingSignals(TrainingJob job, TrainingOptions options) : IDisposable
{
    // Often enough for a progress bar, rarely enough to cost nothing.
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly Stopwatch _sinceTold = Stopwatch.StartNew();
    // Who listens to progress shows it in their own way.
    private readonly ProgressLine? _line =
        options is { ShowProgress: true, Progress: null } && Screen.Live is { } screen ? new ProgressLine(screen) : null;

    private readonly TensorBoard? _board = options.TensorBoardDirectory is { } directory ? new TensorBoard(directory) : null;

    /// <summary>Options without progress, for what does not report.</summary>
    public static TrainingOptions None(TrainingOptions options) =>
        options with { Progress = null, ShowProgress = false, TensorBoardDirectory = null };

    public void CheckCancelled()
    {
        options.CancellationToken.ThrowIfCancellationRequested();
        job.CheckCancelled();
    }

    /// <summary>Reports progress; inside an epoch at most ten times a second.</summary>
    public void Tell(TrainingState state, long batches, EpochReport? finished)
    {
        if (finished is null && _sinceTold.Elapsed < Interval)
            return;
        _sinceTold.Restart();
        TrainingProgress progress = Progress(state, batches, finished);
        options.Progress?.Report(progress);
        _line?.Show(progress);
        job.Progress(progress);
        if (finished is null)
            return;
        job.Info(Line(finished, Math.Max(options.UsedEpochs, finished.Epoch)));
        _board?.Write(finished);
    }

    public void Dispose()
    {
        _line?.Dispose();
        _board?.Dispose();
    }

    private TrainingProgress Progress(TrainingState state, long batches, EpochReport? finished)
    {
        double done = state.Epochs.Count + (double)state.Batch / batches;
        // A model that still improves may continue training.
        int epochs = Math.Max(options.UsedEpochs, finished?.Epoch ?? state.Epoch);
        return new TrainingProgress
        {
            Epoch = finished?.Epoch ?? state.Epoch,
            Epochs = epochs,
            Batch = finished is null ? state.Batch : batches,
            Batches = batches,
            Step = state.Step,
            Loss = finished?.Loss ?? state.Loss,
            LearningRate = state.Rate,
            GradientNorm = state.Norm,
            SamplesPerSecond = finished?.SamplesPerSecond ?? state.SamplesPerSecond,
            TimeLeft = TimeSpan.FromSeconds(Math.Min(state.Seconds / done * (epochs - done), TimeSpan.MaxValue.TotalSeconds / 2)),
            Finished = finished,
        };
    }

    private static string Line(EpochReport epoch, int epochs)
    {
        var line = new StringBuilder();
        line.Append(CultureInfo.InvariantCulture, $"Epoch {epoch.Epoch}/{epochs}: loss {epoch.Loss:G6}");
        if (epoch.ValidationLoss is { } loss)
            line.Append(CultureInfo.InvariantCulture, $", validation loss {loss:G6}");
        foreach ((string name, double value) in epoch.Metrics)
            line.Append(CultureInfo.InvariantCulture, $", {name} {value:G6}");
        return line.Append(CultureInfo.InvariantCulture,
            $", rate {epoch.LearningRate:G4}, gradient norm {epoch.GradientNorm:G4}, {epoch.SamplesPerSecond:F0} samples/s, {epoch.Seconds:F2} s").ToString();
    }
}
