using TorchSharp;
using TorchSharp.Modules;

namespace MLNet.Sequence.Training;

/// <summary>Writes each epoch's figures as TensorBoard event files.</summary>
internal sealed class TensorBoard(string directory) : IDisposable
{
    private readonly SummaryWriter _writer = torch.utils.tensorboard.SummaryWriter(directory, createRunName: false);

    public void Write(EpochReport epoch)
    {
        Scalar("loss/training", epoch.Loss, epoch);
        if (epoch.ValidationLoss is { } loss)
            Scalar("loss/validation", loss, epoch);
        foreach ((string name, double value) in epoch.Metrics)
            Scalar($"validation/{name}", value, epoch);
        Scalar("optimizer/rate", epoch.LearningRate, epoch);
        Scalar("optimizer/gradient_norm", epoch.GradientNorm, epoch);
        if (epoch.Gradients is { } gradients)
        {
            Scalar("optimizer/gradient_norm_median", gradients.Median, epoch);
            Scalar("optimizer/gradient_norm_largest", gradients.Largest, epoch);
            Scalar("optimizer/clipped", gradients.Clipped, epoch);
        }

        Scalar("speed/samples_per_second", epoch.SamplesPerSecond, epoch);
    }

    // SummaryWriter opens and closes its file at each write, and holds no resources in between.
    public void Dispose()
    {
    }

    private void Scalar(string tag, double value, EpochReport epoch) => _writer.add_scalar(tag, (float)value, epoch.Epoch);
}
