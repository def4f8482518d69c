namespace MLNet.Sequence.Layers;

/// <summary>How a window is brought to a common level and scale before the network, and back after it.</summary>
public enum WindowNormalization
{
    /// <summary>Nothing is done: the network sees the values as they are.</summary>
    None,

    /// <summary>Each channel of each window minus its mean, over its standard deviation (Kim et al., RevIN, ICLR 2022).</summary>
    MeanAndDeviation,

    /// <summary>Each channel of each window minus its last value (Zeng et al., NLinear, arXiv 2205.13504, section 4.2).</summary>
    LastValue,

    /// <summary>Each channel of each window minus its mean.</summary>
    Mean,
}

/// <summary>
/// Reversible instance normalisation: subtracts a level from each channel of each window and divides by a scale, applies
/// <paramref name="Inner"/>, and undoes both on its output, [B, T, C] to [B, Horizon · Targets].
/// Output h·Targets + k returns to the level and scale of input channel k.
/// </summary>
/// <param name="Inner">The network on the normalised window: [B, T, C] to [B, Horizon · Targets].</param>
/// <param name="Kind">Which level is subtracted and which scale divided by.</param>
/// <param name="Targets">The number of targets, which are the first channels of the input; at least 1.</param>
public sealed record WindowNormalized(Layer Inner, WindowNormalization Kind, int Targets) : Layer
{
    /// <summary>Channels that go in as they are, since their level is what they say; none of the targets. Default none.</summary>
    public IReadOnlyList<int> Kept { get; init => field = ValueList.Of(value ?? []); } = ValueList.Create<int>();

    /// <summary>Added to the variance, so that a constant window divides by √Epsilon, not by 0.</summary>
    public const double Epsilon = 1e-5;

    /// <inheritdoc/>
    /// <remarks>Level and scale read the whole window, however long.</remarks>
    public override int? ReceptiveField => Kind is WindowNormalization.MeanAndDeviation or WindowNormalization.Mean ? null : Inner.ReceptiveField;

    /// <inheritdoc/>
    public override bool IsCausal => Kind == WindowNormalization.None && Inner.IsCausal;

    internal override bool GoesOnByState(int inputSize) => false;

    /// <inheritdoc/>
    public override bool KeepsSteps => false;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Inner.OutputSize(inputSize);

    /// <inheritdoc/>
    public override IEnumerable<ChildLayer> Children(int inputSize) => [new ChildLayer("inner", Inner, inputSize)];

    private protected override IEnumerable<string> OwnProblems(int inputSize) =>
    [
        .. Limits.Defined(Kind, nameof(Kind)),
        .. Limits.AtLeast(1, Targets, nameof(Targets)),
        .. Kept.Where(channel => channel < Targets || channel >= inputSize)
            .Select(channel => $"Kept must name channels from {Targets} to {inputSize - 1}, behind the targets; found {channel}."),
    ];
}
