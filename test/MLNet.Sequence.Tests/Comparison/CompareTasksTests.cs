using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Rows;

namespace MLNet.Sequence.Tests.Comparison;

/// <summary>ml.Sequence.Compare for rows, compared with the library's evaluations and on rows whose answer depends on early
/// steps.</summary>
[TestClass]
public sealed class CompareTasksTests
{
    private const int Steps = 40;

    private static readonly CompareOptions Once = new() { Rounds = 1, Memory = new MemoryOptions { Examples = 50 } };
    private static readonly TrainingOptions Brief = new() { Epochs = 2, Seed = 1, LearningRate = 1e-2 };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void The_report_says_that_a_stable_model_must_forget_the_decisive_input()
    {
        var task = new SequenceOptions
        {
            LabelColumnName = "Yes",
            Pooling = PoolingKind.LastStep,
            Training = new TrainingOptions { Epochs = 12, Seed = 1, LearningRate = 1e-2 }
        };
        RecurrenceReport report = _ml.Sequence.Compare(
            View(600, 1), View(200, 2), task, [new Tcn { Channels = 8, Levels = 5, KernelSize = 3 }, new StableRnn { HiddenSize = 8, Lambda = 0.5 }], Once);

        // The first of two values decides: a model that does not see it has a log-loss of ln 2.
        ComparedModel tcn = report.Models[0], stable = report.Models[1];
        Assert.IsLessThan(0.1, tcn.Error);
        Assert.AreEqual(Math.Log(2), stable.Error, 0.1);
        Assert.AreEqual(Math.Log(2), report.Baselines.Single().Error, 0.01);
        Assert.AreEqual("tcn", report.Recommendation.Architecture);
        int kept = stable.Certificate.StepsFor(0.01)!.Value;
        Assert.IsLessThan(Steps, kept);
        StringAssert.Contains(report.Recommendation.Because, $"stable-rnn is worse because it must forget: its certificate proves that inputs more than "
            + $"{kept} steps back");
        StringAssert.Contains(report.Recommendation.Because, $"while tcn uses the last {Steps} steps (measured)");
        StringAssert.Contains(report.Recommendation.Because, $"That is what one model uses; the data may need fewer steps. Compare receptive fields of "
            + $"more than {kept} and up to {Steps} steps");
        using JsonDocument json = JsonDocument.Parse(report.ToJson());
        JsonElement shortfall = json.RootElement.GetProperty("comparisons").GetProperty("memoryShortfall");
        Assert.AreEqual(
            ("stable-rnn", "tcn", kept, 0.01, Steps),
            (shortfall.GetProperty("stable").GetString(), shortfall.GetProperty("better").GetString(), shortfall.GetProperty("stepsKept").GetInt32(),
                shortfall.GetProperty("tolerance").GetDouble(), shortfall.GetProperty("stepsNeeded").GetInt32()));
    }

    [TestMethod]
    public void Models_are_not_chosen_on_the_test_rows()
    {
        IDataView rows = View(40, 1), test = View(20, 2);
        var none = new TrainingOptions { Epochs = 1, Seed = 1, ValidationFraction = 0 };
        var task = new SequenceOptions { LabelColumnName = "Yes", Training = none };
        Architecture[] one = [new Linear()];
        const string Remedy = "Give a ValidationSet, or a Training.ValidationFraction above 0.";
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => _ml.Sequence.Compare(rows, test, task, one, Once)).Message, Remedy);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() =>
            _ml.Sequence.Compare(rows, test, new SequenceTaggerOptions { Training = none }, one, Once)).Message, Remedy);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() =>
            _ml.Sequence.Compare(rows, test, new NextStepOptions { Kind = StepKind.Real, Training = none }, one, Once)).Message, Remedy);
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() =>
                _ml.Sequence.Compare(rows, test, new ForecastingOptions { Targets = ["Load"], Training = none }, one, Once)).Message, Remedy);
        // If a validation set is given, all other rows are training rows.
        Assert.IsTrue(double.IsFinite(_ml.Sequence.Compare(rows, test, task with { ValidationSet = View(20, 3) }, one, Once).Models[0].ValidationError));
    }

    [TestMethod]
    [DataRow(1, 30, DisplayName = "too few rows for validation")]
    [DataRow(0, 200, DisplayName = "a target that never varies")]
    public void What_nothing_was_validated_of_is_not_chosen_from(int varies, int rows)
    {
        IDataView Series(int count, int seed) =>
            _ml.Data.LoadFromEnumerable(Enumerable.Range(seed, count).Select(step => new { Load = 5 + varies * MathF.Sin(step) }));
        var task = new ForecastingOptions { Targets = ["Load"], Context = 20, Horizon = 8, Training = Brief };
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Sequence.Compare(Series(rows, 0), Series(60, 500), task, [new Linear()], Once)).Message,
            "nothing was validated");
    }

    [TestMethod]
    public void The_error_of_taggers_is_the_loss_of_their_scores()
    {
        IDataView train = TaggedSequence.View(_ml, TaggedSequence.Make(60)), test = TaggedSequence.View(_ml, TaggedSequence.Make(30, seed: 2));
        var task = new SequenceTaggerOptions { LabelColumnName = "Tags", Training = Brief };
        RecurrenceReport report = _ml.Sequence.Compare(train, test, task, [new WindowMlp { Window = 2, HiddenSize = 8 }, new Gru { HiddenSize = 6 }], Once);

        foreach (ComparedModel model in report.Models)
        {
            IDataView scored = _ml.Sequence.CreateTransformer(model.Model).Transform(test);
            double expected = scored.GetColumn<float[]>("Scores").Zip(scored.GetColumn<uint[]>("Tags"), (scores, tags) =>
                tags.Select((tag, step) => -Math.Log(scores[step * 5 + tag - 1])).Average()).Average();
            Assert.AreEqual(expected, model.Error, 1e-5 * expected);
        }
    }

    [TestMethod]
    public void The_error_of_next_tokens_is_that_of_their_evaluation_and_the_report_reads_the_same_in_every_form()
    {
        IDataView train = TokenSequence.View(_ml, TokenSequence.Make(60)), test = TokenSequence.View(_ml, TokenSequence.Make(30, seed: 2));
        var task = new NextStepOptions { Kind = StepKind.Token, FeatureColumnName = "Tokens", Tokens = new TokenOptions { Vocabulary = 8 }, Training = Brief };
        RecurrenceReport report = _ml.Sequence.Compare(train, test, task,
            [new WindowMlp { Window = 2, HiddenSize = 8 }, new StableRnn { HiddenSize = 6 }], Once);

        foreach (ComparedModel model in report.Models)
        {
            double expected = _ml.Sequence.EvaluateNextStep(_ml.Sequence.CreateTransformer(model.Model).Transform(test)).Loss;
            Assert.AreEqual(expected, model.Error, 1e-5 * expected);
        }

        using JsonDocument json = JsonDocument.Parse(report.ToJson());
        Assert.AreEqual(report.Recommendation.Architecture, json.RootElement.GetProperty("recommendation").GetProperty("architecture").GetString());
        Assert.AreEqual(2, json.RootElement.GetProperty("results").GetArrayLength());
        StringAssert.Contains(report.ToString(), report.Recommendation.Architecture);
        StringAssert.Contains(report.ToHtml("words"), "<html");
        Assert.IsFalse(report.ToString().Contains("windows", StringComparison.Ordinal), report.ToString());
    }

    private IDataView View(int count, int seed)
    {
        var random = new Random(seed);
        return _ml.Data.LoadFromEnumerable(Enumerable.Range(0, count).Select(_ => One(random)).ToArray());
    }

    private static Row One(Random random)
    {
        var row = new Row { Yes = random.Next(2) == 1 };
        for (int step = 0; step < Steps; step++)
            row.Features[step] = random.NextSingle() - 0.5f;
        row.Features[0] = row.Yes ? 3 : -3;
        return row;
    }

    private sealed class Row
    {
        [VectorType(Steps)]
        public float[] Features { get; set; } = new float[Steps];

        public bool Yes { get; set; }
    }
}
