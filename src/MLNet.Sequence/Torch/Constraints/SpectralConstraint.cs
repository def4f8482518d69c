using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>Keeps a recurrent matrix R at ‖R‖₂ ≤ λ, so that h = φ(R h + …) contracts by λ in the Euclidean norm where |φ′| ≤ 1.</summary>
internal sealed class SpectralConstraint(Contraction contraction, string prefix, TorchParameters parameters) : ITorchConstraint
{
    // m = 8^Rounds; the bound exceeds the norm by a factor of at most n^(1/4m): 1.9 % at n = 128.
    private const int Rounds = 2;

    // Weights are moved slightly further than needed, so that rounding does not move them again at the next step.
    private readonly double _outer = contraction.Limit * (1 - 2e-5), _inner = contraction.Limit * (1 - 5e-5);

    public void Project()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor matrix = parameters[prefix + "weight_hh"];
        if (contraction.Projection == SpectralProjection.PowerIteration)
            Shrink(matrix);
        else
            Clip(matrix);
    }

    /// <summary>
    /// An upper bound of ‖R‖₂ = ρ(RᵀR)^½ by repeated squaring of G = RᵀR: ρ(G) ≤ ‖G^m‖_F^(1/m) for every m, since the norm of a
    /// symmetric matrix's power is the power of its largest eigenvalue, and no more than the Frobenius norm.
    /// </summary>
    internal static double UpperBound(Tensor gram)
    {
        double logarithm = 0, power = 1;
        for (int round = 0; ; round++)
        {
            double norm = gram.norm().item<float>();
            if (norm == 0)
                return 0;
            logarithm += Math.Log(norm) / power;
            if (round == Rounds)
                return Math.Exp(logarithm / 2);
            // With norm 1, the eighth power is at least n⁻⁴, which is far from underflow in float32.
            gram = gram.Div_(norm).matrix_power(8);
            power *= 8;
        }
    }

    private void Shrink(Tensor matrix)
    {
        double bound = UpperBound(matrix.t().mm(matrix));
        if (bound > _outer)
            matrix.Mul_(_inner / bound);
    }

    // R − R V (1 − λ/σ) Vᵀ over the singular values above λ; V and σ² are eigenvectors and eigenvalues of RᵀR.
    private void Clip(Tensor matrix)
    {
        double largest;
        do
        {
            (Tensor squares, Tensor directions) = linalg.eigh(matrix.t().mm(matrix));
            largest = Math.Sqrt(squares[-1].item<float>());
            if (largest <= _outer)
                return;
            Tensor excess = squares.ClampMin(_inner * _inner).sqrt().reciprocal().Mul(_inner).Rsub(1).unsqueeze(0);
            matrix.sub_((matrix.mm(directions) * excess).mm(directions.t()));
        }
        while (largest > 2 * _inner); // Rounding is relative to the largest value: a matrix from far outside needs a second round.
    }
}
