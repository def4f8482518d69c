using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Fitting;

namespace MLNet.Sequence.Tests.Pairs;

[TestClass]
public sealed class BadPairTests
{
    private static readonly EncoderDecoderTransformer Tiny = new() { Channels = 4, Layers = 1, Heads = 1, FeedForward = 4 };

    private static readonly SequenceToSequenceOptions Options = new()
    {
        SourceTokens = new TokenOptions { EmbeddingSize = 4 },
        Training = new TrainingOptions { Epochs = 1, Seed = 3, ValidationFraction = 0 },
    };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void All_problems_of_the_options_come_in_one_message()
    {
        var options = new SequenceToSequenceOptions
        {
            ScoreColumnName = "Target",
            LongestSequence = 0,
            LabelSmoothing = 1,
            StepsPerBatch = 0,
            Sharing = (EmbeddingSharing)9,
            SourceTokens = new TokenOptions { EmbeddingSize = 0 },
            Search = new SequenceSearch { Width = 0, LengthPenalty = -1, CoveragePenalty = double.NaN, MaxLength = 0 },
            Training = new TrainingOptions { BackpropSteps = 3, Truncation = 2, Monitor = "bleu" },
        };
        string message = Assert.ThrowsExactly<ArgumentException>(() =>
            _ml.Sequence.Trainers.SequenceToSequence(Tiny with { Channels = 0 }, options)).Message;
        foreach (string part in new[]
        {
            "must be four; found Source, Target, PredictedSequence, Target.",
            "LongestSequence must be at least 1; found 0", "LabelSmoothing must be in [0, 1); found 1",
            "StepsPerBatch must be at least 1", "Sharing must be one of None, TargetAndOutput, All; found 9",
            "SourceTokens.EmbeddingSize must be at least 1; found 0", "Search.Width must be at least 1; found 0",
            "Search.LengthPenalty must be at least 0; found -1", "Search.CoveragePenalty must be at least 0; found NaN",
            "Search.MaxLength must be at least 1; found 0", "BackpropSteps is used only by",
            "Training.Truncation must be null for pairs", "Monitor must be one of loss, accuracy", "Channels must be at least 1",
        })
            StringAssert.Contains(message, part);
    }

    [TestMethod]
    public void A_missing_target_column_and_one_of_another_type_are_refused_at_once()
    {
        IDataView sources = ReversedWords.Sources(_ml, ReversedWords.Make(5));
        EstimatorContract.Refuses(Trainer(), sources, "Could not find target column 'Target'");
        IDataView text = ReversedWords.Keys(_ml, _ml.Data.LoadFromEnumerable(ReversedWords.Make(5)), "Source");
        EstimatorContract.Refuses(Trainer(), text, "target", "'Target'", "a vector of a key of known count", "String");
    }

    [TestMethod]
    public void An_empty_source_is_named_or_left_out()
    {
        ReversedWords[] rows = [.. ReversedWords.Make(6), new() { Source = [], Target = ["A"] }, new() { Source = ["a"], Target = [] }];
        IDataView data = ReversedWords.View(_ml, rows);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Trainer().Fit(data)).Message, "'Source' has no steps in row 7");
        IDataView targetless = ReversedWords.View(_ml, [.. rows[..6], rows[7]]);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Trainer().Fit(targetless)).Message, "'Target' has no steps in row 7");
        using SequenceToSequenceTransformer model = Trainer(Options with { EmptySequences = EmptySequences.Skip }).Fit(data);
        Assert.AreEqual(6, model.Model.Report.TrainingExamples);
        float[] scores = [.. model.Transform(data).GetColumn<float>("Score")];
        Assert.IsTrue(float.IsNaN(scores[6]));
        Assert.HasCount(0, model.Transform(data).GetColumn<uint[]>("PredictedSequence").ElementAt(6));
        Assert.IsTrue(float.IsFinite(scores[7]));
    }

    [TestMethod]
    public void A_pair_over_the_limit_is_named_or_left_out_or_cut_and_counted()
    {
        ReversedWords[] rows = [.. ReversedWords.Make(6, longest: 3), ReversedWords.Of("abcd"), ReversedWords.Of("abcdef")];
        IDataView data = ReversedWords.View(_ml, rows);
        SequenceToSequenceOptions limited = Options with { LongestSequence = 3 };
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Trainer(limited).Fit(data)).Message,
            "The source column 'Source' has 4 steps in row 7; expected at most LongestSequence = 3. Leave the row out, or set LongPairs");
        foreach ((LongPairs handling, int left, string told) in new[] { (LongPairs.Skip, 6, "left out"), (LongPairs.Cut, 8, "cut") })
        {
            var said = new List<string>();
            _ml.Log += (_, line) => said.Add(line.Message);
            using SequenceToSequenceTransformer model = Trainer(limited with { LongPairs = handling }).Fit(data);
            Assert.AreEqual(left, model.Model.Report.TrainingExamples);
            Assert.IsTrue(said.Any(line => line.Contains($"2 pairs are longer than LongestSequence = 3: they were {told}.", StringComparison.Ordinal)));
            // Longer sources can still be scored.
            Assert.IsTrue(model.Transform(data).GetColumn<float>("Score").All(float.IsFinite));
        }
    }

    [TestMethod]
    public void Tokens_that_the_model_does_not_know_are_named()
    {
        IDataView given = ReversedWords.View(_ml, [.. ReversedWords.Make(4), new() { Source = ["a"], Target = ["X"] }]);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() =>
            Trainer(Options with { ValidationSet = given }).Fit(ReversedWords.View(_ml, ReversedWords.Make(20)))).Message,
            "The token of column 'Target' is 'X' in row 5 at step 1: it is not one of the 6 known tokens");
        using SequenceToSequenceTransformer model = Trainer().Fit(ReversedWords.View(_ml, ReversedWords.Make(20)));
        IDataView scored = model.Transform(ReversedWords.Sources(_ml, new ReversedWords { Source = ["z"], Target = [] }));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => scored.GetColumn<float>("Score").ToArray()).Message, "'z' in row 1");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.Model.PredictTarget(["z"])).Message, "The token 'z' is not one of the 6");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.Model.PredictTarget([])).Message, "at least one");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.Model.PredictTarget(["a"], new SequenceSearch { Width = 0 })).Message,
            "Search.Width must be at least 1; found 0");
    }

    [TestMethod]
    public void Shared_vectors_need_tokens_of_one_kind()
    {
        SequenceToSequenceOptions shared = Options with { Sharing = EmbeddingSharing.All, TargetTokens = new TokenOptions { EmbeddingSize = 5 } };
        IDataView data = ReversedWords.View(_ml, ReversedWords.Make(9));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Trainer(shared).Fit(data)).Message,
            "Sharing = All needs tokens of one kind, with vectors of one size, in both columns; found keys of String values with vectors of 4 in 'Source'");
    }

    private SequenceToSequenceTrainer Trainer(SequenceToSequenceOptions? options = null) =>
        _ml.Sequence.Trainers.SequenceToSequence(Tiny, options ?? Options);
}
