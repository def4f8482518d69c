using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence;

/// <summary>
/// An optimiser: how gradients become steps. To add one: a file next to this one with its record and its state, and a test.
/// </summary>
public abstract record Optimizer
{
    /// <summary>
    /// Strength of weight decay, 0 or more. Matrices, kernels, embeddings and a chain's transitions decay; biases and the gains and shifts
    /// of layer normalisation never do. In a weight-normalised kernel (<c>weight_g</c> · v / ‖v‖), the length <c>weight_g</c> decays, but
    /// not the direction. Default 0. Added to the gradient (L2), except in <see cref="AdamW"/>, where it is decoupled.
    /// </summary>
    public double WeightDecay { get; init; }

    internal virtual IEnumerable<string> Problems()
    {
        if ((float)WeightDecay is not (>= 0 and < float.PositiveInfinity))
            yield return FormattableString.Invariant($"WeightDecay must be 0 or more; found {WeightDecay}.");
    }

    /// <summary>Problems of the decay of a running mean: with 1 the mean would never change.</summary>
    private protected static IEnumerable<string> DecayProblems(string name, double decay)
    {
        if ((float)decay is not (>= 0 and < 1))
            yield return FormattableString.Invariant($"{name} must be in [0, 1); found {decay}.");
    }

    /// <summary>Problems of ε, which prevents a division by 0.</summary>
    private protected static IEnumerable<string> EpsilonProblems(double epsilon)
    {
        if ((float)epsilon is not (> 0 and < float.PositiveInfinity))
            yield return FormattableString.Invariant($"Epsilon must be above 0; found {epsilon}.");
    }

    internal abstract OptimizerState Start(TorchParameters parameters);
}

/// <summary>A running optimiser. Its tensors are flat, with one value per weight, so that a step is only a few operations.</summary>
internal abstract class OptimizerState(TorchParameters parameters, float coupledDecay) : IDisposable
{
    /// <summary>The name of the running means of squares, which are never below 0.</summary>
    public const string Square = "square";

    private readonly SortedDictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    /// <summary>The number of steps taken.</summary>
    public long Steps { get; set; }

    /// <summary>The tensors that a checkpoint must keep, in addition to <see cref="Steps"/>.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    protected Tensor Values => parameters.Values;

    protected Tensor Gradients => parameters.Gradients;

    protected IReadOnlyList<(Tensor Values, Tensor Gradients)> Decayed => parameters.Decayed;

    public void Step(double rate)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Steps++;
        if (coupledDecay > 0)
        {
            foreach ((Tensor values, Tensor gradients) in Decayed)
                gradients.Add_(values, coupledDecay);
        }

        Update(rate);
    }

    public void Dispose()
    {
        foreach (Tensor tensor in _tensors.Values)
            tensor.Dispose();
    }

    protected abstract void Update(double rate);

    protected Tensor Zeros(string name)
    {
        using var scope = NewDisposeScope();
        return _tensors[name] = zeros_like(Values).DetachFromDisposeScope();
    }
}
