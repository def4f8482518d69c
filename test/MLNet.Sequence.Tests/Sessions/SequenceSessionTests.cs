using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Calendars;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.NextSteps;
using MLNet.Sequence.Tests.Rows;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Sessions;

/// <summary>Compares sequences that arrive step by step with the same sequences as rows, and tests states that are saved between
/// processes.</summary>
[TestClass]
public sealed class SequenceSessionTests
{
    private static readonly TrainingOptions Brief = new() { Epochs = 1 };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(PoolingKind.LastStep)]
    [DataRow(PoolingKind.Mean)]
    [DataRow(PoolingKind.Max)]
    [DataRow(PoolingKind.Attention)]
    public void Class_probabilities_so_far_are_those_of_the_row_that_ends_there(PoolingKind pooling)
    {
        LabelledSequence[] rows = LabelledSequence.Make(30);
        IDataView data = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(LabelledSequence.View(_ml, rows)).Transform(LabelledSequence.View(_ml, rows));
        using SequencePredictionTransformer model = _ml.MulticlassClassification.Trainers.Sequence(
            new Gru { HiddenSize = 5 }, new SequenceOptions { Pooling = pooling, Features = 1, Training = Brief }).Fit(data);
        float[] sequence = rows[4].Features;
        LabelledSequence[] parts =
            [.. Enumerable.Range(1, sequence.Length).Select(steps => new LabelledSequence { Label = "bump", Features = sequence[..steps] })];
        IDataView keyed = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(LabelledSequence.View(_ml, rows)).Transform(LabelledSequence.View(_ml, parts));
        AssertStreams(model.Model, sequence, TinyForecasting.Column(model.Transform(keyed), "Score"));
    }

    [TestMethod]
    public void Numbers_and_probabilities_of_yes_are_those_of_the_row_that_ends_there()
    {
        LabelledSequence[] rows = LabelledSequence.Make(30, features: 2);
        float[] sequence = rows[5].Features;
        IDataView data = LabelledSequence.View(_ml, rows);
        IDataView parts = LabelledSequence.View(
            _ml, [.. Enumerable.Range(1, sequence.Length / 2).Select(steps => new LabelledSequence { Features = sequence[..(2 * steps)] })]);
        using SequencePredictionTransformer number = _ml.Regression.Trainers.Sequence(
            new Lstm { HiddenSize = 5 }, new SequenceOptions { LabelColumnName = "Number", Features = 2, Training = Brief }).Fit(data);
        AssertStreams(number.Model, sequence, [.. number.Transform(parts).GetColumn<float>("Score").Select(score => new[] { score })]);
        using SequencePredictionTransformer yes = _ml.BinaryClassification.Trainers.Sequence(
            new Tcn { Channels = 4 }, new SequenceOptions { LabelColumnName = "Yes", Features = 2, Training = Brief }).Fit(data);
        AssertStreams(yes.Model, sequence, [.. yes.Transform(parts).GetColumn<float>("Probability").Select(probability => new[] { probability })]);
    }

    [TestMethod]
    [DataRow(StepKind.MultiLabel)]
    [DataRow(StepKind.Real)]
    public void Next_steps_are_those_of_the_row_that_ends_there(StepKind kind)
    {
        (SequenceModel model, float[] sequence, float[][] expected) = NextSteps(kind);
        AssertStreams(model, sequence, expected);
    }

    [TestMethod]
    public void A_missing_value_is_refused_and_changes_nothing()
    {
        (SequenceModel model, float[] sequence, float[][] expected) = NextSteps(StepKind.Real);
        SequenceSession session = model.CreateSession();
        var output = new float[session.OutputSize];
        var error = Assert.ThrowsExactly<ArgumentException>(() => session.Step([1, float.NaN], output));
        StringAssert.Contains(error.Message, "Value 1 of the step is NaN");
        session.Step(sequence.AsSpan(0, 2), output);
        TinyForecasting.AssertNear([expected[0]], [output], 1e-4);
    }

    [TestMethod]
    public void States_continue_from_a_file_bit_for_bit()
    {
        (SequenceModel model, float[] sequence, _) = NextSteps(StepKind.Real);
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "states");
        SequenceSession one = model.CreateSession(), other = model.CreateSession();
        Streamed(one, "x", sequence[..20]);
        Streamed(one, "y", sequence[4..10]);
        one.Save(path);
        Streamed(other, "z", sequence);
        other.Restore(path);

        CollectionAssert.AreEquivalent(new[] { "x", "y" }, other.Series.ToArray());
        foreach (string series in new[] { "x", "y" })
            CollectionAssert.AreEqual(TinyForecasting.Bits(Streamed(one, series, sequence[20..])),
                TinyForecasting.Bits(Streamed(other, series, sequence[20..])));
    }

    [TestMethod]
    public void Nothing_is_saved_between_the_steps_of_a_series_that_belong_together()
    {
        (SequenceModel model, float[] sequence, _) = NextSteps(StepKind.Real);
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "states");
        SequenceSession session = model.CreateSession(), other = model.CreateSession();
        Task? saving = null;
        session.Together("x", new TimePoint(7), () =>
        {
            Streamed(session, "x", sequence[..4]);
            saving = Task.Run(() => session.Save(path));
            Assert.IsFalse(saving.Wait(TimeSpan.FromMilliseconds(100)));
            Streamed(session, "x", sequence[4..10]);
        });
        saving!.Wait();
        other.Restore(path);
        Assert.AreEqual(new TimePoint(7), other.LastTime("x"));
        CollectionAssert.AreEqual(TinyForecasting.Bits(Streamed(session, "x", sequence[10..])), TinyForecasting.Bits(Streamed(other, "x", sequence[10..])));
    }

    [TestMethod]
    public void A_file_of_states_that_is_damaged_cut_or_of_another_model_is_refused_and_changes_nothing()
    {
        (SequenceModel model, float[] sequence, _) = NextSteps(StepKind.Real);
        using var folder = new TemporaryFolder();
        string path = Path.Combine(folder.Path, "states");
        SequenceSession session = model.CreateSession();
        Streamed(session, "x", sequence);
        session.Save(path);
        byte[] whole = File.ReadAllBytes(path);
        Refused(NextSteps(StepKind.Real, hidden: 4).Model.CreateSession(), path, "of another model");
        for (int at = 0; at < whole.Length; at += 7)
        {
            byte[] changed = [.. whole];
            changed[at] ^= 1;
            File.WriteAllBytes(path, changed);
            Refused(session, path, at < 25 ? "holds no states" : "is damaged");
            File.WriteAllBytes(path, whole[..at]);
            Refused(session, path, at < 25 ? "holds no states" : "is damaged");
        }

        CollectionAssert.AreEqual(new[] { "x" }, session.Series.ToArray());
        Assert.ThrowsExactly<FileNotFoundException>(() => session.Restore(path + "2"));
    }

    private static void Refused(SequenceSession session, string path, string part)
    {
        FormatException error = Assert.ThrowsExactly<FormatException>(() => session.Restore(path));
        StringAssert.Contains(error.Message, part);
        StringAssert.Contains(error.Message, path);
    }

    private (SequenceModel Model, float[] Sequence, float[][] Expected) NextSteps(StepKind kind, int hidden = 5)
    {
        StepSequence[] rows = kind == StepKind.Real ? StepSequence.Waves(40) : StepSequence.Scales(40);
        int features = kind == StepKind.Real ? 2 : StepSequence.Keys;
        using NextStepTransformer model = _ml.Sequence.Trainers.NextStep(
            new Lstm { HiddenSize = hidden }, new NextStepOptions { Kind = kind, Features = features, Training = Brief }).Fit(StepSequence.View(_ml, rows));
        float[] sequence = rows[3].Features;
        StepSequence[] parts =
            [.. Enumerable.Range(1, sequence.Length / features).Select(steps => new StepSequence { Features = sequence[..(steps * features)] })];
        return (model.Model, sequence, TinyForecasting.Column(model.Transform(StepSequence.View(_ml, parts)), "Prediction"));
    }

    private static void AssertStreams(SequenceModel model, float[] sequence, float[][] expected) =>
        TinyForecasting.AssertNear(expected, Streamed(model.CreateSession(), "", sequence), 1e-4);

    private static float[][] Streamed(SequenceSession session, string series, float[] sequence) => [.. sequence.Chunk(session.InputSize).Select(step =>
    {
        var output = new float[session.OutputSize];
        session.Step(series, step, output);
        return output;
    })];
}
