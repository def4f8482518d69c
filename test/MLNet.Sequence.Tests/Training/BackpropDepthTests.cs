using Microsoft.ML;
using MLNet.Sequence.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Truncated back-propagation whose gradients flow back over another number of steps than a chunk has, against detached graphs by hand.</summary>
[TestClass]
public sealed class BackpropDepthTests
{
    private const int Features = 2, Units = 3, Steps = 10;

    private static readonly Sequential Tree = new(new RnnLayer(Units), new Dense(Features));

    private readonly MLContext _ml = new(seed: 1);

    [ClassInitialize]
    public static void Load(TestContext _) => TorchRuntime.EnsureLoaded();

    [TestMethod]
    [DataRow(3, 3)]
    [DataRow(3, 4)]
    [DataRow(3, 5)]
    [DataRow(3, 6)]
    [DataRow(2, 7)]
    [DataRow(4, 100)]
    public void The_weights_are_those_of_a_detached_graph_by_hand(int chunk, int depth)
    {
        float[] trained = Train(chunk, depth), expected = ByHand(chunk, depth);
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], trained[i], 1e-5);
    }

    [TestMethod]
    public void The_steps_of_a_chunk_are_the_default_bit_for_bit()
    {
        CollectionAssert.AreEqual(Train(3, null), Train(3, 3));
        CollectionAssert.AreNotEqual(Train(3, null), Train(3, 5));
    }

    [TestMethod]
    [DataRow(3, 3)]
    [DataRow(3, 5)]
    [DataRow(2, 3)]
    [DataRow(8, 8)]
    public void Gradients_of_rows_are_cut_between_their_parts(int part, int depth)
    {
        using var scope = NewDisposeScope();
        Tensor input = Random(5, 2, 8, Features), slopes = Random(6, 2, 8, Units), lengths = tensor(new long[] { 8, 5 });
        using var network = new TorchNetwork(new CutGradients(new RnnLayer(Units), part, depth), Features, CPU, Drawn(new RnnLayer(Units), "inner."));
        Tensor mask = HeldNumbers.Arange(8, CPU).unsqueeze(0).lt(lengths.unsqueeze(1)).unsqueeze(2).to_type(ScalarType.Float32);
        network.Forward(input, new TorchPass { Lengths = lengths }).mul(slopes).mul(mask).sum().backward();
        Tensor[] weights = [.. Drawn(new RnnLayer(Units), "").Select(Leaf)];
        Tensor[] states = [zeros(2, Units)];
        for (int step = 0; step < 8; step++)
            states = [.. states, Next(weights, input.select(1, step), states[^1])];
        for (int first = 0; first < 8; first += part)
        {
            int begin = Math.Max(0, first - (depth - part)), end = Math.Min(8, first + part);
            Tensor state = states[begin].detach();
            for (int step = begin; step < end; step++)
            {
                state = Next(weights, input.select(1, step), state);
                if (step >= first)
                    state.mul(slopes.select(1, step)).mul(mask.select(1, step)).sum().backward(retain_graph: true);
            }
        }

        float[] expected = [.. weights.SelectMany(weight => weight.grad!.data<float>().ToArray())];
        float[] found = [.. Drawn(new RnnLayer(Units), "inner.")
            .SelectMany(weight => network.Parameters[weight.Name].grad!.contiguous().data<float>().ToArray())];
        Assert.HasCount(expected.Length, found);
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], found[i], 1e-5);
    }

    [TestMethod]
    public void A_regression_on_rows_is_trained_with_it()
    {
        int[] whole = Regression(new TrainingOptions()), part = Regression(new TrainingOptions { BackpropSteps = 2 }),
            deep = Regression(new TrainingOptions { BackpropSteps = 2, BackpropDepth = 3 });
        CollectionAssert.AreEqual(whole, Regression(new TrainingOptions { BackpropSteps = 6 }));
        CollectionAssert.AreEqual(whole, Regression(new TrainingOptions { BackpropSteps = 4, BackpropDepth = 8 }));
        CollectionAssert.AreNotEqual(whole, part);
        CollectionAssert.AreNotEqual(part, deep);
        CollectionAssert.AreNotEqual(whole, deep);
    }

    [TestMethod]
    public void What_cannot_be_is_refused()
    {
        CollectionAssert.AreEqual(
            new[] { "Training.BackpropDepth needs BackpropSteps, the steps between two updates; found 4 without." },
            new TrainingOptions { BackpropDepth = 4 }.Problems().ToArray());
        CollectionAssert.AreEqual(
            new[] { "Training.BackpropDepth must be at least BackpropSteps, which is 5: every loss has a gradient; found 4." },
            new TrainingOptions { BackpropSteps = 5, BackpropDepth = 4 }.Problems().ToArray());
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => _ml.Regression.Trainers.Sequence(
                new Tcn(), new SequenceOptions { Training = new TrainingOptions { BackpropSteps = 4 } })).Message,
            "Training.BackpropSteps needs an architecture that knows earlier steps only by its recurrent state, since rows are cut; found Tcn.");
        var deep = new TrainingOptions { BackpropSteps = 4, BackpropDepth = 5 };
        foreach (Action create in new Action[]
        {
            () => _ml.Sequence.Trainers.NextStep(new Tcn(), new NextStepOptions { Kind = StepKind.Real, Training = deep }),
            () => _ml.MulticlassClassification.Trainers.SequenceTagger(new Tcn(), new SequenceTaggerOptions { Training = deep }),
        })
        {
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(create).Message,
                "Training.BackpropDepth needs an architecture that knows earlier steps only by its recurrent state, since gradients flow through it into the "
                    + "chunks before; found 5 with Tcn.");
        }

        _ml.Sequence.Trainers.NextStep(new Lstm(), new NextStepOptions { Kind = StepKind.Real, Training = deep });
        // Too large to be built: the problem is named before.
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => _ml.Regression.Trainers.Sequence(
            new Tcn { Levels = 2_000_000_000 }, new SequenceOptions { Training = deep })).Message, "Tcn.A KernelSize of 3 over 2000000000 Levels");
    }

    [TestMethod]
    public void References_on_rows_need_no_chunks()
    {
        var training = new TrainingOptions { BackpropSteps = 2, BackpropDepth = 3, Epochs = 1, Seed = 1 };
        IDataView rows = Rows();
        var options = new SequenceOptions { Training = training };
        RecurrenceReport report = _ml.Sequence.Compare(
            rows, Rows(seed: 7), options, [new Rnn { HiddenSize = 2 }, new Gru { HiddenSize = 2 }],
            new CompareOptions { Rounds = 1, TrainOn = false, Memory = new MemoryOptions { Examples = 5 } });
        // The label is the sum of all steps, which the mean of a row shows exactly.
        Assert.IsLessThan(0.01, report.References.Single(reference => reference.Name == new LinearOnStatistics().Name).Error);
        CollectionAssert.AreEqual(
            Forecasts.TinyForecasting.Bits(_ml.Regression.Trainers.Sequence(
                new Ridge(), options with { Training = training with { BackpropSteps = null, BackpropDepth = null } }).Fit(rows).Model),
            Forecasts.TinyForecasting.Bits(_ml.Regression.Trainers.Sequence(new Ridge(), options).Fit(rows).Model));
    }

    private int[] Regression(TrainingOptions training)
    {
        var options = new SequenceOptions { Training = training with { Epochs = 2, Seed = 1, LearningRate = 1e-2 } };
        return Forecasts.TinyForecasting.Bits(_ml.Regression.Trainers.Sequence(new Rnn { HiddenSize = 4 }, options).Fit(Rows()).Model);
    }

    private IDataView Rows(int seed = 3)
    {
        var random = new RandomStream(seed);
        return _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(_ =>
        {
            float[] values = [.. Enumerable.Range(0, 6).Select(_ => (float)random.NextNormal())];
            return new Row { Features = values, Label = values.Sum() };
        }).ToArray());
    }

    private static SequenceSet Sequence()
    {
        var random = new RandomStream(4);
        var set = new SequenceSet(Features);
        set.Add([.. Enumerable.Range(0, Features * (Steps + 1)).Select(_ => (double)(float)random.NextNormal())], 0);
        return set;
    }

    private static float[] Train(int chunk, int? depth)
    {
        var source = new NextStepBatches(Sequence(), [0], new ChannelScaling([0, 0], [1, 1]), ["a", "b"]) { ChunkSteps = chunk };
        var job = new TrainingJob { Training = source, Objective = new NextStepObjective(StepKind.Real), Seed = 1 };
        using var network = new TorchNetwork(Tree, Features, CPU, Drawn(Tree, ""));
        using var trainer = new Trainer(network, job, new TrainingOptions
        {
            Epochs = 1,
            BatchSize = 1,
            BackpropSteps = chunk,
            BackpropDepth = depth,
            Optimizer = new Sgd(),
            LearningRate = 0.5,
            ClipNorm = null,
            Patience = null,
        });
        trainer.Run();
        return [.. network.ReadWeights().SelectMany(weight => weight.Values)];
    }

    // Steps before a chunk are run again with the present weights, from the state that was stored, and only those within the depth have a graph.
    private static float[] ByHand(int chunk, int depth)
    {
        using var scope = NewDisposeScope();
        double[] all = Sequence().Sequence(0);
        Tensor[] steps = [.. all.Chunk(Features).Select(step => tensor(Array.ConvertAll(step, value => (float)value)).unsqueeze(0))];
        Tensor[] weights = [.. Drawn(Tree, "").Select(Leaf)];
        var before = new List<Tensor> { zeros(1, Units) };
        int chunks = (Steps + chunk - 1) / chunk;
        for (int number = 0; number < chunks; number++)
        {
            int first = number * chunk, begin = Math.Max(0, first - (depth - chunk)), end = Math.Min(Steps, first + chunk);
            int known = begin / chunk;
            Tensor state = before[known];
            for (int step = known * chunk; step < begin; step++)
                state = Next(weights, steps[step], state).detach();
            Tensor loss = zeros(1);
            for (int step = begin; step < end; step++)
            {
                state = Next(weights, steps[step], state);
                Tensor output = state.matmul(weights[4].t()).Add(weights[5]);
                if (step >= first)
                    loss = loss.Add((output - steps[step + 1]).Square().mean());
            }

            before.Add(state.detach());
            // Each step counts the same: the average chunk has Steps / chunks of them.
            loss.Mul((double)chunks / Steps).sum().backward();
            using (no_grad())
            {
                foreach (Tensor weight in weights)
                {
                    weight.Add_(weight.grad!.Mul(-0.5));
                    weight.grad!.zero_();
                }
            }
        }

        return [.. weights.SelectMany(weight => weight.data<float>().ToArray())];
    }

    private static Tensor Next(Tensor[] weights, Tensor x, Tensor state) =>
        tanh(x.matmul(weights[0].t()).Add(weights[2]).Add(state.matmul(weights[1].t())).Add(weights[3]));

    private static Weights Drawn(Layer layer, string path)
    {
        var named = new Weights();
        foreach (Weight weight in Initializer.Draw(layer.AllWeights(Features), new RandomStream(3)))
            named.Add(weight with { Name = path + weight.Name });
        return named;
    }

    private static Tensor Leaf(Weight weight) =>
        tensor((float[])[.. weight.Values]).view([.. weight.Shape.Select(size => (long)size)]).requires_grad_(true);

    private static Tensor Random(int seed, params long[] shape)
    {
        var random = new RandomStream(seed);
        return tensor(Enumerable.Range(0, (int)shape.Aggregate((a, b) => a * b)).Select(_ => (float)random.NextNormal()).ToArray()).view(shape);
    }

    private sealed class Row
    {
        public required float[] Features { get; init; }

        public required float Label { get; init; }
    }
}
