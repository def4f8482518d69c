using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// An LSTM contracts in the max norm of (h, c) by λ if for every unit
/// F + (‖R_i‖ + ‖R_o‖) / 4 + ‖R_g‖ + ‖R_f‖ / (4 (1 − F)) ≤ λ, with the l1 norms of the unit's rows and F the largest value of its forget
/// gate (docs/stability.md). F is capped at λ², and the unit's recurrent rows are scaled to fit the rest.
/// </summary>
internal sealed class LstmConstraint(Contraction contraction, string prefix, TorchParameters parameters) : ITorchConstraint
{
    private readonly UnitBudget _budget = new(contraction);

    public void Project()
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor recurrent = parameters[prefix + "weight_hh"];
        long units = recurrent.shape[1];
        Tensor Forget(string name) => parameters[prefix + name].narrow(0, units, units);
        Tensor kept = _budget.Gate.Apply(Forget("weight_ih"), Forget("weight_hh"), Forget("bias_ih"), Forget("bias_hh"));
        Tensor[] rows = GateCap.RowNorms(recurrent).chunk(4); // i, f, g, o
        Tensor added = rows[0].Add(rows[3]).Div(4).Add(rows[2]).Add(rows[1] / kept.Rsub(1).Mul(4));
        Tensor scale = _budget.Scale(kept, added).to_type(recurrent.dtype);
        recurrent.view(4, units, units).mul_(scale.view(1, units, 1)); // [4 H, H] → [4, H, H]
    }
}
