using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Fitting;

namespace MLNet.Sequence.Tests.Pairs;

/// <summary>Pairs of text, through byte pairs.</summary>
[TestClass]
public sealed class TextPairTests
{
    private static readonly EncoderDecoderTransformer Small = new() { Channels = 16, Layers = 1, Heads = 2, FeedForward = 32 };

    private static readonly SequenceToSequenceOptions Options = new()
    {
        SourceTokens = new TokenOptions { EmbeddingSize = 8, Tokenizer = TextTokenizer.Learn(40) },
        Training = new TrainingOptions { Epochs = 2, Seed = 3, BatchSize = 16, LearningRate = 5e-3 },
    };

    private static readonly Sentence[] Rows = Make();

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Text_is_learnt_and_predicted_as_text()
    {
        SequenceToSequenceOptions options = Options with
        {
            Training = Options.Training with { Epochs = 40, LearningRate = 1e-2, Patience = null, ValidationFraction = 0 },
        };
        using SequenceToSequenceTransformer model = Fit(options);
        string[] found = [.. model.Transform(View(Rows)).GetColumn<string>("PredictedSequence")];
        CollectionAssert.AreEqual(Rows.Select(row => row.Target).ToArray(), found);
        Assert.AreEqual(Rows[0].Target, model.Model.PredictText(Rows[0].Source));
        Assert.AreEqual(1, _ml.Sequence.EvaluateSequences(model.Transform(View(Rows))).ExactMatch);
    }

    [TestMethod]
    public void What_is_promised_is_delivered_saved_and_the_same_row_by_row()
    {
        EstimatorContract.Holds(_ml, _ml.Sequence.Trainers.SequenceToSequence(Small, Options), View(Rows));
        using SequenceToSequenceTransformer model = Fit(Options);
        string[] found = [.. model.Transform(View(Rows)).GetColumn<string>("PredictedSequence")];
        IDataView sources = _ml.Data.LoadFromEnumerable(Rows.Select(row => new { row.Source }));
        CollectionAssert.AreEqual(found, model.Transform(sources).GetColumn<string>("PredictedSequence").ToArray());
        using PredictionEngine<Sentence, FoundText> engine = _ml.Model.CreatePredictionEngine<Sentence, FoundText>(model);
        using var file = new MemoryStream();
        model.Model.Save(file);
        file.Position = 0;
        var loaded = SequenceModel.Load(file);
        Assert.AreEqual(model.Model.Task, loaded.Task);
        for (int row = 0; row < 12; row++)
        {
            Assert.AreEqual(found[row], engine.Predict(Rows[row]).PredictedSequence);
            Assert.AreEqual(found[row], loaded.PredictText(Rows[row].Source));
        }
    }

    [TestMethod]
    public void A_column_is_learnt_from_alone_or_with_the_other_and_a_given_vocabulary_is_used()
    {
        BytePairTokenizer Source(SequenceToSequenceTransformer model) => model.Model.Task.RowInput!.Tokens!.Tokenizer!;
        BytePairTokenizer Target(SequenceToSequenceTransformer model) => model.Model.Task.TargetInput!.Tokens!.Tokenizer!;
        string[] sources = [.. Rows.Select(row => row.Source)], targets = [.. Rows.Select(row => row.Target)];
        using SequenceToSequenceTransformer alone = Fit(Options);
        Assert.AreEqual(BytePairTokenizer.Learn(sources, 40), Source(alone));
        Assert.AreEqual(BytePairTokenizer.Learn(targets, 40), Target(alone));
        using SequenceToSequenceTransformer joined = Fit(Options with { Sharing = EmbeddingSharing.All });
        Assert.AreEqual(BytePairTokenizer.Learn([.. sources, .. targets], 40), Source(joined));
        Assert.AreEqual(Source(joined), Target(joined));
        var given = BytePairTokenizer.Learn(targets, 7);
        using SequenceToSequenceTransformer other = Fit(Options with { TargetTokens = new TokenOptions { EmbeddingSize = 4, Tokenizer = given } });
        Assert.AreEqual(given, Target(other));
        // Going on with a model on other rows keeps its vocabularies.
        using SequenceToSequenceTransformer more = _ml.Sequence.Trainers.SequenceToSequence(Small, Options).Fit(View(Rows[..20]), alone);
        Assert.AreEqual((Source(alone), Target(alone)), (Source(more), Target(more)));
    }

    [TestMethod]
    public void A_training_that_is_cancelled_learns_no_vocabulary_to_its_end()
    {
        using var cancel = new CancellationTokenSource();
        List<string> messages = [];
        _ml.Log += (_, said) => messages.Add(said.Message);
        IEnumerable<Sentence> Until()
        {
            foreach (Sentence row in Rows)
                yield return row;
            cancel.Cancel();
        }

        SequenceToSequenceOptions options = Options with { Training = Options.Training with { CancellationToken = cancel.Token } };
        Assert.Throws<OperationCanceledException>(() => _ml.Sequence.Trainers.SequenceToSequence(Small, options).Fit(_ml.Data.LoadFromEnumerable(Until())));
        Assert.IsFalse(messages.Any(message => message.Contains("merges learnt")));
    }

    [TestMethod]
    public void Text_and_keys_may_stand_side_by_side()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(ReversedWords.Make(20).Select(row => new { Source = string.Concat(row.Source), row.Target }));
        data = ReversedWords.Keys(_ml, data, "Target");
        using SequenceToSequenceTransformer model = _ml.Sequence.Trainers.SequenceToSequence(
            Small, Options with { TargetTokens = new TokenOptions { EmbeddingSize = 8 } }).Fit(data);
        Assert.HasCount(20, model.Transform(data).GetColumn<uint[]>("PredictedSequence"));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => model.Model.PredictText("abc")).Message,
            "The targets of the model are not text");
    }

    [TestMethod]
    public void Bad_text_is_named()
    {
        SequenceToSequenceTrainer trainer = _ml.Sequence.Trainers.SequenceToSequence(Small, Options);
        EstimatorContract.Refuses(trainer, ReversedWords.View(_ml, ReversedWords.Make(5)), "source", "'Source'", "text, one in a row");
        string Refused(params Sentence[] rows) => Assert.ThrowsExactly<InvalidOperationException>(() => trainer.Fit(View([.. Rows, .. rows]))).Message;
        StringAssert.Contains(Refused(new Sentence { Source = "a", Target = "b\uD800" }), "Column 'Target', row 61: The text has half of a character");
        StringAssert.Contains(Refused(new Sentence { Source = "", Target = "b" }), "'Source' has no steps in row 61");
        StringAssert.Contains(Refused(new Sentence { Source = "a", Target = "" }), "'Target' has no steps in row 61");
        string message = Assert.ThrowsExactly<ArgumentException>(() => _ml.Sequence.Trainers.SequenceToSequence(Small, Options with
        {
            SourceTokens = new TokenOptions { Tokenizer = TextTokenizer.Learn(-1), UnknownToken = "?" },
            TargetTokens = new TokenOptions { Tokenizer = new BytePairTokenizer { Merges = ["a"] } },
        })).Message;
        foreach (string part in new[]
        {
            "SourceTokens.Tokenizer.Merges must be from 0 to 1000000; found -1",
            "SourceTokens.Vocabulary and Tokens.UnknownToken must be null with Tokens.Tokenizer",
            "TargetTokens.Tokenizer: The merge 1 is 'a'",
        })
            StringAssert.Contains(message, part);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => _ml.Sequence.Trainers.NextStep(new Gru(), new NextStepOptions
        {
            Kind = StepKind.Token,
            Tokens = new TokenOptions { Tokenizer = TextTokenizer.Learn() },
        })).Message, "Tokens.Tokenizer is only for pairs");
        using SequenceToSequenceTransformer model = trainer.Fit(View(Rows));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.Model.PredictText("")).Message, "at least one");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.Model.PredictText("\uD800")).Message, "lone surrogate");
    }

    private static Sentence[] Make()
    {
        (string, string)[] who = [("a man", "ein Mann"), ("a girl", "ein Mädchen"), ("two dogs", "zwei Hunde")];
        (string, string)[] what = [("sings", "singt"), ("sleeps  well", "schläft  gut"), ("eats 😀", "isst 😀"), ("jumps", "springt")];
        string[] ends = [".", "!", "?", " ", "\n"];
        return [.. from one in who
                   from other in what
                   from end in ends
                   select new Sentence { Source = $"{one.Item1} {other.Item1}{end}", Target = $"{one.Item2} {other.Item2}{end}" }];
    }

    private IDataView View(Sentence[] rows) => _ml.Data.LoadFromEnumerable(rows);

    private SequenceToSequenceTransformer Fit(SequenceToSequenceOptions options) => _ml.Sequence.Trainers.SequenceToSequence(Small, options).Fit(View(Rows));

    private sealed class Sentence
    {
        public string Source { get; set; } = "";

        public string Target { get; set; } = "";
    }

    private sealed class FoundText
    {
        public string PredictedSequence { get; set; } = "";
    }
}
