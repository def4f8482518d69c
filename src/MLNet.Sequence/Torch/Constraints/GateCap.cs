using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// The gate that keeps a unit's old state, never wider open than <paramref name="most"/>: σ(s) with s ≤ ‖R‖ + B‖W‖ + b, row by
/// row in the l1 norm, for states of magnitude 1 and inputs of magnitude B. A row that could exceed it is scaled down, though not
/// below a reach of <see cref="LeastReach"/>, so that a gate still selects; then the bias is lowered.
/// </summary>
internal sealed class GateCap(double most, double inputBound)
{
    private const double LeastReach = 2;

    // What is moved is moved a little further, so that rounding does not move it again at the next step.
    private readonly double _outer = Logit(most) - 1e-6, _inner = Logit(most) - 2e-6;

    /// <param name="input">The gate's rows of the input matrix W, [H, C].</param>
    /// <param name="recurrent">The gate's rows of the recurrent matrix R, [H, H].</param>
    /// <param name="inputBias">The gate's part of one bias, [H].</param>
    /// <param name="recurrentBias">The gate's part of the other, [H].</param>
    /// <returns>The widest that each unit's gate can now be, [H] in double precision.</returns>
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
        // Half from either bias: their sum alone counts.
        Tensor lower = where(over, (reach * scale).Add(bias).Sub(_inner).ClampMin(0).Div(2), zeros_like(reach));
        inputBias.sub_(lower.to_type(inputBias.dtype));
        recurrentBias.sub_(lower.to_type(recurrentBias.dtype));
        return ((reach * scale).Add(bias) - lower.Mul(2)).sigmoid();
    }

    /// <summary>Σ|row|, [H, n] → [H], in double precision.</summary>
    public static Tensor RowNorms(Tensor matrix) => matrix.abs().sum(1, type: ScalarType.Float64);

    private static double Logit(double probability) => Math.Log(probability / (1 - probability));
}
