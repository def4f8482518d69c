using System.Runtime.InteropServices;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Torch;

[TestClass]
public sealed class TinyNumbersTests
{
    [TestMethod]
    public void Numbers_below_the_smallest_normal_one_are_0_inside_and_as_they_were_outside()
    {
        TorchRuntime.EnsureLoaded();
        bool known = OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;
        Assert.AreNotEqual(0, Product());
        using (TinyNumbers.Flush())
        {
            Assert.AreEqual(known ? 0 : Math.ScaleB(1, -130), Product());
            // A scope inside another leaves it as it is.
            TinyNumbers.Flush().Dispose();
            Assert.AreEqual(known ? 0 : Math.ScaleB(1, -130), Product());
            Assert.AreEqual(Math.ScaleB(1, -126), Product(1));
        }

        Assert.AreEqual(Math.ScaleB(1, -130), Product());
    }

    // 2^−126, the smallest normal float32, times a part of it.
    private static double Product(float part = 1f / 16)
    {
        using var scope = NewDisposeScope();
        return (from_array(new[] { MathF.ScaleB(1, -126) }) * from_array(new[] { part })).item<float>();
    }
}
