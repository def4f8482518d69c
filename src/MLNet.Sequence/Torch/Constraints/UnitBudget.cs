using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// What a unit of a gated layer may spend of λ: the gate that keeps its old state takes at most λ², and what its recurrent rows
/// add is scaled down to what the gate leaves.
/// </summary>
internal sealed class UnitBudget(Contraction contraction)
{
    // λ(1 − λ) is the least that a gate leaves; what is moved is moved a small part of it further than needed, so that
    // rounding does not move it again at the next step.
    private readonly double _limit = contraction.Limit, _margin = 2e-3 * contraction.Limit * (1 - contraction.Limit);

    /// <summary>Bounds the gate that keeps the old state.</summary>
    public GateCap Gate { get; } = new(contraction.Limit * contraction.Limit, contraction.InputBound);

    /// <param name="kept">The widest that each unit's gate can be, [H].</param>
    /// <param name="added">What its recurrent rows add, [H]; falls with them at least in proportion.</param>
    /// <returns>What to multiply each unit's recurrent rows by, [H].</returns>
    public Tensor Scale(Tensor kept, Tensor added) =>
        where(kept.Add(added).Gt(_limit - _margin), kept.Rsub(_limit - 2 * _margin) / added, ones_like(added));
}
