using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tests.Training;

[TestClass]
public sealed class SideBySideTests
{
    [TestMethod]
    public void Jobs_run_at_once_and_their_results_come_in_their_order()
    {
        // Each job waits for another one: two jobs at once both continue, one alone does not.
        using var pair = new Barrier(2);
        int[] results = SideBySide.Run([.. Enumerable.Range(0, 6).Select(i => (Func<CancellationToken, int>)(stop =>
        {
            Assert.IsTrue(pair.SignalAndWait(TimeSpan.FromMinutes(1), stop));
            return i;
        }))], atOnce: 2, CancellationToken.None);
        CollectionAssert.AreEqual(Enumerable.Range(0, 6).ToArray(), results);
    }

    [TestMethod]
    public void No_more_run_at_once_than_requested()
    {
        (int running, int most) = (0, 0);
        SideBySide.Run([.. Enumerable.Range(0, 8).Select(_ => (Func<CancellationToken, int>)(_ =>
        {
            most = Math.Max(most, Interlocked.Increment(ref running));
            Thread.Yield();
            return Interlocked.Decrement(ref running);
        }))], atOnce: 1, CancellationToken.None);
        Assert.AreEqual(1, most);
    }

    [TestMethod]
    public void The_failure_of_one_stops_the_others_and_is_thrown()
    {
        int begun = 0;
        Func<CancellationToken, int> fails = _ => throw new InvalidOperationException("diverged");
        Func<CancellationToken, int> waits = stop =>
        {
            begun++;
            Assert.IsTrue(stop.WaitHandle.WaitOne(TimeSpan.FromMinutes(1)));
            stop.ThrowIfCancellationRequested();
            return 0;
        };
        InvalidOperationException failure = Assert.ThrowsExactly<InvalidOperationException>(
            () => SideBySide.Run([waits, fails, waits, waits], atOnce: 2, CancellationToken.None));
        Assert.AreEqual("diverged", failure.Message);
        Assert.AreEqual(1, begun);
    }

    [TestMethod]
    public void Cancellation_is_that_of_the_caller()
    {
        using var cancel = new CancellationTokenSource();
        Func<CancellationToken, int> job = stop =>
        {
            cancel.Cancel();
            stop.ThrowIfCancellationRequested();
            return 0;
        };
        OperationCanceledException canceled = Assert.ThrowsExactly<OperationCanceledException>(() => SideBySide.Run([job], atOnce: 1, cancel.Token));
        Assert.AreEqual(cancel.Token, canceled.CancellationToken);
    }

    [TestMethod]
    public void After_the_first_refused_job_none_starts_and_the_running_ones_end()
    {
        var asked = new List<int>();
        bool Begins(int job)
        {
            asked.Add(job);
            return job != 3;
        }

        string?[] results = SideBySide.Run(
            [.. Enumerable.Range(0, 6).Select(i => (Func<CancellationToken, string?>)(_ => $"{i}"))], atOnce: 2, CancellationToken.None, Begins);
        CollectionAssert.AreEqual(new[] { "0", "1", "2", null, null, null }, results);
        CollectionAssert.AreEqual(new[] { 0, 1, 2, 3 }, asked);
    }
}
