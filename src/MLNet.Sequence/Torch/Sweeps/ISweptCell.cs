using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// The step of a recurrent layer on TorchSharp, for all steps at once: from the states before each step, whether guessed or known, to the
/// states after it.
/// </summary>
internal interface ISweptCell
{
    /// <summary>The number of its states; the last one is h, the output.</summary>
    int States { get; }

    /// <summary>The states after each step, each [B, T, H].</summary>
    /// <param name="given">The input's part of the gates, [B, T, gates · H], and the recurrent weights.</param>
    /// <param name="before">The states before each step, each [B, T, H].</param>
    Tensor[] Next(Tensor[] given, Tensor[] before);
}

internal static class SweptCells
{
    /// <summary>The states after each step, one step after another; gradients flow through all of them.</summary>
    /// <param name="cell">The cell.</param>
    /// <param name="given">The input's part of the gates, [B, T, gates · H], and the recurrent weights.</param>
    /// <param name="start">The states before the first step, each [B, 1, H].</param>
    public static Tensor[] InTurn(this ISweptCell cell, Tensor[] given, Tensor[] start)
    {
        Tensor[][] steps = [.. given[0].split(1, 1).Select(x => start = cell.Next([x, .. given[1..]], start))]; // T × [B, 1, …]
        return [.. Enumerable.Range(0, cell.States).Select(state => cat([.. steps.Select(step => step[state])], 1))];
    }
}
