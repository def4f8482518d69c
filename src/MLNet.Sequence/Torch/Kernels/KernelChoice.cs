using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>Chooses between our own kernels and libtorch's. The choice depends only on shapes, so that training always gives the same bits.</summary>
internal static class KernelChoice
{
    // The kernels read each tensor as a single span of bytes.
    private const long MostValues = int.MaxValue / sizeof(float);

    // With more weights in a tap of a convolution, those of a panel leave the cache (docs/performance-tables.md).
    private const long MostWeightsOfTap = 1 << 15;

    /// <summary>Our own kernels; null: libtorch's.</summary>
    /// <param name="weights">The layer's weights.</param>
    /// <param name="input">[B, T, C].</param>
    /// <param name="pass">The pass of the layer.</param>
    public static RecurrentCall? Of<TKernel>(RecurrentWeights weights, Tensor input, TorchPass pass) where TKernel : struct, IRecurrentKernel
    {
        if (!Takes(input, pass) || !is_grad_enabled())
            return null;
        (long rows, long steps, long width) = (input.shape[0], input.shape[1], weights.Recurrent.shape[0] + weights.Units + 1 + weights.Inputs);
        bool fits = (steps + 2) * rows * (width + RecurrentRun.Multiple) <= MostValues;
        return fits && (pass.Kernels == TrainingKernels.Managed || steps >= TKernel.FewestSteps)
            ? (part, start) => RecurrentFunction<TKernel>.Run(weights, part, start)
            : null;
    }

    /// <summary>Whether a scan runs in our own kernels: those for all measured shapes are faster.</summary>
    /// <param name="terms">What it reads, of which its states are no larger part.</param>
    /// <param name="pass">The pass of the layer.</param>
    public static bool OfScan(Tensor terms, TorchPass pass) => Takes(terms, pass) && pass.MatrixType is null && terms.numel() <= MostValues;

    /// <summary>Whether a convolution runs in our own kernels.</summary>
    /// <param name="input">[B, T, C].</param>
    /// <param name="shape">Its sizes.</param>
    /// <param name="pass">The pass of the layer.</param>
    public static bool OfConvolution(Tensor input, ConvShape shape, TorchPass pass) => Takes(input, pass) && pass.MatrixType is null
        && shape.Largest() <= MostValues
        && (pass.Kernels == TrainingKernels.Managed || (long)shape.Channels * shape.Filters <= MostWeightsOfTap);

    private static bool Takes(Tensor input, TorchPass pass) =>
        pass.Kernels != TrainingKernels.Libtorch && input.device_type == DeviceType.CPU && input.dtype == ScalarType.Float32;
}
