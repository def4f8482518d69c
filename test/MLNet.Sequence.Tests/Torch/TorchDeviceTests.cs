using MLNet.Sequence.Torch;
using TorchSharp;

namespace MLNet.Sequence.Tests.Torch;

[TestClass]
public sealed class TorchDeviceTests
{
    // No machine has a device of this number, with a GPU or without.
    private const int Absent = 4711;

    [TestMethod]
    public void Without_a_number_the_device_is_the_cpu()
    {
        var device = TorchDevice.Resolve(null, fallbackToCpu: false, out var warning);
        Assert.AreEqual(DeviceType.CPU, device.type);
        Assert.IsNull(warning);
    }

    [TestMethod]
    [DataRow(Absent)]
    [DataRow(-1)]
    public void A_device_that_does_not_exist_is_the_cpu_with_a_warning_that_names_it(int number)
    {
        var device = TorchDevice.Resolve(number, fallbackToCpu: true, out var warning);
        Assert.AreEqual(DeviceType.CPU, device.type);
        Assert.Contains($"CUDA device {number}", warning!);
    }

    [TestMethod]
    public void A_device_that_does_not_exist_is_an_error_if_the_cpu_may_not_be_used()
    {
        var error = Assert.ThrowsExactly<InvalidOperationException>(() => TorchDevice.Resolve(Absent, fallbackToCpu: false, out _));
        Assert.Contains($"CUDA device {Absent}", error.Message);
        Assert.Contains("FallbackToCpu", error.Message);
    }

    [TestMethod]
    public void A_device_that_exists_is_honoured()
    {
        TorchRuntime.EnsureLoaded();
        for (var number = 0; torch.cuda.is_available() && number < torch.cuda.device_count(); number++)
        {
            var device = TorchDevice.Resolve(number, fallbackToCpu: false, out var warning);
            Assert.AreEqual(DeviceType.CUDA, device.type);
            Assert.AreEqual(number, device.index);
            Assert.IsNull(warning);
        }
    }

    [TestMethod]
    public void The_version_that_warnings_name_is_the_one_that_TorchSharp_was_built_for()
    {
        TorchRuntime.EnsureLoaded();
        Assert.AreEqual(NativeNames.LibTorchVersion, torch.NormalizeNuGetVersion(torch.__version__));
        Assert.AreEqual("0.107.0", NativeFolders.TorchSharpVersion());
    }
}
