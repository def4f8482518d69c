using MLNet.Sequence.Memory;
using static MLNet.Sequence.Tests.Certificates.UntrainedModels;

namespace MLNet.Sequence.Tests.Memory;

[TestClass]
public sealed class ModelTruncationTests
{
    [TestMethod]
    public void A_truncated_model_is_its_model_on_the_last_steps()
    {
        SequenceModel model = Make(new Gru { HiddenSize = 4 }, NextStep(2)), cut = model.Truncate(steps: 6);
        Assert.AreEqual(6, cut.Network.ReceptiveField);
        Assert.AreEqual(new Truncated(model.Architecture, 6), cut.Architecture);
        float[] sequence = Sequence(30, 2, seed: 1);
        CollectionAssert.AreEqual(model.Managed.Run(sequence.AsSpan(24 * 2))[^2..], cut.Managed.Run(sequence)[^2..]);
        Assert.AreEqual(6, cut.Certificate.ReceptiveField);
        Assert.AreEqual(model.InputRange, cut.InputRange);
    }

    [TestMethod]
    public void The_error_of_a_tolerance_is_kept_on_any_data()
    {
        foreach (SequenceTask task in new SequenceTask[] { NextStep(2), Forecasting(WindowNormalization.None, 60),
            Forecasting(WindowNormalization.MeanAndDeviation, 60), Forecasting(WindowNormalization.LastValue, 60) })
        {
            SequenceModel model = Make(new StableRnn { HiddenSize = 5 }, task, Weights);
            const double tolerance = 0.5;
            SequenceModel cut = model.Truncate(tolerance: tolerance);
            int steps = model.Certificate.StepsFor(tolerance)!.Value;
            Assert.IsGreaterThan(3, steps, $"{task}");
            Assert.IsLessThan(60, steps, $"{task}");
            double largest = cut.Architecture is Truncated ? model.MeasureTruncation(steps, Examples(task is NextStep ? 90 : 60)) : 0;
            Assert.IsLessThanOrEqualTo(model.Certificate.ErrorAfter(steps), largest, $"{task}");
            Assert.IsGreaterThan(0, largest, $"{task}");
        }
    }

    [TestMethod]
    public void A_truncated_model_saves_and_loads_and_is_the_same()
    {
        SequenceModel cut = Make(new StableLstm { HiddenSize = 4 }, Forecasting(WindowNormalization.MeanAndDeviation)).Truncate(steps: 5);
        using var stream = new MemoryStream();
        cut.Save(stream);
        stream.Position = 0;
        SequenceModel loaded = SequenceModel.Load(stream);
        float[] history = Sequence(20, 2, seed: 3);
        Assert.AreEqual(cut.Architecture, loaded.Architecture);
        CollectionAssert.AreEqual(cut.Forecast(history), loaded.Forecast(history));
        CollectionAssert.AreEqual(cut.InputRange!.Low.Items, loaded.InputRange!.Low.Items);
    }

    [TestMethod]
    public void A_model_that_reads_no_more_comes_back_as_it_is()
    {
        SequenceModel tcn = Make(new Tcn { Channels = 2, KernelSize = 2, Levels = 2 }, NextStep());
        Assert.AreSame(tcn, tcn.Truncate(steps: 7));
        Assert.AreSame(tcn, tcn.Truncate(tolerance: 1e-3));
        Assert.AreNotSame(tcn, tcn.Truncate(steps: 6));
        SequenceModel forecaster = Make(new Lstm { HiddenSize = 2 }, Forecasting(WindowNormalization.MeanAndDeviation, 9));
        Assert.AreSame(forecaster, forecaster.Truncate(steps: 9));
        Assert.AreNotSame(forecaster, forecaster.Truncate(steps: 8));
    }

    [TestMethod]
    public void Without_a_certificate_a_tolerance_is_refused_with_what_can_be_done()
    {
        SequenceModel model = Make(new Lstm { HiddenSize = 32 }, NextStep());
        string message = Assert.ThrowsExactly<InvalidOperationException>(() => model.Truncate(tolerance: 1e-3)).Message;
        StringAssert.Contains(message, "nothing is proved about its memory: No contraction is proved of LstmLayer 'backbone.0'");
        StringAssert.Contains(message, "Truncate(tolerance, examples) measures");
        Assert.AreEqual(4, model.Truncate(steps: 4).Network.ReceptiveField);
    }

    [TestMethod]
    public void What_is_measured_holds_on_the_examples_and_no_fewer_steps_do()
    {
        SequenceModel model = Make(new Lstm { HiddenSize = 32 }, NextStep(2));
        float[][] examples = Examples(40);
        SequenceModel cut = model.Truncate(0.05, examples);
        int steps = ((Truncated)cut.Architecture).Steps;
        Assert.IsLessThanOrEqualTo(0.05, model.MeasureTruncation(steps, examples));
        Assert.IsGreaterThan(0.05, model.MeasureTruncation(steps - 1, examples));
    }

    [TestMethod]
    public void An_error_is_in_the_units_of_its_series()
    {
        SequenceModel pooled = Make(new StableRnn { HiddenSize = 5 }, Forecasting(WindowNormalization.None, 20), Weights);
        ChannelScaling wide = new([0, 0], [100, 10]);
        var model = new SequenceModel(pooled.Architecture, pooled.Task, pooled.Weights,
            new SeriesScaling(pooled.Scaling.Pooled, [new("wide", wide)]), pooled.Report)
        {
            InputRange = pooled.InputRange,
        };
        float[] history = [.. Sequence(20, 2, seed: 4).Select((value, i) => i % 2 == 0 ? 10 * value : value)];
        double expected = model.Forecast(history, "wide")
            .Zip(model.Truncate(steps: 4).Forecast(history, "wide"), (one, two) => Math.Abs((double)one - two)).Max();
        Assert.AreEqual(expected, model.MeasureTruncation(4, [history], ["wide"]), 1e-6 * expected);
        Assert.IsGreaterThan(0.1, expected);
        Assert.IsLessThanOrEqualTo(model.Certificate.ErrorAfter(4), expected);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.MeasureTruncation(4, [history])).Message, "name the series of each example");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.MeasureTruncation(4, [history], ["wide", "b"])).Message,
            "series of each of 1 examples");
    }

    [TestMethod]
    public void Outside_the_range_of_training_nothing_is_certified()
    {
        // λ is below 1 only for the inputs of training, because larger inputs open a gate further.
        SequenceModel model = Make(new MinGru { HiddenSize = 1, Layers = 1 }, NextStep(), (name, count) => name switch
        {
            "backbone.0.weight" => [1, 1],
            "head.weight" => [1],
            _ => new float[count],
        });
        Assert.IsTrue(model.Certificate.AssumesInputRange);
        var inside = new TruncationError(model, [new MemoryExample([.. Enumerable.Repeat(1f, 30)], [])]);
        var outside = new TruncationError(model,
            [new MemoryExample([.. Enumerable.Repeat(1f, 30)], []), new MemoryExample([50, .. Enumerable.Repeat(-9f, 29)], [])]);
        TruncationReport certified = inside.Truncate(0.5), measured = outside.Truncate(0.5);
        Assert.IsTrue(certified.Certified);
        Assert.IsLessThanOrEqualTo(certified.Bound, certified.LargestError);
        Assert.IsFalse(measured.Certified);
        Assert.AreEqual((2, 1), (measured.Examples, measured.ExamplesOutside));
        Assert.AreEqual(measured.LargestError, measured.Bound);
        Assert.IsLessThanOrEqualTo(0.5, measured.LargestError);
        StringAssert.Contains(measured.ToString(), "measured, not proved. 1 of 2 examples have an input outside the range of the training rows");
    }

    [TestMethod]
    public void Bad_questions_are_refused()
    {
        SequenceModel model = Make(new StableRnn { HiddenSize = 2 }, NextStep(), Weights);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => model.Truncate(steps: 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => model.Truncate(tolerance: 0));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => model.Truncate(-1, Examples(3)));
        Assert.ThrowsExactly<ArgumentException>(() => model.Truncate(0.1, []));
        string message = Assert.ThrowsExactly<ArgumentException>(() => Make(new Gru(), NextStep(2)).MeasureTruncation(2, [[1, 2, 3]])).Message;
        StringAssert.Contains(message, "whole steps of 2 values");
        // λ is almost 1: no practical window has such a small error.
        SequenceModel slow = Make(new Rnn { HiddenSize = 1 }, NextStep(),
            (name, _) => name.EndsWith("hh", StringComparison.Ordinal) && name.Contains("weight") ? [0.99999f] : [0.5f]);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => slow.Truncate(tolerance: 1e-6)).Message,
            "No window of up to 100,000 steps");
    }

    private static float[][] Examples(int steps) => [.. Enumerable.Range(1, 12).Select(seed => Sequence(steps, 2, seed))];

    // In the data's units, ten of which are one of the network's; inside the network's range of ±2.
    private static float[] Sequence(int steps, int features, int seed)
    {
        var random = new RandomStream(seed);
        return [.. Enumerable.Range(0, steps * features).Select(_ => (float)(20 * (2 * random.NextDouble() - 1)))];
    }

    // Singular values well below 1.
    private static float[] Weights(string name, int count) => [.. Enumerable.Range(0, count).Select(i => 0.3f * MathF.Sin(i * i + count))];
}
