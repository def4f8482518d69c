using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence;

/// <summary>
/// Stochastic gradient descent: w ← w − rate · g, or with momentum v ← μ v + g, w ← w − rate · v (Nesterov: − rate · (g + μ v);
/// Sutskever et al. 2013, section 2, in PyTorch's form).
/// </summary>
public sealed record Sgd : Optimizer
{
    /// <summary>μ, the fraction of the last step that is kept in the next one, in [0, 1). Default 0.</summary>
    public double Momentum { get; init; }

    /// <summary>Looks ahead by one momentum step. Needs a momentum above 0. Default false.</summary>
    public bool Nesterov { get; init; }

    internal override IEnumerable<string> Problems()
    {
        foreach (string problem in base.Problems().Concat(DecayProblems(nameof(Momentum), Momentum)))
            yield return problem;
        if (Nesterov && Momentum == 0)
            yield return "Nesterov needs a Momentum above 0.";
    }

    internal override OptimizerState Start(TorchParameters parameters) => new SgdState(parameters, this);

    private sealed class SgdState : OptimizerState
    {
        private readonly Sgd _settings;
        private readonly Tensor? _velocity;

        public SgdState(TorchParameters parameters, Sgd settings) : base(parameters, (float)settings.WeightDecay)
        {
            _settings = settings;
            _velocity = settings.Momentum > 0 ? Zeros("velocity") : null;
        }

        protected override void Update(double rate)
        {
            Tensor step = Gradients;
            if (_velocity is not null)
            {
                _velocity.Mul_(_settings.Momentum).Add_(Gradients);
                step = _settings.Nesterov ? Gradients.Add(_velocity, _settings.Momentum) : _velocity;
            }

            Values.Add_(step, -rate);
        }
    }
}
