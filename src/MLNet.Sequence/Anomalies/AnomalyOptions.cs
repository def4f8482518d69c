namespace MLNet.Sequence;

/// <summary>When a row counts as an anomaly, and on which rows that is measured.</summary>
public sealed record AnomalyOptions
{
    /// <summary>
    /// The confidence of an alert, in (0, 1): of rows without anomalies, at most a share of 1 − confidence gives an alert, if their residuals are like
    /// those of the calibration rows. Default 0.99.
    /// </summary>
    public double Confidence { get; init; } = 0.99;

    /// <summary>
    /// The share of the last rows of each series that the forecaster is not trained on, in (0, 1): their residuals are the measure of all later ones. At
    /// least 1 / (1 − confidence) − 1 residuals are needed, 99 for 0.99. Default 0.2.
    /// </summary>
    public double CalibrationFraction { get; init; } = 0.2;

    /// <summary>
    /// The name of the added column, Vector&lt;Double&gt; of 3, as ML.NET's detectors have it: whether the row is an anomaly (1 or 0), its score, and
    /// the p-value of the score. Default "Prediction".
    /// </summary>
    public string PredictionColumnName { get; init; } = "Prediction";

    /// <exception cref="ArgumentException">Lists all problems.</exception>
    internal void Validate()
    {
        var problems = new Problems();
        problems.Need(Confidence is > 0 and < 1, $"{nameof(Confidence)} must be in (0, 1); found {Confidence}.");
        problems.Need(CalibrationFraction is > 0 and < 1, $"{nameof(CalibrationFraction)} must be in (0, 1); found {CalibrationFraction}.");
        problems.Need(!string.IsNullOrEmpty(PredictionColumnName), $"{nameof(PredictionColumnName)} is empty.");
        problems.ThrowIfAny("The options of the anomaly detector are wrong.");
    }
}
