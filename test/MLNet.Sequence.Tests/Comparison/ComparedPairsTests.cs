using System.Text.Json;
using Microsoft.ML;
using MLNet.Sequence.Tests.Pairs;

namespace MLNet.Sequence.Tests.Comparison;

/// <summary>ml.Sequence.Compare for pairs, compared with the validation of training, which runs in libtorch, and with counts by hand.</summary>
[TestClass]
public sealed class ComparedPairsTests
{
    private static readonly CompareOptions Once = new() { Rounds = 1, TrainOn = false };

    private static readonly EncoderDecoder[] Four =
    [
        new ConvSeq2Seq { Channels = 8, Layers = 1 }, new EncoderDecoderTransformer { Channels = 8, Layers = 1, Heads = 2, FeedForward = 8 },
        new AttentionRnn { HiddenSize = 8 }, new Gnmt { HiddenSize = 8, Layers = 2 },
    ];

    private readonly MLContext _ml = new(seed: 1);

    private SequenceToSequenceOptions Options => new()
    {
        SourceTokens = new TokenOptions { EmbeddingSize = 8 },
        ValidationSet = ReversedWords.View(_ml, ReversedWords.Make(40, seed: 2)),
        Training = new TrainingOptions { Epochs = 2, Seed = 3, BatchSize = 16, LearningRate = 1e-2 },
    };

    [TestMethod]
    public void The_error_is_the_loss_per_token_of_the_actual_targets()
    {
        ReversedWords[] rows = ReversedWords.Make(80), others = ReversedWords.Make(40, seed: 2);
        RecurrenceReport report = _ml.Sequence.Compare(ReversedWords.View(_ml, rows), ReversedWords.View(_ml, others), Options, Four, Once);

        Assert.AreEqual(("log-loss per token", 40), (report.Metric, report.Examples));
        foreach (ComparedModel model in report.Models)
        {
            // The validation set has the rows of the test set.
            Assert.AreEqual(model.ValidationError, model.Error, 1e-4 * model.Error);
            Assert.IsNull(model.Memory);
            Assert.IsTrue(double.IsFinite(model.StepMicroseconds));
            using SequenceTransformer fitted = _ml.Sequence.CreateTransformer(model.Model);
            SequenceToSequenceMetrics found = _ml.Sequence.EvaluateSequences(fitted.Transform(ReversedWords.View(_ml, others)));
            Assert.AreEqual(found.Bleu, model.Metrics["bleu"], 1e-9);
        }

        CollectionAssert.AreEqual(new[] { true, true, false, false }, report.Models.Select(model => model.IsFeedForward).ToArray());
        CheckCounts(report, rows, others);
        CheckForms(report);
    }

    [TestMethod]
    public void Pairs_of_numbers_are_compared_by_their_errors_in_deviations()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(Enumerable.Range(0, 40).Select(i => new NumberPair
        {
            Source = [.. Enumerable.Range(i, 4).Select(step => MathF.Sin(step))],
            Target = [.. Enumerable.Range(i, 4).Select(step => 100 + 7 * MathF.Sin(step))],
        }));
        // Models that hardly learn have ended learning: none is left out of the verdict.
        SequenceToSequenceOptions options = Options with
        {
            SourceTokens = null,
            ValidationSet = data,
            Training = Options.Training with { LearningRate = 1e-6 },
        };
        RecurrenceReport report = _ml.Sequence.Compare(data, data, options, [Four[0], Four[2]], Once);

        foreach (ComparedModel model in report.Models)
            Assert.AreEqual(model.ValidationError, model.Error, 1e-4 * model.Error);
        PairedDifference kinds = report.FeedForwardAgainstRecurrent!;
        Assert.AreEqual(("conv-seq2-seq", "attention-rnn"), (kinds.First, kinds.Second));
        Assert.AreEqual(report.Models[0].Error / report.Models[1].Error - 1, kinds.Relative, 1e-9);
        // The variance of the training rows, in units of itself.
        Assert.AreEqual(1, report.Baselines.Single().Error, 1e-6);
        Assert.AreEqual("mean of training", report.Baselines.Single().Name);
    }

    [TestMethod]
    public void Learnt_vocabularies_are_the_same_for_all_models()
    {
        IDataView Texts(int rows, int seed) => _ml.Data.LoadFromEnumerable(ReversedWords.Make(rows, seed).Select(row =>
            new TextPair { Source = string.Concat(row.Source), Target = string.Concat(row.Target) }));
        SequenceToSequenceOptions options = Options with
        {
            SourceTokens = new TokenOptions { EmbeddingSize = 4, Tokenizer = TextTokenizer.Learn(merges: 5) },
            ValidationSet = null,
        };
        RecurrenceReport report = _ml.Sequence.Compare(Texts(60, 1), Texts(20, 2), options, [Four[0], Four[2]], Once);
        SequenceTask[] tasks = [.. report.Models.Select(model => model.Model.Task)];
        Assert.AreEqual(tasks[0].TargetInput, tasks[1].TargetInput);
        Assert.IsTrue(report.Models.All(model => double.IsFinite(model.Error)));
    }

    [TestMethod]
    public void A_test_set_without_targets_is_refused_before_training()
    {
        IDataView rows = ReversedWords.View(_ml, ReversedWords.Make(40));
        string message = Assert.ThrowsExactly<ArgumentOutOfRangeException>(() =>
            _ml.Sequence.Compare(rows, ReversedWords.Sources(_ml, ReversedWords.Make(10)), Options, Four, Once)).Message;
        StringAssert.Contains(message, "Target");
    }

    // −ln of (count + 1) / (all + tokens), the end counted as a token.
    private static void CheckCounts(RecurrenceReport report, ReversedWords[] rows, ReversedWords[] others)
    {
        string[] training = [.. rows.SelectMany(row => row.Target.Append("end"))], test = [.. others.SelectMany(row => row.Target.Append("end"))];
        int tokens = training.Distinct().Count();
        double expected = test.Average(token => -Math.Log((training.Count(other => other == token) + 1.0) / (training.Length + tokens)));
        Assert.AreEqual(expected, report.Baselines.Single().Error, 1e-9);
        Assert.AreEqual("token frequencies", report.Baselines.Single().Name);
        CollectionAssert.AreEqual(
            new[] { "token-frequencies", "2-gram", "3-gram", "4-gram", "5-gram" }, report.References.Select(reference => reference.Name).ToArray());
    }

    private static void CheckForms(RecurrenceReport report)
    {
        StringAssert.Contains(report.ToString(), "40 test pairs, 1 seed");
        Assert.IsFalse(report.ToString().Contains("Steps for 1 %:", StringComparison.Ordinal));
        string page = report.ToHtml("Reversed words");
        StringAssert.Contains(page, "40 test pairs; sources of up to 6 steps in training");
        foreach (string measured in new[] { "last steps are enough", "enough (1 %)", "Enough (1 %)", "λ measured", "<th>reads</th>" })
            Assert.IsFalse(page.Contains(measured, StringComparison.Ordinal), measured);
        using JsonDocument json = JsonDocument.Parse(report.ToJson());
        JsonElement first = json.RootElement.GetProperty("results")[0];
        Assert.AreEqual(JsonValueKind.Null, first.GetProperty("memory").GetProperty("stepsFor1Percent").ValueKind);
        Assert.AreEqual(report.Models[0].Metrics["bleu"], first.GetProperty("metrics").GetProperty("bleu").GetDouble());
    }

    private sealed class NumberPair
    {
        public required float[] Source { get; init; }

        public required float[] Target { get; init; }
    }

    private sealed class TextPair
    {
        public required string Source { get; init; }

        public required string Target { get; init; }
    }
}
