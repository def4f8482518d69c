namespace MLNet.Sequence;

/// <summary>
/// The forecast of every step is the last value (Hyndman and Athanasopoulos, <i>Forecasting: Principles and Practice</i>, section 5.2):
/// the best possible forecast of a random walk.
/// Deviates: nothing.
/// </summary>
public sealed record Naive : Reference
{
    /// <inheritdoc/>
    public override IEnumerable<string> Problems() => [];

    internal override int? Repeated(int ahead) => 0;
}
