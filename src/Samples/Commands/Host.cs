using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Samples.Commands.Options;
using TorchSharp;

namespace MLNet.Sequence.Samples.Commands;

/// <summary>Makes the MLContext of a command, on the device that the user chose. Warnings of the library are shown.</summary>
internal static class Host
{
    public static MLContext Create(Terminal terminal, TrainingPlan plan) => Create(terminal, plan.Seed, plan.Gpu);

    /// <summary>The context with this seed and device.</summary>
    public static MLContext Create(Terminal terminal, int seed, int? gpu)
    {
        var ml = new MLContext(seed) { GpuDeviceId = gpu, FallbackToCpu = false };
        ml.Log += (_, message) =>
        {
            if (message.Kind == ChannelMessageKind.Warning)
                terminal.Warn(message.RawMessage);
        };
        return ml;
    }

    /// <summary>The CUDA device of --gpu; null: the CPU. A missing device is refused before anything is read.</summary>
    public static int? Device(int? gpu)
    {
        if (gpu is not { } number)
            return null;
        try
        {
            TorchRuntime.EnsureLoaded();
        }
        catch (TorchLoadException absent)
        {
            throw new UserError($"--gpu {number}: {absent.Message}", absent);
        }

        int count = torch.cuda.is_available() ? torch.cuda.device_count() : 0;
        if (number < count)
            return number;
        string found = count == 0
            ? "libtorch finds no CUDA device here; --gpu needs a program built with -p:TorchBackend=cuda, or a libtorch for CUDA, and NVIDIA's driver"
            : $"there are CUDA devices 0 to {count - 1} here";
        throw new UserError($"--gpu {number}: {found}. Leave --gpu out for the CPU.");
    }
}
