using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// Ridge regression from second moments: with the covariance of the features C = V diag(d) Vᵀ, W = V diag(1 / (d + λ)) Vᵀ C_xy, so one
/// decomposition is enough for all λ. The intercept is not penalised.
/// </summary>
internal sealed class RidgeSolution
{
    // A variance below this, relative to the largest, is only a rounding error.
    private const double RoundingNoise = 1e-12;

    private readonly SecondMoments _moments;
    private readonly Tensor _meanX, _meanY, _values, _vectors, _rotated;

    /// <summary>The caller holds the dispose scope.</summary>
    public RidgeSolution(SecondMoments moments)
    {
        _moments = moments;
        long p = moments.Features, m = moments.Sums.shape[0] - 1 - p;
        (_meanX, _meanY) = (moments.Sums.narrow(0, 0, 1).narrow(1, 1, p), moments.Sums.narrow(0, 0, 1).narrow(1, 1 + p, m)); // [1, p], [1, m]
        Tensor rows = moments.Sums.narrow(0, 1, p);
        (_values, _vectors) = linalg.eigh(rows.narrow(1, 1, p) - _meanX.t().mm(_meanX));
        _values = _values.ClampMin(0);
        _rotated = _vectors.t().mm(rows.narrow(1, 1 + p, m) - _meanX.t().mm(_meanY)); // [p, m]
    }

    /// <summary>The values of λ that are tried if none is given.</summary>
    public static IReadOnlyList<double> Penalties { get; } = [0, .. Enumerable.Range(-12, 19).Select(half => Math.Pow(10, half / 2.0))];

    /// <summary>W, [p, m], and b, [1, m].</summary>
    public (Tensor Weight, Tensor Bias) Solve(double penalty)
    {
        Tensor weight = _vectors.mm(Shrunk(penalty).unsqueeze(1) * _rotated);
        return (weight, _meanY - _meanX.mm(weight));
    }

    /// <summary>
    /// The λ of <see cref="Penalties"/> with the smallest mean squared error on other examples or, without these, with the smallest
    /// generalised cross-validation error.
    /// </summary>
    public double Choose(SecondMoments? validation) => Choose([this], validation is null ? null : [validation]);

    /// <summary>One λ for several solutions, by the mean of the errors of all their outputs.</summary>
    public static double Choose(RidgeSolution[] solutions, SecondMoments[]? validation) => Penalties.MinBy(penalty =>
        cat([.. solutions.Select((solution, i) => solution.Errors(penalty, validation?[i]))]).mean().item<double>());

    // The errors of all outputs that are defined, in the units of the series.
    private Tensor Errors(double penalty, SecondMoments? validation)
    {
        (Tensor weight, Tensor bias) = Solve(penalty);
        SecondMoments judge = validation ?? _moments;
        Tensor errors = judge.Errors(bias, weight).masked_select(judge.Known).Mul(judge.Unit);
        // Golub, Heath and Wahba (1979): the error per remaining degree of freedom, divided by the share of these.
        double left = Math.Max(1 - (1 + (_values * Shrunk(penalty)).sum().item<double>()) / _moments.Weight, RoundingNoise);
        return validation is null ? errors.Mul(1 / (left * left)) : errors;
    }

    // 1 / (d + λ); a direction without variance is left out of least squares.
    private Tensor Shrunk(double penalty) =>
        _values.Add(penalty).reciprocal().MaskedFill(_values.le(_values.max().Mul(RoundingNoise)), 0);
}
