namespace MLNet.Sequence;

/// <summary>How a forecaster handles series with fewer rows than a window has.</summary>
public enum ShortSeries
{
    /// <summary>Training on them, and a forecast after their end, is an error that names them; their rows have the forecast NaN.</summary>
    Error,

    /// <summary>They are left out, in training and in tables of forecasts, and their number is told; their rows have the forecast NaN.</summary>
    Skip,

    /// <summary>
    /// The steps before their first row are missing ones: each window that begins before it is filled, or masked, as
    /// <see cref="Forecasting.MissingValues"/> says. So every row has a forecast, from the first one on, in long series too. In training, series
    /// of at most as many rows as the horizon are left out, and their number is told.
    /// </summary>
    Pad,
}
