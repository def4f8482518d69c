using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence;

/// <summary>
/// Adam (Kingma and Ba, arXiv 1412.6980, algorithm 1): m and v are running means of the gradient and its square, corrected
/// for their start at 0; the step is −rate · m / (√v + ε).
/// </summary>
public sealed record Adam : Optimizer
{
    /// <summary>Decay of the mean of gradients, in [0, 1). Default 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the mean of squared gradients, in [0, 1). Default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>ε, added to the square root in the denominator; above 0. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    internal override IEnumerable<string> Problems() =>
        [.. base.Problems(), .. DecayProblems(nameof(Beta1), Beta1), .. DecayProblems(nameof(Beta2), Beta2), .. EpsilonProblems(Epsilon)];

    internal override OptimizerState Start(TorchParameters parameters) =>
        new AdamState(parameters, ((float)Beta1, (float)Beta2, (float)Epsilon), (float)WeightDecay, decoupledDecay: 0);
}

/// <summary>
/// Adam whose weight decay multiplies the weights by 1 − rate · decay instead of joining the gradient (Loshchilov and
/// Hutter, arXiv 1711.05101, algorithm 2).
/// </summary>
public sealed record AdamW : Optimizer
{
    /// <summary>AdamW with its usual weight decay of 0.01.</summary>
    public AdamW() => WeightDecay = 0.01;

    /// <summary>Decay of the mean of gradients, in [0, 1). Default 0.9.</summary>
    public double Beta1 { get; init; } = 0.9;

    /// <summary>Decay of the mean of squared gradients, in [0, 1). Default 0.999.</summary>
    public double Beta2 { get; init; } = 0.999;

    /// <summary>ε, added to the square root in the denominator; above 0. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    internal override IEnumerable<string> Problems() =>
        [.. base.Problems(), .. DecayProblems(nameof(Beta1), Beta1), .. DecayProblems(nameof(Beta2), Beta2), .. EpsilonProblems(Epsilon)];

    internal override OptimizerState Start(TorchParameters parameters) =>
        new AdamState(parameters, ((float)Beta1, (float)Beta2, (float)Epsilon), coupledDecay: 0, decoupledDecay: (float)WeightDecay);
}

internal sealed class AdamState : OptimizerState
{
    private readonly (float Beta1, float Beta2, float Epsilon) _settings;
    private readonly float _decay;
    private readonly Tensor _mean, _square;

    public AdamState(TorchParameters parameters, (float, float, float) settings, float coupledDecay, float decoupledDecay)
        : base(parameters, coupledDecay)
    {
        (_settings, _decay) = (settings, decoupledDecay);
        (_mean, _square) = (Zeros("mean"), Zeros(Square));
    }

    protected override void Update(double rate)
    {
        (double beta1, double beta2, double epsilon) = _settings;
        if (_decay > 0)
        {
            foreach ((Tensor values, _) in Decayed)
                values.Mul_(1 - rate * _decay);
        }

        _mean.Mul_(beta1).Add_(Gradients, 1 - beta1);
        _square.Mul_(beta2).Addcmul_(Gradients, Gradients, 1 - beta2);
        double correction1 = 1 - Math.Pow(beta1, Steps), correction2 = Math.Sqrt(1 - Math.Pow(beta2, Steps));
        Values.Addcdiv_(_mean, _square.sqrt().Div_(correction2).Add_(epsilon), -rate / correction1);
    }
}
