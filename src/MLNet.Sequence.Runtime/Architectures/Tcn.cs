using System.Globalization;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// Temporal convolutional network (Bai, Kolter and Koltun, arXiv 1803.01271, section 3): level i is
/// ReLU(x + F(x)) with F two times [weight-normalised causal convolution of dilation 2^i, ReLU, dropout] and a 1×1
/// convolution on the shortcut where the widths differ.
/// Receptive field 1 + 2(k − 1)(2^L − 1).
/// Deviates: dropout drops single values, as in the paper's code; the paper's text drops whole channels.
/// </summary>
public sealed record Tcn : Architecture
{
    /// <summary>Channels of every level; at least 1. Default 32.</summary>
    public int Channels { get; init; } = 32;

    /// <summary>
    /// Levels; level i has dilation 2^i; at least 1. Null, the default: the smallest number whose receptive field covers the context.
    /// </summary>
    public int? Levels { get; init; }

    /// <summary>Taps of each convolution; at least 2. Default 3.</summary>
    public int KernelSize { get; init; } = 3;

    /// <summary>Rate of dropout after each convolution, in [0, 1). Default 0.</summary>
    public double Dropout { get; init; }

    /// <summary>
    /// The standard deviation of the kernels' normal initial distribution, above 0; null, the default: uniform in ±1/√(C·k), PyTorch's
    /// rule. The paper names 0.01, but in its code weight normalisation cancels it; deep stacks that do start there learn slowly.
    /// </summary>
    public double? InitialDeviation { get; init; }

    /// <inheritdoc/>
    public override Layer Build(int context)
    {
        var levels = new List<Layer>();
        for (int level = 0; level < (Levels ?? LevelsFor(context, Field)); level++)
            levels.Add(Block(1 << level));
        return new Sequential(levels);
    }

    internal override Architecture Within(int context) => this with { Levels = Levels ?? LevelsWithin(context, Field) };

    internal override double LeastWeights => Levels ?? 1;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        foreach (string problem in AtLeast(1, Channels, nameof(Channels)))
            yield return problem;
        foreach (string problem in AtLeast(2, KernelSize, nameof(KernelSize)))
            yield return problem;
        foreach (string problem in DropoutRate(Dropout, nameof(Dropout)))
            yield return problem;
        if ((float?)InitialDeviation is not (null or > 0 and < float.PositiveInfinity))
            yield return string.Create(CultureInfo.InvariantCulture, $"{nameof(InitialDeviation)} must be above 0; found {InitialDeviation}.");
        int levels = Levels ?? 1;
        foreach (string problem in AtLeast(1, levels, nameof(Levels)))
            yield return problem;
        if (levels >= 1 && (levels > 30 || Field(levels) > int.MaxValue))
            yield return $"A {nameof(KernelSize)} of {KernelSize} over {levels} {nameof(Levels)} gives a receptive field of 2^31 steps or more.";
    }

    private double Field(int levels) => 1 + 2.0 * (KernelSize - 1) * (Math.Pow(2, levels) - 1);

    private Sequential Block(int dilation)
    {
        var convolution = new CausalConv(Channels, KernelSize, dilation) { WeightNormalized = true, StandardDeviation = (float?)InitialDeviation };
        var half = new List<Layer> { convolution, new Activation(ActivationKind.Relu) };
        if (Dropout > 0)
            half.Add(new Dropout((float)Dropout));
        var inner = new Sequential([.. half, .. half]);
        return new Sequential(new Residual(inner) { StandardDeviation = (float?)InitialDeviation }, new Activation(ActivationKind.Relu));
    }
}
