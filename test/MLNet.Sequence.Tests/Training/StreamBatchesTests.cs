using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Compares series that are read step by step in chunks with the windows of the same forecasts.</summary>
[TestClass]
public sealed class StreamBatchesTests
{
    private const int Context = 3, Horizon = 2;

    private static readonly Forecasting Task = new()
    {
        Targets = [new ChannelColumn("x", ["x"])],
        Inputs = [new ChannelColumn("u", ["u"])],
        Context = Context,
        Horizon = Horizon,
        Normalization = WindowNormalization.None,
        CarriesState = true,
    };

    [ClassInitialize]
    public static void Load(TestContext _) => TorchRuntime.EnsureLoaded();

    [TestMethod]
    [DataRow(1, 1)]
    [DataRow(4, 1)]
    [DataRow(4, 6)]
    [DataRow(1000, 32)]
    public void Every_window_is_evaluated_once_with_the_steps_after_it_and_at_least_its_context_before(int chunk, int streams)
    {
        (Windows windows, StreamBatches batches) = Batches(chunk, streams, lengths: [400, 9, 5]);
        var asked = new HashSet<(float Series, float Origin)>();
        double weight = 0;
        using var scope = NewDisposeScope();
        foreach (long[] examples in batches.Order(4, seed: 3))
        {
            Batch batch = batches.Load(examples, CPU);
            weight += batch.Weight;
            for (int row = 0; row < examples.Length; row++)
                Look(batch, row, asked);
        }

        Assert.AreEqual(windows.Count, asked.Count);
        Assert.AreEqual((double)windows.Count, weight);
        Assert.AreEqual(weight, batches.Weight);
        Assert.AreEqual(batches.Order(4, seed: 3).LongCount(), batches.CountBatches(4, seed: 3));
    }

    [TestMethod]
    public void A_long_series_is_cut_into_as_many_parts_as_a_batch_has_rows_and_a_short_one_is_not()
    {
        Assert.AreEqual(8, Batches(4, streams: 8, lengths: [400]).Batches.Count);
        // A part has at least sixteen contexts.
        Assert.AreEqual(8, Batches(4, streams: 32, lengths: [400]).Batches.Count);
        // And four chunks.
        Assert.AreEqual(3, Batches(30, streams: 32, lengths: [400]).Batches.Count);
        Assert.AreEqual(2 + 1, Batches(4, streams: 4, lengths: [400, 40]).Batches.Count);
        Assert.AreEqual(3, Batches(4, streams: 0, lengths: [400, 9, 5]).Batches.Count);
    }

    [TestMethod]
    public void One_chunk_has_the_gradient_of_every_forecast_run_from_the_first_step()
    {
        (Windows windows, StreamBatches batches) = Batches(chunk: 1000, streams: 1, lengths: [21]);
        Layer backbone = new Lstm { HiddenSize = 4 }.Build(Context);
        NetworkPlan trained = Task.BuildTrained(backbone), whole = Task.BuildNetwork(backbone);
        using TorchNetwork streamed = Network(trained), alone = Network(whole);
        using var scope = NewDisposeScope();
        using var step = new GivenStep(streamed, new ForecastingObjective(), new TrainingOptions(), carriesState: true);
        Batch all = batches.Load([0], CPU);
        double loss = step.Accumulate(all, 1, 0);

        // Channel x is the number of the step and u the number of the series.
        Tensor series = stack([HeldNumbers.Arange(21, CPU, ScalarType.Float32), zeros(21)], 1).unsqueeze(0), sum = zeros(1);
        for (long i = 0; i < windows.Count; i++)
        {
            long origin = windows[i].Origin;
            Tensor expected = series.narrow(1, origin + 1, Horizon).select(2, 0); // [1, H, C] → [1, H]
            sum = sum.Add((alone.Forward(series.narrow(1, 0, origin + 1), TorchPass.Scoring) - expected).Square().mean());
        }

        sum.Div(windows.Count).backward();
        Assert.AreEqual(sum.item<float>() / windows.Count, loss, 1e-5 * loss);
        float[] found = streamed.Parameters.Gradients.data<float>().ToArray(), one = alone.Parameters.Gradients.data<float>().ToArray();
        float largest = one.Max(Math.Abs);
        Assert.IsGreaterThan(1e-3f, largest);
        for (int i = 0; i < one.Length; i++)
            Assert.AreEqual(one[i], found[i], 1e-5f * largest);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(5)]
    public void Chunks_with_carried_state_have_the_loss_of_one(int chunk)
    {
        TrainingOptions still = new() { Epochs = 1, BatchSize = 2, Optimizer = new Sgd(), LearningRate = 1e-30 };
        double Loss(int steps)
        {
            StreamBatches batches = Batches(steps, streams: 2, lengths: [60, 41, 9]).Batches;
            using TorchNetwork network = Network(Task.BuildTrained(new Gru { HiddenSize = 4 }.Build(Context)));
            using var trainer = new Trainer(
                network, new TrainingJob
                {
                    Training = batches,
                    Validation = batches,
                    Objective = new ForecastingObjective(),
                    Seed = 1,
                }, still);
            EpochReport epoch = trainer.Run().Epochs[0];
            Assert.AreEqual(epoch.Loss, epoch.ValidationLoss!.Value, 1e-6 * epoch.Loss);
            return epoch.Loss;
        }

        double whole = Loss(1000);
        Assert.AreEqual(whole, Loss(chunk), 1e-6 * whole);
    }

    // Channel x is the number of the step and u the number of the series, without standardisation.
    private static void Look(Batch batch, int row, HashSet<(float Series, float Origin)> asked)
    {
        int steps = (int)(batch.Lengths is null ? batch.Input.shape[1] : batch.Lengths[row].item<long>());
        for (int step = 0; step < batch.Input.shape[1]; step++)
        {
            float[] target = batch.Target[row, step].data<float>().ToArray();
            if (float.IsNaN(target[0]))
                continue;
            Assert.IsLessThan(steps, step);
            float origin = batch.Input[row, step, 0].item<float>(), series = batch.Input[row, step, 1].item<float>();
            CollectionAssert.AreEqual(new[] { origin + 1, origin + 2 }, target);
            Assert.IsTrue(asked.Add((series, origin)));
            // In the first chunk of a part its context comes before the first forecast.
            Assert.IsTrue(batch.Continues || step >= Context - 1);
        }
    }

    private static (Windows Windows, StreamBatches Batches) Batches(int chunk, int streams, int[] lengths)
    {
        var set = new SeriesSet(["x", "u"]);
        for (int series = 0; series < lengths.Length; series++)
        {
            for (int step = 0; step < lengths[series]; step++)
                set.Add($"{series}", [(float)step, series]);
        }

        var windows = Windows.Over(set, new WindowShape(Context, Horizon));
        ChannelScaling same = ChannelScaling.None(2);
        var scaling = new SeriesScaling(same, lengths.Select((_, series) => KeyValuePair.Create($"{series}", same)));
        return (windows, new StreamBatches(windows, Task, scaling) { ChunkSteps = chunk, Streams = streams });
    }

    private static TorchNetwork Network(NetworkPlan plan) => new(plan, CPU, Initializer.Draw(plan.AllWeights(), new RandomStream(3)));
}
