using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Forecasts;

namespace MLNet.Sequence.Tests.Rows;

/// <summary>Taggers that are trained on long rows in chunks, with the state carried from one chunk to the next.</summary>
[TestClass]
public sealed class TaggerChunkTests
{
    private static readonly SequenceTaggerOptions Options = new()
    {
        LabelColumnName = "Tags",
        ClassWeights = ClassWeights.Balanced,
        Training = new TrainingOptions { Epochs = 2, LearningRate = 2e-2, BatchSize = 8, Seed = 4 },
    };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Chunks_as_long_as_the_rows_change_nothing()
    {
        using SequencePredictionTransformer whole = Fit(Options), chunk = Fit(Chunks(Options, 14));

        CollectionAssert.AreEqual(TinyForecasting.Bits(whole.Model), TinyForecasting.Bits(chunk.Model));
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(4)]
    public void Chunks_with_carried_state_have_the_loss_of_whole_rows(int steps)
    {
        SequenceTaggerOptions still = Options with { Training = Options.Training with { Optimizer = new Sgd(), LearningRate = 1e-30, Epochs = 1 } };
        using SequencePredictionTransformer whole = Fit(still), chunk = Fit(Chunks(still, steps));

        double expected = whole.Model.Report.Epochs[0].Loss;
        Assert.AreEqual(expected, chunk.Model.Report.Epochs[0].Loss, 1e-6 * expected);
        Assert.AreEqual(whole.Model.Report.Epochs[0].ValidationLoss, chunk.Model.Report.Epochs[0].ValidationLoss);
        Assert.IsGreaterThan(whole.Model.Report.Epochs[0].Step, chunk.Model.Report.Epochs[0].Step);
    }

    [TestMethod]
    public void Tags_that_follow_from_a_step_many_chunks_back_are_learnt()
    {
        TaggedSequence[] rows = [.. Enumerable.Range(0, 64).Select(i => Latch(up: i % 2 == 0))];
        SequenceTaggerOptions options = Chunks(Options with { Training = Options.Training with { Epochs = 20 } }, 4);
        using SequencePredictionTransformer model = _ml.MulticlassClassification.Trainers.SequenceTagger(new Lstm { HiddenSize = 4 }, options)
            .Fit(TaggedSequence.View(_ml, rows));

        IDataView scored = model.Transform(TaggedSequence.View(_ml, rows[..2]));
        uint[][] said = [.. scored.GetColumn<uint[]>("PredictedLabels")];
        for (int row = 0; row < said.Length; row++)
            Assert.IsTrue(said[row].All(tag => tag == said[row][0]), string.Join(" ", said[row]));
        Assert.AreNotEqual(said[0][^1], said[1][^1]);
    }

    [TestMethod]
    public void Chunks_are_refused_where_tags_are_learnt_together_or_later_steps_are_read()
    {
        (SequenceTaggerOptions Options, Architecture Architecture, string Part)[] cases =
        [
            (Options with { ClassWeights = ClassWeights.None, Decoding = TagDecoding.Chain }, new Lstm(),
                "Training.BackpropSteps must be null with Decoding = TagDecoding.Chain"),
            (Options, new Bidirectional(), "Training.BackpropSteps must be null if the architecture is not causal; found 4 with Bidirectional"),
        ];
        foreach ((SequenceTaggerOptions options, Architecture architecture, string part) in cases)
        {
            var error = Assert.ThrowsExactly<ArgumentException>(() => _ml.MulticlassClassification.Trainers.SequenceTagger(architecture, Chunks(options, 4)));
            StringAssert.Contains(error.Message, part);
        }
    }

    // The first step decides the tag of all steps.
    private static TaggedSequence Latch(bool up) => new()
    {
        Features = [up ? 1 : -1, .. new float[29]],
        Words = [.. Enumerable.Repeat("o0", 30)],
        Tags = [.. Enumerable.Repeat(up ? "B-up" : "B-down", 30)],
    };

    private static SequenceTaggerOptions Chunks(SequenceTaggerOptions options, int steps) =>
        options with { Training = options.Training with { BackpropSteps = steps } };

    private SequencePredictionTransformer Fit(SequenceTaggerOptions options) =>
        _ml.MulticlassClassification.Trainers.SequenceTagger(new Lstm { HiddenSize = 4 }, options).Fit(TaggedSequence.View(_ml, TaggedSequence.Make(40)));
}
