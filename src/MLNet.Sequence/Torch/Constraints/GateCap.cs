using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// Limits the gate that keeps a unit's old state to <paramref name="most"/>: σ(s) with s ≤ ‖R‖ + B‖W‖ + b, row by row in the l1 norm, for
/// states of magnitude 1 and inputs of magnitude B. A row that could exceed the limit is scaled down, but not below a reach of
/// <see cref="LeastReach"/>, so that the gate can still select; then the bias is lowered.
/// </summary>
internal sealed class GateCap(double most, double inputBound)
{
    private const double LeastReach = 2;

    // Weights are moved slightly further than needed, so that rounding does not move them again at the next step.
    private readonly double _outer = Logit(most) - 1e-6, _inner = Logit(most) - 2e-6;

    /// <param name="input">The gate's rows of the input matrix W, [H, C].</param>
    /// <param name="recurrent">The gate's rows of the recurrent matrix R, [H, H].</param>
    /// <param name="inputBias">The gate's part of the input bias, [H].</param>
    /// <param name="recurrentBias">The gate's part of the recurrent bias, [H].</param>
    /// <returns>The largest value that each unit's gate can now have, [H] in double precision.</returns>
    public Tensor Apply(Tensor input, Tensor recurrent, Tensor inputBias, Tensor recurrentBias)
    {
        Tensor reach = RowNorms(recurrent).Add_(RowNorms(input), inputBound);
        Tensor bias = inputBias.to_type(ScalarType.Float64).Add(recurrentBias);
        Tensor over = reach.Add(bias).Gt(_outer);
        Tensor allowed = minimum(reach, bias.Rsub(_inner).ClampMin(LeastReach));
        Tensor scale = where(over, allowed / reach.ClampMin(double.Epsilon), ones_like(reach));
        Tensor rows = scale.to_type(recurrent.dtype).unsqueeze(1);
        recurrent.mul_(rows);
        input.mul_(rows);
        // Half from each bias: only their sum counts.
        Tensor lower = where(over, (reach * scale).Add(bias).Sub(_inner).ClampMin(0).Div(2), zeros_like(reach));
        inputBias.sub_(lower.to_type(inputBias.dtype));
        recurrentBias.sub_(lower.to_type(recurrentBias.dtype));
        return ((reach * scale).Add(bias) - lower.Mul(2)).sigmoid();
    }

    /// <summary>Σ|row|, [H, n] → [H], in double precision.</summary>
    public static Tensor RowNorms(Tensor matrix) => matrix.abs().sum(1, type: ScalarType.Float64);

    private static double Logit(double probability) => Math.Log(probability / (1 - probability));
}
