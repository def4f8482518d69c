using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// The common part of ParaGRU and ParaLSTM: on a CPU one pass over all steps in our own kernel. On a CUDA device training uses Newton's method
/// for long sequences. Otherwise libtorch's operations run step by step.
/// </summary>
internal static class TorchDiagonalCell
{
    // A step takes about twelve launches, an iteration of Newton's method a few hundred for any number of steps.
    private const int FewestNewtonSteps = 256;

    /// <param name="cell">The cell on libtorch.</param>
    /// <param name="given">The input's part of the gates, [B, T, 3 · H], and the factors of the states.</param>
    /// <param name="names">The names of the carried states.</param>
    /// <param name="pass">The pass, with the carried states.</param>
    public static Tensor Run<TCell>(ISweptCell cell, Tensor[] given, string[] names, TorchPass pass) where TCell : struct, IDiagonalCell
    {
        if (cell.AllAtOnce(() => given, names, pass) is { } all)
            return all;
        if (KernelChoice.OfScan(given[0], pass))
        {
            (Tensor output, Tensor last) = DiagonalFunction<TCell>.Run(given[0], cat(given[1..], 0), cat(cell.Start(given, names, pass), 2));
            SweptCells.Put(last.chunk(TCell.States, 2), names, pass);
            return output;
        }

        bool many = given[0].device_type == DeviceType.CUDA && given[0].shape[1] >= FewestNewtonSteps;
        return many && pass.Newton is { IsAsked: false } newton && cell.ByNewton(given, names, pass, newton) is { } solved
            ? solved
            : cell.StepByStep(given, names, pass);
    }
}
