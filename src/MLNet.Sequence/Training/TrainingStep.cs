using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>One batch forward and backward, and one step of the optimiser: what the loop and the rate finder share.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly TorchNetwork _network;
    private readonly IObjective _objective;
    private readonly TrainingOptions _options;
    private readonly OptimizerState _optimizer;

    public TrainingStep(TorchNetwork network, IObjective objective, TrainingOptions options)
    {
        (_network, _objective, _options) = (network, objective, options);
        _optimizer = options.Optimizer.Start(network.Parameters);
        // First weights, drawn or of another model, need not be where training keeps them.
        Project();
    }

    public OptimizerState Optimizer => _optimizer;

    /// <summary>Carried from batch to batch where the source is of chunks; else null.</summary>
    public TorchState? State { get; init; }

    /// <summary>Adds the gradients of one batch and returns its mean loss.</summary>
    /// <param name="batch">The examples.</param>
    /// <param name="factor">What its gradients are multiplied by: its part of what a full step weighs.</param>
    /// <param name="maskSeed">What the masks of dropout follow from.</param>
    public double Accumulate(Batch batch, double factor, long maskSeed)
    {
        Tensor loss = _objective.Loss(_network.Forward(batch.Input, Pass(batch, new DropoutMasks(maskSeed))), batch);
        (factor == 1 ? loss : loss.Mul(factor)).backward();
        return loss.item<float>();
    }

    /// <summary>Clips, steps, projects and clears the gradients. Returns the gradient's norm before clipping.</summary>
    /// <param name="rate">The learning rate.</param>
    public double Advance(double rate)
    {
        using var scope = NewDisposeScope();
        Tensor gradients = _network.Parameters.Gradients;
        double norm = gradients.norm().item<float>();
        if (!double.IsFinite(norm))
            return norm;
        double left = norm;
        if (_options.ClipValue is { } limit)
            left = gradients.Clamp_(-limit, limit).norm().item<float>();
        if (_options.ClipNorm is { } most && left > most)
            gradients.Mul_(most / left);
        _optimizer.Step(rate);
        Project();
        _network.Parameters.ClearGradients();
        return norm;
    }

    public TorchPass Pass(Batch batch, DropoutMasks? masks)
    {
        if (!batch.Continues)
            State?.Clear();
        return new TorchPass
        {
            Dropout = masks,
            Lengths = batch.Lengths,
            Beside = batch.Beside,
            Targets = batch.Target,
            State = State,
            WarmUp = _options.ParallelWarmUp,
            MatrixType = _options.Precision == Precision.BFloat16 ? ScalarType.BFloat16 : null,
        };
    }

    public void Dispose()
    {
        State?.Dispose();
        _optimizer.Dispose();
    }

    private void Project()
    {
        foreach (ITorchConstraint constraint in _network.Constraints)
            constraint.Project();
    }
}
