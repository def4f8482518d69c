using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Rows;

namespace MLNet.Sequence.Tests.NextSteps;

/// <summary>Rows that together are one text, compared with the text as one row.</summary>
[TestClass]
public sealed class ContinuousTextTests
{
    private static readonly NextStepOptions Options = new()
    {
        Kind = StepKind.Token,
        FeatureColumnName = "Tokens",
        Tokens = new TokenOptions { Vocabulary = TokenSequence.Words.Length, EmbeddingSize = 4 },
        ContinuousText = true,
        Training = new TrainingOptions { Epochs = 1, LearningRate = 2e-2, BackpropSteps = 10, BatchSize = 1, Seed = 2, ValidationFraction = 0 },
    };

    private static readonly int[] Text = Words(150, seed: 5);

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow("lstm")]
    [DataRow("gru")]
    [DataRow("lru")]
    [DataRow("tcn")]
    [DataRow("lstm-ngram")]
    [DataRow("transformer")]
    public void Rows_in_turn_have_the_loss_of_the_whole_text_as_one_row(string name)
    {
        using NextStepTransformer model = Fit(Architecture.FromName(name));
        model.Backend = ScoringBackend.Torch;
        double whole = model.Transform(Rows(Text.Length)).GetColumn<float>("Loss").Single();
        foreach (int length in new[] { 1, 7, 40, 1000 })
        {
            NextStepMetrics metrics = _ml.Sequence.EvaluateContinuousText(model.Model, Rows(length));
            Assert.AreEqual(whole, metrics.Loss, 1e-5, $"rows of {length}");
            Assert.AreEqual(Text.Length - 1, metrics.Steps);
            Assert.AreEqual(length == 1 ? 1 : 0, metrics.LeftOut);
        }
    }

    [TestMethod]
    public void Each_token_is_predicted_from_all_before_it()
    {
        SequenceModel model = Fit(new Gru { HiddenSize = 6 }).Model;
        double[] losses = [.. Enumerable.Range(1, Text.Length - 1).Select(end =>
            -Math.Log(model.Predict([.. Text[..end].Select(token => (float)token)])[Text[end]]))];

        NextStepMetrics metrics = _ml.Sequence.EvaluateContinuousText(model, Rows(40), new BootstrapOptions());

        Assert.AreEqual(losses.Average(), metrics.Loss, 1e-5);
        // Rows of 40, 40, 40 and 30 tokens, of which all but the first are predicted.
        double[] rows = [losses[..39].Average(), losses[39..79].Average(), losses[79..119].Average(), losses[119..].Average()];
        Assert.AreEqual(4, metrics.Count);
        ConfidenceInterval interval = metrics.Intervals[nameof(NextStepMetrics.Loss)];
        Assert.IsTrue(rows.Min() <= interval.Low && interval.High <= rows.Max());
    }

    [TestMethod]
    public void In_scoring_a_row_has_its_own_values_after_any_other_rows()
    {
        using NextStepTransformer model = Fit(new Gru { HiddenSize = 6 });
        float[] alone = [.. Text.Chunk(40).SelectMany(part => model.Transform(View(part)).GetColumn<float>("Loss"))];
        float[] together = [.. model.Transform(Rows(40)).GetColumn<float>("Loss")];
        for (int row = 0; row < alone.Length; row++)
            Assert.AreEqual(alone[row], together[row], 1e-5f);
        Assert.AreNotEqual(together.Average(), _ml.Sequence.EvaluateContinuousText(model.Model, Rows(40)).Loss, 1e-4);
    }

    [TestMethod]
    public void In_training_one_stream_of_the_validation_rows_has_the_same_loss()
    {
        using NextStepTransformer model = Fit(new Lstm { HiddenSize = 6 }, Options with { ValidationSet = Rows(40) });
        double told = model.Model.Report.Epochs.Single().ValidationLoss!.Value;
        Assert.AreEqual(told, _ml.Sequence.EvaluateContinuousText(model.Model, Rows(13)).Loss, 1e-5);
    }

    [TestMethod]
    public void What_is_no_text_of_the_model_is_refused()
    {
        SequenceModel model = Fit(new Gru { HiddenSize = 2 }).Model;
        SequenceModel keys = _ml.Sequence.Trainers.NextStep(new Gru { HiddenSize = 2 }, new NextStepOptions
        {
            Kind = StepKind.MultiLabel,
            Features = StepSequence.Keys,
            Training = new TrainingOptions { Epochs = 1 },
        }).Fit(StepSequence.View(_ml, StepSequence.Scales(20))).Model;

        StringAssert.Contains(Refused(keys, Rows(40)), "A text has tokens; the model's task is NextStep of the kind MultiLabel.");
        StringAssert.Contains(Refused(model, View(3)), "The text has fewer than two tokens.");
        StringAssert.Contains(Refused(model, View(3, 8)), "in row 1 at step 2: it is not one of the 8 known tokens");
        StringAssert.Contains(
            Assert.Throws<ArgumentOutOfRangeException>(
                () => _ml.Sequence.EvaluateContinuousText(model, StepSequence.View(_ml, StepSequence.Scales(2)))).Message,
            "Could not find sequence column 'Tokens'");
    }

    private static int[] Words(int count, int seed)
    {
        var random = new Random(seed);
        int word = 0;
        // Mostly the next word, so that earlier words carry information.
        return [.. Enumerable.Range(0, count).Select(_ => word = random.Next(4) == 0 ? random.Next(8) : (word + 1) % 8)];
    }

    private string Refused(SequenceModel model, IDataView text) =>
        Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Sequence.EvaluateContinuousText(model, text)).Message;

    private IDataView Rows(int length) => TokenSequence.View(_ml, [.. Text.Chunk(length).Select(part => TokenSequence.One(part))]);

    private IDataView View(params int[] tokens) => _ml.Data.LoadFromEnumerable(new[] { new TokenSequence { Tokens = tokens } });

    private NextStepTransformer Fit(Architecture architecture, NextStepOptions? options = null) =>
        _ml.Sequence.Trainers.NextStep(architecture, options ?? Options).Fit(TokenSequence.View(_ml, [TokenSequence.One(Words(400, seed: 6))]));
}
