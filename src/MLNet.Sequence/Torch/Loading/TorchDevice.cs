using TorchSharp;

namespace MLNet.Sequence.Torch;

/// <summary>The device on which tensors are created.</summary>
internal static class TorchDevice
{
    /// <summary>The CPU if <paramref name="gpuDeviceId"/> is null, else that CUDA device.</summary>
    /// <param name="gpuDeviceId">The number of the CUDA device, from 0; null for the CPU.</param>
    /// <param name="fallbackToCpu">Whether to use the CPU if the device does not exist.</param>
    /// <param name="warning">The warning if the CPU is used instead; else null.</param>
    /// <exception cref="InvalidOperationException">The device does not exist and the CPU may not be used instead.</exception>
    /// <exception cref="TorchLoadException">libtorch cannot be loaded.</exception>
    public static torch.Device Resolve(int? gpuDeviceId, bool fallbackToCpu, out string? warning)
    {
        TorchRuntime.EnsureLoaded();
        warning = null;
        if (gpuDeviceId is not { } id)
            return new torch.Device(DeviceType.CPU);
        var count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        if (id >= 0 && id < count)
            return new torch.Device(DeviceType.CUDA, id);

        var problem = $"GpuDeviceId {id} asks for the CUDA device {id}, but {Found(count)}.";
        if (!fallbackToCpu)
        {
            throw new InvalidOperationException(
                $"{problem} Set MLContext.GpuDeviceId to null to use the CPU, or FallbackToCpu to true.");
        }
        warning = $"{problem} The CPU is used instead.";
        return new torch.Device(DeviceType.CPU);
    }

    private static string Found(int count) => count switch
    {
        0 => "libtorch finds no CUDA device (a build for CUDA, such as TorchSharp-cuda-linux or TorchSharp-cuda-windows, and NVIDIA's driver are needed)",
        1 => "there is only device 0",
        _ => $"there are only devices 0 to {count - 1}",
    };
}
