using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// A GRU contracts in the max norm by λ if for every unit Z + (1 − Z) N + ‖R_z‖ / 2 ≤ λ with
/// N = ‖R_n‖ + ‖R_r‖ (‖R_n‖ + |q_n|) / 4, the l1 norms of the unit's rows, q the recurrent bias and Z the largest value of its update gate
/// (docs/stability.md). Z is capped at λ², and the unit's recurrent rows are scaled to fit the rest.
/// </summary>
internal sealed class GruConstraint(Contraction contraction, string prefix, TorchParameters parameters) : ITorchConstraint
{
    private readonly UnitBudget _budget = new(contraction);

    public void Project()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor recurrent = parameters[prefix + "weight_hh"];
        long units = recurrent.shape[1];
        Tensor Update(string name) => parameters[prefix + name].narrow(0, units, units);
        Tensor kept = _budget.Gate.Apply(Update("weight_ih"), Update("weight_hh"), Update("bias_ih"), Update("bias_hh"));
        Tensor[] rows = GateCap.RowNorms(recurrent).chunk(3); // r, z, n
        Tensor bias = parameters[prefix + "bias_hh"].narrow(0, 2 * units, units).abs();
        Tensor fresh = rows[2].Add((rows[0] * rows[2].Add(bias)).Div(4));
        Tensor scale = _budget.Scale(kept, (kept.Rsub(1) * fresh).Add(rows[1].Div(2))).to_type(recurrent.dtype);
        recurrent.view(3, units, units).mul_(scale.view(1, units, 1)); // [3 H, H] → [3, H, H]
    }
}
