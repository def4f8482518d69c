using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Torch;

[TestClass]
[DoNotParallelize]
public sealed class TorchWorkersTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    [DataRow(8)]
    public void Every_part_runs_once(int most)
    {
        using var cores = new Cores(8);
        int[] runs = new int[100];
        TorchWorkers.Run(runs.Length, most, i => Interlocked.Increment(ref runs[i]));

        CollectionAssert.AreEqual(Enumerable.Repeat(1, runs.Length).ToArray(), runs);
    }

    [TestMethod]
    public void As_many_parts_run_at_once_as_cores_are_free()
    {
        using var cores = new Cores(4);
        using IDisposable other = TorchWorkers.Occupy(), own = TorchWorkers.Occupy();
        int running = 0, largest = 0;
        Lock gate = new();
        // All wait until three have come, which are the free cores and this one; a fourth would be counted.
        using var three = new CountdownEvent(3);
        TorchWorkers.Run(12, most: 8, i =>
        {
            lock (gate)
                largest = Math.Max(largest, ++running);
            if (!three.IsSet)
                three.Signal();
            Assert.IsTrue(three.Wait(TimeSpan.FromSeconds(30)));
            lock (gate)
                running--;
        });

        Assert.AreEqual(3, largest);
    }

    [TestMethod]
    public void The_failure_of_a_part_reaches_the_caller_and_the_cores_are_free_again()
    {
        using var cores = new Cores(2);
        using IDisposable own = TorchWorkers.Occupy();
        for (int i = 0; i < 5; i++)
            Assert.ThrowsExactly<InvalidOperationException>(() => TorchWorkers.Run(4, 2, _ => throw new InvalidOperationException()));
        using var both = new CountdownEvent(2);
        TorchWorkers.Run(2, 2, _ =>
        {
            both.Signal();
            Assert.IsTrue(both.Wait(TimeSpan.FromSeconds(30)));
        });
    }

    /// <summary>Another number of cores for a test.</summary>
    internal sealed class Cores : IDisposable
    {
        private readonly int _before = TorchWorkers.Cores;

        public Cores(int count) => TorchWorkers.Cores = count;

        public void Dispose() => TorchWorkers.Cores = _before;
    }
}
