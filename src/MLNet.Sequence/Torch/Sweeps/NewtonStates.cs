using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// A recurrent layer for all time steps at once by Newton's method, whether it contracts or not (DEER: Lim et al., arXiv 2309.12252; ParaRNN:
/// Danieli et al., arXiv 2510.21450). The states of all steps are the root of s_t − F(s_{t−1}, x_t). Each iteration computes F and its Jacobian J
/// at the present guess for all steps and corrects the guess by δ_t = J_t δ_{t−1} + (F_t − s_t), a linear recurrence
/// (<see cref="StepJacobian"/>). One more step is exact after each iteration, so T iterations are enough for any J; near the root the error
/// is squared each time if J is exact. States stay within the cell's bounds, and a correction that is not finite is replaced by F.
/// </summary>
/// <remarks>
/// The residual is max |F_t − s_t|, relative to the largest state if that is above 1. The gradient is the layer's at the root: D_t = g_t +
/// J_{t+1}ᵀ D_{t+1} is solved in the same way, and goes through the graph of a single sweep. What does not converge within the maximum number
/// of iterations is computed step by step and counted, so that no result is silently wrong.
/// </remarks>
internal sealed class NewtonStates(ISweptCell cell, NewtonTally tally)
{
    // In units of the type's precision. The rounding of a sweep is a few units.
    private const double Tolerance = 64;

    /// <summary>The output [B, T, H], and the states after the last step, each [B, 1, H]; null if the states do not converge.</summary>
    /// <param name="given">The input's part of the gates, and the recurrent weights.</param>
    /// <param name="start">The states before the first step, each [B, 1, H].</param>
    public (Tensor Output, Tensor[] Last)? Run(Tensor[] given, Tensor[] start)
    {
        using var scope = NewDisposeScope();
        Tensor[]? states;
        using (no_grad())
            states = Solve(given, start);
        if (states is null)
            return null;
        Tensor output = SolvedFunction.Of(given, new(states[^1], [.. states, .. start], Gradients));
        Tensor[] last = Array.ConvertAll(states, state => state.narrow(1, state.shape[1] - 1, 1).MoveToOuterDisposeScope());
        return (output.MoveToOuterDisposeScope(), last);
    }

    private Tensor[]? Solve(Tensor[] given, Tensor[] start)
    {
        Tensor zero = cell.Zeros(given, given[0].shape[1]);
        Tensor[] states = cell.Next(given, SweptCells.Before([.. start.Select(_ => zero)], start));
        for (int iteration = 0; ; iteration++)
        {
            using var scope = NewDisposeScope();
            OneSweep sweep = StepJacobian.Sweep(cell, given, SweptCells.Before(states, start));
            Tensor[] after = Array.ConvertAll(sweep.After, state => state.detach());
            Tensor[] residuals = [.. after.Zip(states, (next, state) => next - state)];
            double residual = Largest(residuals) / Math.Max(1, Largest(after));
            if (residual <= Precision(after[0]))
            {
                tally.Solved(iteration, residual);
                return Array.ConvertAll(after, state => state.MoveToOuterDisposeScope());
            }

            // If an input or a weight is not a number, no state after it will be: the layer step by step shows it.
            if (iteration == tally.Most || (double.IsNaN(residual) && double.IsNaN(Largest(given))))
            {
                tally.StepByStep(iteration);
                return null;
            }

            Tensor[] corrections = new StepJacobian(cell, sweep).Solve(residuals);
            Array.ForEach(states, state => state.Dispose());
            states = [.. after.Select((next, i) => Corrected(next, corrections[i] - residuals[i], cell.Bounds[i]).MoveToOuterDisposeScope())];
        }
    }

    // F + J δ of the step before.
    private static Tensor Corrected(Tensor after, Tensor correction, double? bound)
    {
        Tensor state = after.Add(correction);
        Tensor finite = where(state.isfinite(), state, after).nan_to_num(0, 0, 0);
        return bound is { } most ? finite.Clamp(-most, most) : finite;
    }

    private Tensor[] Gradients(Tensor[] given, Tensor[] kept, Tensor output)
    {
        Tensor[] states = kept[..cell.Bounds.Count], start = kept[cell.Bounds.Count..], before = SweptCells.Before(states, start);
        OneSweep sweep = new(cell, given, before), ofJacobian = StepJacobian.Sweep(cell, given, before);
        var jacobian = new StepJacobian(cell, ofJacobian);
        Tensor none = zeros_like(output);
        Tensor[] total = [.. states.Select(_ => zeros_like(output))], residuals = [.. states[1..].Select(_ => none), output];
        for (int iteration = 0; iteration <= tally.Most; iteration++)
        {
            using var scope = NewDisposeScope();
            foreach ((Tensor sum, Tensor correction) in total.Zip(jacobian.SolveBack(residuals)))
                sum.Add_(correction);
            (Tensor[] ofGiven, Tensor[] ofBefore) = sweep.ToAll(total);
            Tensor[] next = [.. SweptCells.Later(ofBefore).Select((through, i) => (i == total.Length - 1 ? output.Add(through) : through) - total[i])];
            double size = Largest(total);
            if (Largest(next) <= Precision(output) * size)
                return Array.ConvertAll(ofGiven, gradient => gradient.MoveToOuterDisposeScope());
            if (!double.IsFinite(size))
                break;
            residuals = Array.ConvertAll(next, residual => residual.MoveToOuterDisposeScope());
        }

        tally.GradientsStepByStep();
        using var graph = enable_grad();
        Tensor[] leaves = Array.ConvertAll(given, tensor => tensor.detach().requires_grad_(true));
        return OneSweep.Gradients([cell.InTurn(leaves, start)[^1]], [output], leaves);
    }

    // NaN if any value is: Enumerable.Max would ignore it.
    internal static double Largest(Tensor[] tensors) =>
        tensors.Aggregate(0.0, (largest, tensor) => Math.Max(largest, tensor.abs().max().to(ScalarType.Float64).item<double>()));

    private static double Precision(Tensor tensor) => Tolerance * (tensor.dtype == ScalarType.Float64 ? Math.BitIncrement(1.0) - 1 : MathF.BitIncrement(1) - 1);
}
