namespace MLNet.Sequence;

/// <summary>
/// The forecast of a step is the value one season before it, or the smallest number of seasons before it that is inside the context
/// (Hyndman and Athanasopoulos, <i>Forecasting: Principles and Practice</i>, section 5.2): step h takes the value m·⌈h/m⌉ steps before it.
/// Receptive field m.
/// Deviates: nothing.
/// </summary>
public sealed record SeasonalNaive : Reference
{
    /// <summary>m, the steps of a season; at least 1 and at most the context. Default 24.</summary>
    public int Season { get; init; } = 24;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems() => AtLeast(1, Season, nameof(Season));

    internal override int? Repeated(int ahead) => Season - 1 - (ahead - 1) % Season;

    internal override int Steps(int context) => Season;
}
