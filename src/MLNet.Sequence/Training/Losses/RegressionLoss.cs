using System.Globalization;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence;

/// <summary>
/// The loss of an error in forecasting and regression. The error e is the difference between prediction and actual value, in standard
/// deviations of the training rows; the loss is the mean over all numbers of a prediction.
/// </summary>
public abstract record RegressionLoss
{
    private RegressionLoss()
    {
    }

    /// <summary>e²: predictions approach the mean. The default of trainers.</summary>
    public static RegressionLoss Squared { get; } = new SquaredError();

    /// <summary>|e|: predictions approach the median; large errors count less than with e².</summary>
    public static RegressionLoss Absolute { get; } = new AbsoluteError();

    /// <summary>
    /// |e| over the error that a seasonal naive forecast makes in the training rows of the same series, the mean |y(t) − y(t − m)|: the measure MASE as a
    /// loss (Hyndman and Koehler, "Another look at measures of forecast accuracy", 2006). Series count by how well they can be forecast, not by how much
    /// they deviate. A series without such an error (constant, or with no more rows than a season) is weighted as the mean of the others; training
    /// tells which. For forecasters only; not with <see cref="ForecastingOptions.Differencing"/>, nor with a scaling by logarithms or powers.
    /// </summary>
    /// <param name="season">m, the rows in a season; at least 1. Null, the default: those of the frequency, or 1 if it has no season.</param>
    public static RegressionLoss AbsoluteScaled(int? season = null) => new ScaledError(season);

    /// <summary>The name in reports.</summary>
    internal abstract string Name { get; }

    /// <summary>The unit of errors.</summary>
    internal virtual string Unit => "in deviations of the training rows";

    /// <summary>Whether errors are in a unit of their series, for which rows must be series.</summary>
    internal bool IsOfSeries => this is ScaledError;

    /// <summary>The rows in a season, whose change is the unit of errors; null: not known, or they are in deviations.</summary>
    internal virtual int? Season => null;

    /// <summary>This loss with the season of the rows, if it has one and does not know it.</summary>
    internal RegressionLoss With(int season) => this is ScaledError { Season: null } ? new ScaledError(season) : this;

    /// <summary>
    /// e² / 2 up to |e| = δ, and δ (|e| − δ / 2) beyond (Huber, "Robust estimation of a location parameter", 1964; as PyTorch's HuberLoss):
    /// like e² for small errors, while outliers count less.
    /// </summary>
    /// <param name="delta">δ in standard deviations of the training rows; above 0 and finite. Default 1.</param>
    public static RegressionLoss Huber(double delta = 1) => new HuberError(delta);

    /// <summary>All problems, one sentence each.</summary>
    internal virtual IEnumerable<string> Problems() => [];

    /// <summary>The loss of each error.</summary>
    internal abstract Tensor Of(Tensor error);

    private sealed record SquaredError : RegressionLoss
    {
        internal override string Name => "mean squared error";

        internal override Tensor Of(Tensor error) => error.Square();
    }

    private sealed record AbsoluteError : RegressionLoss
    {
        internal override string Name => "mean absolute error";

        internal override Tensor Of(Tensor error) => error.abs();
    }

    private sealed record ScaledError(int? Rows) : RegressionLoss
    {
        internal override string Name => "mean absolute scaled error";

        internal override string Unit => string.Create(CultureInfo.InvariantCulture, $"in seasonal naive errors of the training rows (season {Rows})");

        internal override int? Season => Rows;

        internal override IEnumerable<string> Problems()
        {
            if (Rows < 1)
                yield return $"Loss must be an AbsoluteScaled loss with a season of at least 1; found {Rows}.";
        }

        internal override Tensor Of(Tensor error) => error.abs();
    }

    private sealed record HuberError(double Delta) : RegressionLoss
    {
        internal override string Name => string.Create(CultureInfo.InvariantCulture, $"mean Huber loss (δ = {Delta})");

        internal override IEnumerable<string> Problems()
        {
            if (!(Delta > 0 && double.IsFinite(Delta)))
                yield return string.Create(CultureInfo.InvariantCulture, $"Loss must be a Huber loss with delta above 0; found {Delta}.");
        }

        // With m = min(|e|, δ), both cases are m (|e| − m / 2).
        internal override Tensor Of(Tensor error)
        {
            Tensor size = error.abs(), near = size.Clamp(0, Delta);
            return near * (size - near.Div(2));
        }
    }
}
