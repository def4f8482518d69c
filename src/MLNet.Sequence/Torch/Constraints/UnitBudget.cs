using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// How a unit of a gated layer divides λ: the gate that keeps its old state gets at most λ², and its recurrent rows are scaled down to the rest.
/// </summary>
internal sealed class UnitBudget(Contraction contraction)
{
    // A gate leaves at least λ(1 − λ). Weights are moved a small part of it further than needed, so that rounding does not move them again
    // at the next step.
    private readonly double _limit = contraction.Limit, _margin = 2e-3 * contraction.Limit * (1 - contraction.Limit);

    /// <summary>Limits the gate that keeps the old state.</summary>
    public GateCap Gate { get; } = new(contraction.Limit * contraction.Limit, contraction.InputBound);

    /// <param name="kept">The largest value that each unit's gate can have, [H].</param>
    /// <param name="added">The contribution of its recurrent rows, [H]; decreases at least in proportion to them.</param>
    /// <returns>The factor for each unit's recurrent rows, [H].</returns>
    public Tensor Scale(Tensor kept, Tensor added) =>
        where(kept.Add(added).Gt(_limit - _margin), kept.Rsub(_limit - 2 * _margin) / added, ones_like(added));
}
