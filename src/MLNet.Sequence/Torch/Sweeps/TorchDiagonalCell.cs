using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// The common part of ParaGRU and ParaLSTM: on a CPU one pass over all steps in our own kernel, otherwise libtorch's operations step by step.
/// </summary>
internal static class TorchDiagonalCell
{
    /// <param name="cell">The cell on libtorch.</param>
    /// <param name="given">The input's part of the gates, [B, T, 3 · H], and the factors of the states.</param>
    /// <param name="path">The path of the layer's states, whose names follow it.</param>
    /// <param name="pass">The pass, with the carried states.</param>
    public static Tensor Run<TCell>(ISweptCell cell, Tensor[] given, Func<string, string> path, TorchPass pass) where TCell : struct, IDiagonalCell
    {
        string[] names = TCell.States == 1 ? [path("h")] : [path("c"), path("h")];
        Tensor zero = zeros([given[0].shape[0], 1, given[0].shape[2] / 3], given[0].dtype, given[0].device);
        Tensor[] start = Array.ConvertAll(names, name => pass.State?.Take(name) ?? zero), last;
        Tensor output;
        if (KernelChoice.OfScan(given[0], pass))
        {
            (output, Tensor states) = DiagonalFunction<TCell>.Run(given[0], cat(given[1..], 0), cat(start, 2));
            last = states.chunk(TCell.States, 2);
        }
        else
        {
            Tensor[] states = cell.InTurn(given, start);
            output = states[^1];
            last = Array.ConvertAll(states, state => state.narrow(1, state.shape[1] - 1, 1));
        }

        for (int i = 0; i < names.Length; i++)
            pass.State?.Put(names[i], last[i]);
        return output;
    }
}
