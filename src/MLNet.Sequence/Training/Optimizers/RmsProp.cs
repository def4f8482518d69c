using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence;

/// <summary>
/// RMSprop (Tieleman and Hinton 2012, lecture 6.5; Graves, arXiv 1308.0850, without its centring): v is the running mean of
/// the squared gradient; the step is −rate · g / (√v + ε).
/// </summary>
public sealed record RmsProp : Optimizer
{
    /// <summary>Decay of the mean of squared gradients, in [0, 1). Default 0.99.</summary>
    public double Alpha { get; init; } = 0.99;

    /// <summary>ε, added to the square root in the denominator; above 0. Default 1e-8.</summary>
    public double Epsilon { get; init; } = 1e-8;

    internal override IEnumerable<string> Problems() => [.. base.Problems(), .. DecayProblems(nameof(Alpha), Alpha), .. EpsilonProblems(Epsilon)];

    internal override OptimizerState Start(TorchParameters parameters) => new RmsPropState(parameters, this);

    private sealed class RmsPropState : OptimizerState
    {
        private readonly RmsProp _settings;
        private readonly Tensor _square;

        public RmsPropState(TorchParameters parameters, RmsProp settings) : base(parameters, (float)settings.WeightDecay) =>
            (_settings, _square) = (settings, Zeros(Square));

        protected override void Update(double rate)
        {
            double alpha = (float)_settings.Alpha;
            _square.Mul_(alpha).Addcmul_(Gradients, Gradients, 1 - alpha);
            Values.Addcdiv_(Gradients, _square.sqrt().Add_(_settings.Epsilon), -rate);
        }
    }
}
