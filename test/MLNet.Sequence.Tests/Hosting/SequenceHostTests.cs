using System.Reflection;
using Microsoft.ML;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Tests.Hosting;

[TestClass]
public sealed class SequenceHostTests
{
    private readonly MLContext _ml = new(seed: 7);

    [TestMethod]
    public void The_device_is_read_when_it_is_needed_not_when_the_component_is_made()
    {
        var host = new SequenceHost(_ml, "Test");
        Assert.IsNull(host.GpuDeviceId);

        _ml.GpuDeviceId = 3;
        _ml.FallbackToCpu = true;

        Assert.AreEqual(3, host.GpuDeviceId);
        Assert.IsTrue(host.FallbackToCpu);
        Assert.AreEqual(3, new SequenceHost(SequenceHost.EnvironmentOf(_ml.Forecasting.Trainers), "Test").GpuDeviceId);
    }

    [TestMethod]
    public void A_seeded_context_gives_the_same_seeds_in_every_run_and_different_ones_to_each_component()
    {
        int[] Draw(MLContext ml) => [new SequenceHost(ml, "A").NextSeed(), new SequenceHost(ml, "B").NextSeed()];

        int[] seeds = Draw(_ml);

        CollectionAssert.AreEqual(seeds, Draw(new MLContext(seed: 7)));
        CollectionAssert.AreNotEqual(seeds, Draw(new MLContext(seed: 8)));
        Assert.AreNotEqual(seeds[0], seeds[1]);
        Assert.AreEqual(7, new SequenceHost(_ml, "A").Seed);
        Assert.IsNull(new SequenceHost(new MLContext(), "A").Seed);
    }

    [TestMethod]
    public void Lines_reach_the_contexts_log_with_braces_unharmed()
    {
        List<string> lines = [];
        _ml.Log += (_, entry) => lines.Add(entry.Message);

        using (HostChannel channel = new SequenceHost(_ml, "Forecaster").Start("Training"))
        {
            channel.SetProgressHeader(["Loss"], "epochs");
            channel.Report(1, 10, 0.5);
            channel.Info("epoch {1}");
            channel.Warning("slow");
        }

        CollectionAssert.AreEqual(
            new[]
            {
                "[Source=Forecaster; Training, Kind=Info] epoch {1}",
                "[Source=Forecaster; Training, Kind=Warning] slow",
            },
            lines.Where(line => !line.Contains("Kind=Trace")).ToArray());
    }

    [TestMethod]
    public async Task Cancelling_the_context_cancels_the_linked_token()
    {
        var host = new SequenceHost(_ml, "Test");
        using HostCancellation cancellation = host.LinkCancellation();
        var cancelled = new TaskCompletionSource();
        await using CancellationTokenRegistration registration = cancellation.Token.Register(cancelled.SetResult);
        host.ThrowIfCanceled();

        typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(_ml, null);

        await cancelled.Task.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.IsTrue(host.IsCanceled);
        Assert.ThrowsExactly<OperationCanceledException>(host.ThrowIfCanceled);
    }

    [TestMethod]
    public void The_users_token_cancels_the_linked_token()
    {
        using var user = new CancellationTokenSource();
        using HostCancellation cancellation = new SequenceHost(_ml, "Test").LinkCancellation(user.Token);
        Assert.IsFalse(cancellation.Token.IsCancellationRequested);

        user.Cancel();

        Assert.IsTrue(cancellation.Token.IsCancellationRequested);
    }

    [TestMethod]
    public void A_missing_column_is_named_with_its_nearest_names()
    {
        Exception error = new SequenceHost(_ml, "Test").MissingColumn("target", "OP", ["date", "HUFL", "OT", "LULL"]);

        Assert.IsInstanceOfType<ArgumentOutOfRangeException>(error);
        StringAssert.StartsWith(error.Message,
            "Could not find target column 'OP'. The nearest names in the data: 'OT', 'HUFL', 'LULL', 'date'.");
    }

    [TestMethod]
    public void A_wrong_type_is_reported_in_the_wording_of_MLNet()
    {
        Exception error = new SequenceHost(_ml, "Test").Mismatch("target", "OT", "Single", "String");

        Assert.IsInstanceOfType<ArgumentOutOfRangeException>(error);
        StringAssert.StartsWith(error.Message, "Schema mismatch for target column 'OT': expected Single, got String");
    }
}
