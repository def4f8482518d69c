using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>Chooses between our own kernels and libtorch's. The choice depends only on shapes, so that training always gives the same bits.</summary>
internal static class KernelChoice
{
    /// <summary>Our own kernels; null: libtorch's.</summary>
    /// <param name="weights">The layer's weights.</param>
    /// <param name="input">[B, T, C].</param>
    /// <param name="pass">The pass of the layer.</param>
    public static RecurrentCall? Of<TKernel>(RecurrentWeights weights, Tensor input, TorchPass pass) where TKernel : struct, IRecurrentKernel
    {
        if (pass.Kernels == RecurrentKernels.Libtorch || !is_grad_enabled() || input.device_type != DeviceType.CPU || input.dtype != ScalarType.Float32)
            return null;
        (long rows, long steps, long width) = (input.shape[0], input.shape[1], weights.Recurrent.shape[0] + weights.Units + 1 + weights.Inputs);
        // The kernels read each tensor as a single span of bytes.
        bool fits = (steps + 2) * rows * (width + RecurrentRun.Multiple) <= int.MaxValue / sizeof(float);
        return fits && (pass.Kernels == RecurrentKernels.Managed || steps >= TKernel.FewestSteps)
            ? (part, start) => RecurrentFunction<TKernel>.Run(weights, part, start)
            : null;
    }
}
