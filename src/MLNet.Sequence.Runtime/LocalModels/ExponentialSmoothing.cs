using MLNet.Sequence.LocalModels;

namespace MLNet.Sequence;

/// <summary>
/// Exponential smoothing in its state-space form (Hyndman, Koehler, Ord and Snyder, <i>Forecasting with Exponential Smoothing</i>, 2008): without a
/// trend, with one (Holt) or a damped one; without a season, with an additive or, for positive values, a multiplicative one (Holt–Winters). The
/// form with the least AICc is used: its parameters have the greatest likelihood.
/// Deviates: errors are multiplicative only with a multiplicative season; the first seasonal states are those of the classical decomposition,
/// not estimated; no season of more than a third of the history.
/// </summary>
public sealed record ExponentialSmoothing : LocalModel
{
    private protected override double[] Follow(double[] history, int horizon)
    {
        // A history too short for any form has the naive forecast.
        FittedSmoothing? best = SmoothingForm.All(history, Season).Select(form => form.Fit(history)).OfType<FittedSmoothing>()
            .MinBy(fitted => fitted.Criterion);
        return best?.Forecast(horizon) ?? [.. Enumerable.Repeat(history[^1], horizon)];
    }
}
