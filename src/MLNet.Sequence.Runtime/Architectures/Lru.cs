using System.Globalization;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// Linear recurrent units in residual blocks (Orvieto et al., "Resurrecting recurrent neural networks for long sequences",
/// arXiv 2303.06349, section 3 and figure 1): a dense layer to H channels, then per block
/// u + GLU(LRU(norm(u))) with x_t = λ ⊙ x_{t−1} + γ ⊙ (B u_t), y_t = Re(C x_t) + D ⊙ u_t, λ = exp(−exp(ν) + i exp(θ)), so that
/// |λ| &lt; 1 by construction; λ starts uniform on a ring, and γ at √(1 − |λ|²).
/// Deviates: layer normalisation; no further non-linearity between LRU and GLU; the GLU's dense layer has 2 H outputs, half of
/// which gate the other half.
/// </summary>
public sealed record Lru : Architecture
{
    /// <summary>Channels H between the layers; at least 1. Default 64.</summary>
    public int Channels { get; init; } = 64;

    /// <summary>Complex states N per block; at least 1. Default 64.</summary>
    public int States { get; init; } = 64;

    /// <summary>Blocks on top of each other; at least 1. Default 2.</summary>
    public int Layers { get; init; } = 2;

    /// <summary>Rate of dropout after every LRU, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>
    /// The smallest |λ| at the start, in [0, <see cref="MaxRadius"/>). Default 0; nearer to 1 for longer memory
    /// (section 3.4: 0.9 and above for thousands of steps).
    /// </summary>
    public double MinRadius { get; init; }

    /// <summary>The largest |λ| at the start, in (0, 1]. Default 1.</summary>
    public double MaxRadius { get; init; } = 1;

    /// <summary>The largest angle of λ at the start, in radians, in (0, 2π]. Default 2π; smaller for longer memory.</summary>
    // 2π in the digits of a float, which files of models and checkpoints contain.
    public double MaxPhase { get; init; } = 6.2831855;

    /// <inheritdoc/>
    public override Layer Build(int context) =>
        new Sequential([new Dense(Channels), .. Enumerable.Range(0, Layers).Select(_ => Block())]);

    internal override double LeastWeights => Layers;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (string problem in AtLeast(1, Channels, nameof(Channels)))
            yield return problem;
        foreach (string problem in AtLeast(1, States, nameof(States)))
            yield return problem;
        foreach (string problem in AtLeast(1, Layers, nameof(Layers)))
            yield return problem;
        foreach (string problem in DropoutRate(Dropout, nameof(Dropout)))
            yield return problem;
        if (MaxRadius is not (> 0 and <= 1))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(MaxRadius)} must be in (0, 1]; found {MaxRadius}.");
        if (!(MinRadius >= 0 && MinRadius < (MaxRadius is > 0 and <= 1 ? MaxRadius : 1)))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(MinRadius)} must be in [0, {nameof(MaxRadius)}); found {MinRadius}.");
        if ((float)MaxPhase is not (> 0 and <= MathF.Tau))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(MaxPhase)} must be in (0, 2π]; found {MaxPhase}.");
    }

    private Residual Block()
    {
        var unit = new LruLayer(States) { MinRadius = (float)MinRadius, MaxRadius = (float)MaxRadius, MaxPhase = (float)MaxPhase };
        Layer[] drop = Dropout > 0 ? [new Dropout((float)Dropout)] : [];
        return new Residual(new Sequential([new LayerNorm(), unit, .. drop, new Dense(2 * Channels), new Gated(GateKind.Linear)]));
    }
}
