using MLNet.Sequence.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>One batch forward and backward, and one step of the optimiser: what the loop and the rate finder share.</summary>
internal sealed class TrainingStep(TorchNetwork network, IObjective objective, TrainingOptions options) : IDisposable
{
    private readonly Generator _dropout = new(0, network.Device);
    private readonly OptimizerState _optimizer = options.Optimizer.Start(network.Parameters);

    public OptimizerState Optimizer => _optimizer;

    /// <summary>Adds the gradients of one batch and returns its mean loss.</summary>
    /// <param name="batch">The examples.</param>
    /// <param name="share">The part of the step's examples that are in this batch: 1 without accumulation.</param>
    /// <param name="maskSeed">What the masks of dropout follow from.</param>
    public double Accumulate(Batch batch, double share, long maskSeed)
    {
        _dropout.manual_seed(maskSeed);
        Tensor loss = objective.Loss(network.Forward(batch.Input, new TorchPass(_dropout)), batch);
        (share == 1 ? loss : loss * share).backward();
        return loss.item<float>();
    }

    /// <summary>Clips, steps, projects and clears the gradients. Returns the gradient's norm before clipping.</summary>
    public double Advance(double rate)
    {
        using var scope = NewDisposeScope();
        Tensor gradients = network.Parameters.Gradients;
        double norm = gradients.norm().item<float>();
        if (!double.IsFinite(norm))
            return norm;
        if (options.ClipValue is { } limit)
            gradients.clamp_(-limit, limit);
        if (options.ClipNorm is { } most && norm > most)
            gradients.mul_(most / norm);
        _optimizer.Step(rate);
        foreach (ITorchConstraint constraint in network.Constraints)
            constraint.Project();
        gradients.zero_();
        return norm;
    }

    public void Dispose()
    {
        _optimizer.Dispose();
        _dropout.Dispose();
    }
}
