namespace MLNet.Sequence.Layers;

/// <summary>
/// Values beyond ±Limit become ±Limit, [B, T, C] to [B, T, C]. The input of the next layer is then bounded for all data, so the bounds on
/// its gates hold without a condition on the data.
/// </summary>
/// <param name="Limit">The largest magnitude that passes unchanged; above 0.</param>
public sealed record Clamp(double Limit) : Layer
{
    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;

    private protected override IEnumerable<string> OwnProblems(int inputSize) => Limits.Deviation(Limit, nameof(Limit));
}
