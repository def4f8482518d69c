using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Torch;

[TestClass]
[DoNotParallelize]
public sealed class TorchThreadsTests
{
    [TestMethod]
    public void A_scope_inside_another_gives_the_others_number_back()
    {
        TorchRuntime.EnsureLoaded();
        int before = get_num_threads();
        using (TorchThreads.Use(3))
        {
            using (TorchThreads.Use(1))
                Assert.AreEqual(1, get_num_threads());
            Assert.AreEqual(3, get_num_threads());
        }

        Assert.AreEqual(before, get_num_threads());
    }

    [TestMethod]
    public void A_scope_on_another_thread_leaves_this_ones_number()
    {
        TorchRuntime.EnsureLoaded();
        int before = get_num_threads();
        using (TorchThreads.Use(3))
        {
            int inside = 0, after = 0;
            var other = new Thread(() =>
            {
                using (TorchThreads.Use(1))
                    inside = get_num_threads();
                after = get_num_threads();
            });
            other.Start();
            other.Join();
            Assert.AreEqual((1, before, 3), (inside, after, get_num_threads()));
        }

        Assert.AreEqual(before, get_num_threads());
    }
}
