namespace MLNet.Sequence;

/// <summary>
/// The forecast h steps ahead is the last value plus h times the mean step of the training rows (Hyndman and Athanasopoulos,
/// <i>Forecasting: Principles and Practice</i>, section 5.2): the best possible forecast of a random walk with drift.
/// Deviates: with several series the mean is over the steps of all series, each in standard deviations of its series, so one model
/// forecasts all of them; with one series it is (last value − first value) / (rows − 1), as there.
/// </summary>
public sealed record Drift : Reference
{
    /// <inheritdoc/>
    public override IEnumerable<string> Problems() => [];

    internal override int? Repeated(int ahead) => 0;
}
