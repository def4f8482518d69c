using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// The derivative of the states after each step by those before it, for all steps, and the linear recurrences with it. Cells whose units read
/// only their own states have one block for each unit, of one or two states, which is exact. For other cells it is the whole matrix if a step
/// has at most <see cref="MostStates"/> states (DEER), and otherwise the blocks of each unit by itself, without the effect of the other units
/// (quasi-DEER: Gonzalez et al., arXiv 2407.19115): the memory of a whole matrix is states², and its recurrence takes states³ operations.
/// </summary>
internal sealed class StepJacobian
{
    private const int MostStates = 16;

    private readonly bool _whole;
    private readonly long _units;

    // [B, T, H] for blocks of one state; else [B, T, blocks, n, n].
    private readonly Tensor _blocks;

    /// <param name="cell">The cell.</param>
    /// <param name="sweep">A sweep of <see cref="Sweep"/>.</param>
    public StepJacobian(ISweptCell cell, OneSweep sweep)
    {
        using var graph = enable_grad();
        Tensor[] after = sweep.After;
        (_whole, _units) = (IsWhole(cell, after[0].shape[2]), after[0].shape[2]);
        if (_whole)
        {
            // One row for each state: its derivatives by all states before the step, [B, T, n].
            IEnumerable<Tensor> outputs = after.SelectMany(state => Enumerable.Range(0, (int)_units).Select(unit => state.narrow(2, unit, 1)));
            _blocks = stack([.. outputs.Select(one => cat(Row(one), 2))], 2).unsqueeze(2); // n × [B, T, n] → [B, T, 1, n, n]
        }
        else
        {
            Tensor[][] rows = Array.ConvertAll(after, Row);
            _blocks = rows.Length == 1 ? rows[0][0] : stack([.. rows.Select(row => stack(row, 3))], 3); // n × n × [B, T, H] → [B, T, H, n, n]
        }

        // Each unit of such a sum depends only on its own states, or there is only one: the sum's gradient is each one's own.
        Tensor[] Row(Tensor states) => sweep.ToBefore(states, ones_like(states));
    }

    /// <summary>A sweep whose graph has the derivatives.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="given">The input's part of the gates, and the recurrent weights.</param>
    /// <param name="before">The states before each step.</param>
    public static OneSweep Sweep(ISweptCell cell, Tensor[] given, Tensor[] before) =>
        new(cell, given, before, alone: !cell.IsDiagonal && !IsWhole(cell, before[0].shape[2]));

    /// <summary>δ_t = J_t δ_{t−1} + terms_t, from zero.</summary>
    public Tensor[] Solve(Tensor[] terms) => Solve(_blocks, terms);

    /// <summary>D_t = J_{t+1}ᵀ D_{t+1} + terms_t, from zero after the last step.</summary>
    public Tensor[] SolveBack(Tensor[] terms)
    {
        // Backwards in time, the factor of a step is that of the step before it in this order.
        Tensor turned = (_blocks.dim() == 3 ? _blocks : _blocks.transpose(3, 4)).flip(1).roll(1, 1);
        return Array.ConvertAll(Solve(turned, Array.ConvertAll(terms, term => term.flip(1))), solved => solved.flip(1));
    }

    private Tensor[] Solve(Tensor factors, Tensor[] terms)
    {
        if (factors.dim() == 3)
            return [LinearRecurrence.Run(factors, terms[0], start: null)];
        // [B, T, H] each → [B, T, 1, n, 1] or [B, T, H, n, 1], and back
        Tensor columns = (_whole ? cat(terms, 2).unsqueeze(2) : stack(terms, 3)).unsqueeze(4);
        Tensor solved = LinearRecurrence.RunBlocks(factors, columns).squeeze(4);
        return _whole ? solved.squeeze(2).split(_units, 2) : solved.unbind(3);
    }

    private static bool IsWhole(ISweptCell cell, long units) => !cell.IsDiagonal && units * cell.Bounds.Count <= MostStates;
}
