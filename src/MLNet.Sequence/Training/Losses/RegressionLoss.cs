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

    /// <summary>The name in reports.</summary>
    internal abstract string Name { get; }

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
