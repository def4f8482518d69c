using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>A validation metric.</summary>
/// <param name="Name">As in <see cref="TrainingOptions.Monitor"/>.</param>
/// <param name="HigherIsBetter">The direction of improvement.</param>
internal readonly record struct MetricInfo(string Name, bool HigherIsBetter)
{
    public static MetricInfo Loss { get; } = new("loss", HigherIsBetter: false);

    public static MetricInfo Accuracy { get; } = new("accuracy", HigherIsBetter: true);

    public static MetricInfo MeanAbsoluteError { get; } = new("mae", HigherIsBetter: false);
}

/// <summary>What a task trains for. Its file lies in Losses.</summary>
internal interface IObjective
{
    /// <summary>What the loss is, of what, and in what unit, for reports.</summary>
    string LossName { get; }

    /// <summary>The metrics beside the loss.</summary>
    IReadOnlyList<MetricInfo> Metrics { get; }

    /// <summary>Gives it the weights of the network, before it is first asked for a loss that reads them.</summary>
    void Bind(TorchParameters parameters)
    {
        // Most losses are made of the output alone.
    }

    /// <summary>The mean loss over the batch, a scalar that gradients flow through.</summary>
    Tensor Loss(Tensor output, Batch batch);

    /// <summary>The means of the metrics over the batch, in their order.</summary>
    double[] Measure(Tensor output, Batch batch);
}
