using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>One batch forward and backward, and one step of the optimiser: shared by the loop and the learning-rate finder.</summary>
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
        // Initial weights, random or from another model, need not fulfil the constraints yet.
        Project();
    }

    public OptimizerState Optimizer => _optimizer;

    /// <summary>State carried from batch to batch if the source has chunks; else null.</summary>
    public TorchState? State { get; init; }

    /// <summary>Adds the gradients of one batch and returns its mean loss.</summary>
    /// <param name="batch">The examples.</param>
    /// <param name="factor">The factor of its gradients: its share of the weight of a full step.</param>
    /// <param name="maskSeed">The seed of the dropout masks.</param>
    public double Accumulate(Batch batch, double factor, long maskSeed)
    {
        Tensor loss = _objective.Loss(_network.Forward(batch.Input, Pass(batch, new DropoutMasks(maskSeed))), batch);
        BackwardPass.Run(factor == 1 ? loss : loss.Mul(factor));
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
        if ((float?)_options.ClipNorm is { } most && left > most)
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
            Kernels = _options.RecurrentKernels,
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
