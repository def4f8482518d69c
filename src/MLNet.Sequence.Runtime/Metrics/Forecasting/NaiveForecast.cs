using System.Numerics.Tensors;

namespace MLNet.Sequence.Metrics;

/// <summary>
/// The two forecasts that a model has to beat. <c>history</c> is [n × targets], row after row, up to and including the
/// origin; <c>forecast</c> is [horizon × targets]. False: the history is too short for this forecast.
/// </summary>
internal static class NaiveForecast
{
    /// <summary>Repeats the last row.</summary>
    public static bool Last(ReadOnlySpan<double> history, int targets, Span<double> forecast) =>
        Seasonal(history, targets, seasonality: 1, forecast);

    /// <summary>
    /// Repeats the last season: step h = 1, 2, … takes the value m·⌈h/m⌉ rows before it, so no step uses a row after the origin.
    /// </summary>
    public static bool Seasonal(ReadOnlySpan<double> history, int targets, int seasonality, Span<double> forecast)
    {
        if (history.Length / targets < seasonality)
            return false;

        ReadOnlySpan<double> season = history[^(seasonality * targets)..];
        for (int filled = 0; filled < forecast.Length; filled += season.Length)
            season[..Math.Min(season.Length, forecast.Length - filled)].CopyTo(forecast[filled..]);
        return TensorPrimitives.IsFiniteAll<double>(forecast);
    }
}
