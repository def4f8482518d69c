using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// The step of a recurrent layer on TorchSharp, for all steps at once: from the states before each step, whether guessed or known, to the
/// states after it.
/// </summary>
internal interface ISweptCell
{
    /// <summary>The number of gates: sums that the input has a part in.</summary>
    int Gates { get; }

    /// <summary>The bound on the magnitude of each state, null if it has none; the last state is h, the output.</summary>
    IReadOnlyList<double?> Bounds { get; }

    /// <summary>Whether each unit reads only its own states.</summary>
    bool IsDiagonal { get; }

    /// <summary>The states after each step, each [B, T, H].</summary>
    /// <param name="given">The input's part of the gates, [B, T, gates · H], and the recurrent weights.</param>
    /// <param name="before">The states before each step, each [B, T, H].</param>
    Tensor[] Next(Tensor[] given, Tensor[] before);

    /// <summary>The same values, whose gradients flow only from each unit to its own states.</summary>
    Tensor[] NextAlone(Tensor[] given, Tensor[] before) => Next(given, before);
}

internal static class SweptCells
{
    /// <summary>
    /// A layer for all steps at once, if its pass asks for it; null: the layer runs in another way. The names are those of the carried states,
    /// each [1, B, H].
    /// </summary>
    public static Tensor? AllAtOnce(this ISweptCell cell, Func<Tensor[]> given, string[] names, TorchPass pass)
    {
        if (pass.Sweeps is { } sweeps)
            return TimeSweeps.Run(cell, given(), sweeps);
        if (pass.Truncation is { } steps)
            return TimeSweeps.Truncated(cell, given(), steps);
        return pass.Newton is { IsAsked: true } newton ? cell.ByNewton(given(), names, pass, newton) : null;
    }

    /// <summary>The layer by Newton's method, from the carried states; null if it does not converge.</summary>
    public static Tensor? ByNewton(this ISweptCell cell, Tensor[] given, string[] names, TorchPass pass, NewtonTally tally)
    {
        if (new NewtonStates(cell, tally).Run(given, cell.Start(given, names, pass)) is not { } solved)
            return null;
        Put(solved.Last, names, pass);
        return solved.Output;
    }

    /// <summary>The layer step by step, from the carried states.</summary>
    public static Tensor StepByStep(this ISweptCell cell, Tensor[] given, string[] names, TorchPass pass)
    {
        Tensor[] states = cell.InTurn(given, cell.Start(given, names, pass));
        Put(Array.ConvertAll(states, state => state.narrow(1, state.shape[1] - 1, 1)), names, pass);
        return states[^1];
    }

    /// <summary>The states after each step, one step after another; gradients flow through all of them.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="given">The input's part of the gates, [B, T, gates · H], and the recurrent weights.</param>
    /// <param name="start">The states before the first step, each [B, 1, H].</param>
    public static Tensor[] InTurn(this ISweptCell cell, Tensor[] given, Tensor[] start)
    {
        Tensor[][] steps = [.. given[0].split(1, 1).Select(x => start = cell.Next([x, .. given[1..]], start))]; // T × [B, 1, …]
        return [.. cell.Bounds.Select((_, state) => cat([.. steps.Select(step => step[state])], 1))];
    }

    /// <summary>The states before the first step, each [B, 1, H]: those carried, or zeros.</summary>
    public static Tensor[] Start(this ISweptCell cell, Tensor[] given, string[] names, TorchPass pass)
    {
        Tensor zero = cell.Zeros(given, 1);
        return Array.ConvertAll(names, name => pass.State?.Take(name)?.transpose(0, 1) ?? zero); // [1, B, H] → [B, 1, H]
    }

    /// <summary>Stores the states after the last step, each [B, 1, H], as those to carry.</summary>
    public static void Put(Tensor[] last, string[] names, TorchPass pass)
    {
        for (int i = 0; i < names.Length; i++)
            pass.State?.Put(names[i], last[i].transpose(0, 1)); // [B, 1, H] → [1, B, H]
    }

    /// <summary>Zeros as a state of some steps, [B, steps, H], without memory of their own.</summary>
    public static Tensor Zeros(this ISweptCell cell, Tensor[] given, long steps)
    {
        Tensor x = given[0];
        return zeros([1, 1, 1], x.dtype, x.device).expand(x.shape[0], steps, x.shape[2] / cell.Gates);
    }

    /// <summary>The states before each step: those after the step before it, and first the start, zeros if it is null.</summary>
    public static Tensor[] Before(Tensor[] states, Tensor[]? start = null) => [.. states.Select((state, i) =>
    {
        Tensor all = state.narrow(1, 0, state.shape[1] - 1);
        return start is null ? nn.functional.pad(all, [0, 0, 1, 0]) : cat([start[i], all], 1);
    })];

    /// <summary>The gradients by the states after each step, from those by the states before each step.</summary>
    public static Tensor[] Later(Tensor[] gradients) =>
        Array.ConvertAll(gradients, gradient => nn.functional.pad(gradient.narrow(1, 1, gradient.shape[1] - 1), [0, 0, 0, 1]));
}
