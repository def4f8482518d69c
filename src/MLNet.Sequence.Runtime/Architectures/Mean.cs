namespace MLNet.Sequence;

/// <summary>
/// The forecast of every step is the mean of the series' training rows; if a series was not in training, the mean of its context. If no
/// model has a lower loss, the series cannot be forecast from its past.
/// Deviates: nothing.
/// </summary>
public sealed record Mean : Reference
{
    /// <inheritdoc/>
    public override IEnumerable<string> Problems() => [];
}
