using System.Globalization;

namespace MLNet.Sequence.Layers;

/// <summary>
/// A linear recurrent unit with a diagonal of complex states, from the zero state: x_t = λ ⊙ x_{t−1} + γ ⊙ (B u_t), y_t = Re(C x_t) + D ⊙
/// u_t, with λ = exp(−exp(ν) + i exp(θ)) and γ, ν, θ stored as logarithms (Orvieto et al., arXiv 2303.06349, section 3 and appendix A). |λ|
/// &lt; 1 for every ν: the layer is stable by construction. The number of channels stays the same; all steps of a sequence are computed at
/// once in training.
/// </summary>
/// <remarks>
/// <c>weight_in</c> holds Re B above Im B, <c>weight_out</c> Re C next to −Im C, so each is one real product.
/// </remarks>
/// <param name="States">N, the number of complex states; at least 1.</param>
public sealed record LruLayer(int States) : Layer
{
    /// <summary>The smallest |λ| at the start, in [0, <see cref="MaxRadius"/>). Default 0.</summary>
    public double MinRadius { get; init; }

    /// <summary>The largest |λ| at the start, in (0, 1]. Default 1.</summary>
    public double MaxRadius { get; init; } = 1;

    /// <summary>The largest angle of λ at the start, in radians, above 0. Default 2π.</summary>
    public double MaxPhase { get; init; } = 2 * Math.PI;

    /// <inheritdoc/>
    public override int? ReceptiveField => null;

    internal override bool GoesOnByState(int inputSize) => true;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    /// <inheritdoc/>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize) =>
    [
        new WeightSpec("nu_log", [States], new Initializer.RingDecay(MinRadius, MaxRadius), Decays: false),
        new WeightSpec("theta_log", [States], new Initializer.LogUniform(MaxPhase), Decays: false),
        new WeightSpec("gamma_log", [States], new Initializer.RingGain("nu_log"), Decays: false),
        new WeightSpec("weight_in", [2 * States, inputSize], new Initializer.Normal(1 / Math.Sqrt(2 * inputSize)), Decays: true),
        new WeightSpec("weight_out", [inputSize, 2 * States], new Initializer.Normal(1 / Math.Sqrt(States)), Decays: true),
        new WeightSpec("skip", [inputSize], new Initializer.Normal(1), Decays: false),
    ];

    private protected override IEnumerable<string> OwnProblems(int inputSize)
    {
        foreach (string problem in Limits.AtLeast(1, States, nameof(States)))
            yield return problem;
        if (!(MinRadius >= 0 && MinRadius < MaxRadius && MaxRadius <= 1))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(MinRadius)} and {nameof(MaxRadius)} must be in [0, 1], the first below "
                + $"the second; "
                + $"found {MinRadius} and {MaxRadius}.");
        if (!(MaxPhase > 0 && double.IsFinite(MaxPhase)))
            yield return FormattableString.Invariant($"{nameof(MaxPhase)} must be above 0 and finite; found {MaxPhase}.");
    }
}
