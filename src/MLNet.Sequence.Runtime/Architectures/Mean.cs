namespace MLNet.Sequence;

/// <summary>
/// The forecast of every step is the mean of the series' training rows; of a series that was not in training, the mean of its context.
/// What costs as little cannot be forecast from its past.
/// Deviates: nothing.
/// </summary>
public sealed record Mean : Reference
{
    /// <inheritdoc/>
    public override IEnumerable<string> Problems() => [];
}
