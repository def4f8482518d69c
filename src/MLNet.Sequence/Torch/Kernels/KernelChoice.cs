using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>Whether a recurrent layer runs in kernels of ours: a function of shapes alone, so that training repeats to the last bit.</summary>
internal static class KernelChoice
{
    /// <summary>Our kernels; null where libtorch's run.</summary>
    /// <param name="weights">The layer's weights.</param>
    /// <param name="input">[B, T, C].</param>
    /// <param name="pass">The pass of the layer.</param>
    public static RecurrentCall? Of<TKernel>(RecurrentWeights weights, Tensor input, TorchPass pass) where TKernel : struct, IRecurrentKernel
    {
        if (pass.Kernels == RecurrentKernels.Libtorch || !is_grad_enabled() || input.device_type != DeviceType.CPU || input.dtype != ScalarType.Float32)
            return null;
        (long rows, long steps, long width) = (input.shape[0], input.shape[1], weights.Recurrent.shape[0] + weights.Units + 1 + weights.Inputs);
        // A tensor's memory is one span of bytes.
        bool fits = (steps + 2) * rows * (width + RecurrentRun.Multiple) <= int.MaxValue / sizeof(float);
        return fits && (pass.Kernels == RecurrentKernels.Managed || TKernel.IsFaster(rows, steps, weights.Units))
            ? (part, start) => RecurrentFunction<TKernel>.Run(weights, part, start)
            : null;
    }
}
