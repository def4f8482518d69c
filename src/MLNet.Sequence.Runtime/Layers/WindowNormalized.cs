namespace MLNet.Sequence.Layers;

/// <summary>
/// Reversible instance normalisation: subtracts a level from each channel of each window and divides by a scale before the network, and
/// undoes both on its output, [B, Horizon · Targets]. Output h·Targets + k gets the level and scale of input channel k.
/// </summary>
/// <param name="Kind">The level to subtract and the scale to divide by; not None.</param>
/// <param name="Targets">The number of targets, which are the first channels of the input; at least 1.</param>
public sealed record WindowNormalized(WindowNormalization Kind, int Targets)
{
    /// <summary>Channels that stay unchanged, because their level is their information; none of the targets. Default none.</summary>
    public IReadOnlyList<int> Kept { get; init => field = ValueList.Of(value ?? []); } = ValueList.Create<int>();

    /// <summary>Added to the variance, so that a constant window is divided by √Epsilon, not by 0.</summary>
    public const double Epsilon = 1e-5;

    /// <summary>The problems with this number of channels, one sentence each; empty if there are none.</summary>
    internal IEnumerable<string> Problems(int inputSize) =>
    [
        .. Limits.Defined(Kind, nameof(Kind)),
        .. Limits.AtLeast(1, Targets, nameof(Targets)),
        .. Kept.Where(channel => channel < Targets || channel >= inputSize)
            .Select(channel => $"Kept must name channels from {Targets} to {inputSize - 1}, after the targets; found {channel}."),
    ];
}
