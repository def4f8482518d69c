using MLNet.Sequence.Torch;
using TorchSharp;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>The device on which layers and architectures are tested: the CPU, unless MLNET_SEQUENCE_TEST_DEVICE is "cuda".</summary>
internal static class TestDevice
{
    private static readonly Lazy<torch.Device> Chosen = new(Resolve);

    private static bool IsCuda => Environment.GetEnvironmentVariable("MLNET_SEQUENCE_TEST_DEVICE") == "cuda";

    public static torch.Device Current => Chosen.Value;

    /// <summary>The smallest tolerance of comparisons: 1e-3 on a GPU, whose kernels sum in a different order; 0 on the CPU.</summary>
    public static double Tolerance => IsCuda ? 1e-3 : 0;

    private static torch.Device Resolve()
    {
        torch.Device device = TorchDevice.Resolve(IsCuda ? 0 : null, fallbackToCpu: false, out _);
        // A fraction of ten bits is too coarse for 1e-3.
        if (IsCuda)
            torch.backends.cuda.matmul.allow_tf32 = torch.backends.cudnn.allow_tf32 = false;
        return device;
    }
}
