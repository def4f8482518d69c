using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>A validation metric.</summary>
/// <param name="Name">The name, as in <see cref="TrainingOptions.Monitor"/>.</param>
/// <param name="HigherIsBetter">The direction of improvement.</param>
internal readonly record struct MetricInfo(string Name, bool HigherIsBetter)
{
    public static MetricInfo Loss { get; } = new("loss", HigherIsBetter: false);

    public static MetricInfo Accuracy { get; } = new("accuracy", HigherIsBetter: true);

    public static MetricInfo MeanAbsoluteError { get; } = new("mae", HigherIsBetter: false);
}

/// <summary>The objective of a task: its loss and metrics. The implementations are in Losses.</summary>
internal interface IObjective
{
    /// <summary>The loss, what it is taken over, and its unit, for reports.</summary>
    string LossName { get; }

    /// <summary>The metrics besides the loss.</summary>
    IReadOnlyList<MetricInfo> Metrics { get; }

    /// <summary>The objective of a network with these weights; most losses need only the output.</summary>
    IObjective For(TorchParameters parameters) => this;

    /// <summary>The mean loss over the batch: a scalar with gradients.</summary>
    Tensor Loss(Tensor output, Batch batch);

    /// <summary>The means of the metrics over the batch, in the order of the metrics.</summary>
    double[] Measure(Tensor output, Batch batch);
}
