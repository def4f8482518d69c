using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// A recurrent layer for all time steps at once. The state of every step is first guessed as zero, and each sweep computes all states again
/// from the guess for the previous step (Jacobi). After k sweeps, the output of a step is exactly the output of the k-truncated layer: the
/// layer run from the zero state over its last k inputs. If the layer contracts by λ per step, the error is at most λᵏ of the largest
/// state, so the number of sweeps for a tolerance is known in advance (Miller and Hardt, arXiv 1805.10369, section 3). Sweeps run without a
/// graph, and each replaces the states of the one before it.
/// </summary>
internal static class TimeSweeps
{
    /// <summary>
    /// The layer, up to the error of the sweeps. Its gradient is that of the layer itself at the states that were reached (implicit function
    /// theorem): D, the gradient by the states, is the fixed point of D_t = g_t + (∂h_{t+1} / ∂h_t)ᵀ D_{t+1}, found by as many sweeps backwards
    /// through the graph of one sweep. Its error is at most of the order of λᵏ too. The memory does not depend on the number of sweeps.
    /// </summary>
    /// <param name="cell">The layer.</param>
    /// <param name="given">The input's part of its gates, and its recurrent weights.</param>
    /// <param name="sweeps">k; at least 1. With T or more, all steps and their gradients are exact.</param>
    /// <returns>[B, T, H].</returns>
    public static Tensor Run(ISweptCell cell, Tensor[] given, int sweeps)
    {
        int needed = Needed(given, sweeps);
        using var scope = NewDisposeScope();
        Tensor[] states;
        using (no_grad())
            states = Swept(cell, given, Zeros(cell, given), needed);
        var solution = new Solution(
            states[^1], states, (own, reached, output) => AtFixedPoint(new OneSweep(cell, own, SweptCells.Before(reached)), needed, output));
        return SolvedFunction.Of(given, solution).MoveToOuterDisposeScope();
    }

    /// <summary>
    /// The k-truncated layer, whether it contracts or not, with its own gradient, which depends on the states of each sweep. The states of
    /// every √k-th sweep are kept, and those between them are computed again in the backward pass: the memory grows with √k, and the work by
    /// one forward pass.
    /// </summary>
    /// <param name="cell">The layer.</param>
    /// <param name="given">The input's part of its gates, and its recurrent weights.</param>
    /// <param name="sweeps">k; at least 1.</param>
    /// <returns>[B, T, H].</returns>
    public static Tensor Truncated(ISweptCell cell, Tensor[] given, int sweeps)
    {
        int needed = Needed(given, sweeps), stretch = Stretch(needed);
        bool graph = is_grad_enabled();
        using var scope = NewDisposeScope();
        Tensor[] states = Zeros(cell, given);
        var kept = new List<Tensor>();
        using (no_grad())
        {
            for (int sweep = 0; sweep < needed; sweep += stretch)
            {
                Tensor[] before = states;
                states = Swept(cell, given, before, Math.Min(stretch, needed - sweep));
                if (graph)
                    kept.AddRange(before);
                else
                    Array.ForEach(before, state => state.Dispose());
            }
        }

        var solution = new Solution(states[^1], [.. kept], (own, at, output) => OfEachSweep(cell, own, [.. at.Chunk(states.Length)], needed, output));
        return SolvedFunction.Of(given, solution).MoveToOuterDisposeScope();
    }

    // Further sweeps change nothing.
    private static int Needed(Tensor[] given, int sweeps) => (int)Math.Min(sweeps, given[0].shape[1]);

    private static int Stretch(int sweeps) => (int)Math.Ceiling(Math.Sqrt(sweeps));

    private static Tensor[] Zeros(ISweptCell cell, Tensor[] given) => [.. cell.Bounds.Select(_ => cell.Zeros(given, given[0].shape[1]))];

    // The next guess outlives its sweep. The previous guess and all other tensors of the sweep are disposed.
    private static Tensor[] Swept(ISweptCell cell, Tensor[] given, Tensor[] first, int sweeps)
    {
        Tensor[] states = first;
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            using var scope = NewDisposeScope();
            Tensor[] next = cell.Next(given, SweptCells.Before(states));
            if (sweep > 0)
                Array.ForEach(states, state => state.Dispose());
            states = Array.ConvertAll(next, state => state.MoveToOuterDisposeScope());
        }

        return states;
    }

    private static Tensor[] AtFixedPoint(OneSweep sweep, int sweeps, Tensor output)
    {
        Tensor[] total = OfStates(sweep.After, output);
        for (int i = 1; i < sweeps; i++)
        {
            using var scope = NewDisposeScope();
            Tensor[] through = SweptCells.Later(sweep.ToBefore(total));
            for (int state = 0; state < total.Length; state++)
                total[state].copy_(state == total.Length - 1 ? output.Add(through[state]) : through[state]);
        }

        return sweep.ToAll(total).Given;
    }

    private static Tensor[] OfEachSweep(ISweptCell cell, Tensor[] given, Tensor[][] kept, int sweeps, Tensor output)
    {
        int stretch = Stretch(sweeps);
        Tensor[] through = OfStates(kept[0], output), total = Array.ConvertAll(given, tensor => zeros_like(tensor));
        for (int part = kept.Length - 1; part >= 0; part--)
        {
            using var scope = NewDisposeScope();
            var before = new Stack<Tensor[]>([kept[part]]);
            while (before.Count < Math.Min(stretch, sweeps - part * stretch))
                before.Push(Swept(cell, given, before.Peek(), 1));
            foreach (Tensor[] states in before)
            {
                using var inner = NewDisposeScope();
                (Tensor[] ofGiven, Tensor[] ofBefore) = new OneSweep(cell, given, SweptCells.Before(states)).ToAll(through);
                foreach ((Tensor sum, Tensor gradient) in total.Zip(ofGiven))
                    sum.Add_(gradient);
                foreach ((Tensor gradient, Tensor earlier) in through.Zip(SweptCells.Later(ofBefore)))
                    gradient.copy_(earlier);
            }
        }

        return total;
    }

    // The gradients by all states: only h, the last, is the output.
    private static Tensor[] OfStates(Tensor[] states, Tensor output) => [.. states[1..].Select(_ => zeros_like(output)), output.clone()];
}
