using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNet.Sequence.Tests.Fitting;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Pairs;

[TestClass]
public sealed class SequenceToSequenceTests
{
    private static readonly EncoderDecoderTransformer Small = new() { Channels = 16, Layers = 1, Heads = 2, FeedForward = 32 };

    private static readonly SequenceToSequenceOptions Options = new()
    {
        SourceTokens = new TokenOptions { EmbeddingSize = 8 },
        Training = new TrainingOptions { Epochs = 2, Seed = 3, BatchSize = 16, LearningRate = 5e-3 },
    };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Words_are_learnt_to_be_reversed()
    {
        SequenceToSequenceOptions options = Options with
        {
            Sharing = EmbeddingSharing.All,
            StepsPerBatch = 160,
            Training = Options.Training with { Epochs = 40, LearningRate = 1e-2, Schedule = new InverseRootSchedule { WarmUpSteps = 60 }, Patience = null },
        };
        using SequenceToSequenceTransformer model = Fit(options, ReversedWords.Make(600));
        ReversedWords[] others = ReversedWords.Make(100, seed: 9);
        string[] expected = [.. others.Select(row => string.Concat(row.Target))], found = Predicted(model.Transform(ReversedWords.Sources(_ml, others)));
        int right = expected.Zip(found).Count(pair => pair.First == pair.Second);
        Assert.IsGreaterThan(90, right);
        Assert.AreEqual("DEBA", string.Concat(model.Model.PredictTarget(["a", "b", "e", "d"])));
    }

    [TestMethod]
    public void What_is_promised_is_delivered_saved_and_the_same_row_by_row()
    {
        ReversedWords[] rows = ReversedWords.Make(40);
        IDataView data = ReversedWords.View(_ml, rows);
        EstimatorContract.Holds(_ml, _ml.Sequence.Trainers.SequenceToSequence(Small, Options), data);
        using SequenceToSequenceTransformer model = Fit(Options, rows);
        IDataView scored = model.Transform(data);
        float[] scores = [.. scored.GetColumn<float>("Score")];
        string[] targets = Predicted(scored);

        IDataView sources = _ml.Data.LoadFromEnumerable(rows.Select(row => new SourceRow { Source = row.Source }));
        var chain = new TransformerChain<ITransformer>(
            _ml.Transforms.Conversion.MapValueToKey("Source").Fit(sources), model,
            _ml.Transforms.Conversion.MapKeyToValue("PredictedSequence").Fit(scored));
        using PredictionEngine<SourceRow, Found> engine = _ml.Model.CreatePredictionEngine<SourceRow, Found>(chain, inputSchema: sources.Schema);
        for (int row = 0; row < rows.Length; row++)
        {
            Found one = engine.Predict(new SourceRow { Source = rows[row].Source });
            Assert.AreEqual(scores[row], one.Score);
            Assert.AreEqual(targets[row], string.Concat(one.PredictedSequence));
        }
    }

    [TestMethod]
    public void A_file_without_MLNet_gives_the_same_targets()
    {
        ReversedWords[] rows = ReversedWords.Make(20);
        using SequenceToSequenceTransformer model = Fit(Options, rows);
        using var file = new MemoryStream();
        model.Model.Save(file);
        file.Position = 0;
        var loaded = SequenceModel.Load(file);
        string[] targets = Predicted(model.Transform(ReversedWords.Sources(_ml, rows)));
        CollectionAssert.AreEqual(targets, rows.Select(row => string.Concat(loaded.PredictTarget(row.Source))).ToArray());
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_bits_and_a_resumed_run_those_of_one_that_never_stopped()
    {
        ReversedWords[] rows = ReversedWords.Make(60);
        using TemporaryFolder folder = new();
        SequenceToSequenceOptions whole = Options with { StepsPerBatch = 100, LabelSmoothing = 0.1 };
        float[] first = Values(whole, rows), second = Values(whole, rows);
        CollectionAssert.AreEqual(first, second);
        SequenceToSequenceOptions stopped = whole with
        {
            Training = whole.Training with { MaxSteps = 3, Checkpoints = new CheckpointOptions { Directory = folder.Path } },
        };
        Values(stopped, rows);
        CollectionAssert.AreEqual(first, Values(whole with { Training = whole.Training with { ResumeFrom = folder.Path } }, rows));
    }

    [TestMethod]
    public void Validation_rows_pass_through_the_transforms_of_the_chain()
    {
        // By themselves the validation rows would number their letters in another order.
        IDataView train = _ml.Data.LoadFromEnumerable(ReversedWords.Make(60)), validation = _ml.Data.LoadFromEnumerable(ReversedWords.Make(20, seed: 5));
        var keys = _ml.Transforms.Conversion.MapValueToKey([new InputOutputColumnPair("Source"), new InputOutputColumnPair("Target")]);
        ValueToKeyMappingTransformer fitted = keys.Fit(train);
        SequenceToSequenceTrainer Trainer(IDataView given) => _ml.Sequence.Trainers.SequenceToSequence(Small, Options with { ValidationSet = given });
        using SequenceToSequenceTransformer byHand = Trainer(fitted.Transform(validation)).Fit(fitted.Transform(train)),
            inChain = keys.Append(Trainer(validation)).Fit(train).LastTransformer;
        Assert.AreEqual(20, inChain.Model.Report.ValidationExamples);
        Assert.AreEqual(byHand.Model.Report.Epochs[^1].ValidationLoss, inChain.Model.Report.Epochs[^1].ValidationLoss);
    }

    [TestMethod]
    [DataRow("?", "#")]
    [DataRow("?", null)]
    [DataRow(null, "#")]
    public void With_one_vocabulary_each_side_keeps_its_own_unknown_token(string? source, string? target)
    {
        SequenceToSequenceOptions options = Options with
        {
            Sharing = EmbeddingSharing.All,
            SourceTokens = Options.SourceTokens! with { UnknownToken = source },
            TargetTokens = Options.SourceTokens! with { UnknownToken = target },
            Training = Options.Training with { Epochs = 1 },
        };
        using SequenceToSequenceTransformer model = Fit(options, ReversedWords.Make(30));
        var task = (SequenceToSequence)model.Model.Task;
        CollectionAssert.AreEqual(task.Source.Tokens!.Values!.ToArray(), task.Target.Tokens!.Values!.ToArray());
        Assert.AreEqual(source, task.Source.Tokens.Unknown is { } own ? task.Source.Tokens.ValueOf(own) : null);
        Assert.AreEqual(target, task.Target.Tokens.Unknown is { } other ? task.Target.Tokens.ValueOf(other) : null);
        if (source is null)
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.Model.PredictTarget(["z"])).Message, "'z' is not one of the");
        else
            CollectionAssert.AreEqual(model.Model.PredictTarget([source]).ToArray(), model.Model.PredictTarget(["z"]).ToArray());
    }

    [TestMethod]
    public void Sources_of_numbers_have_targets_of_tokens()
    {
        // Which of three levels each pair of values has.
        var random = new RandomStream(4);
        NumberRow[] rows = [.. Enumerable.Range(0, 200).Select(_ => NumberRow.Make(random))];
        IDataView data = ReversedWords.Keys(_ml, _ml.Data.LoadFromEnumerable(rows), "Target");
        SequenceToSequenceOptions options = Options with
        {
            SourceFeatures = 2,
            SourceTokens = null,
            Training = Options.Training with { Epochs = 30, LearningRate = 1e-2 },
        };
        using SequenceToSequenceTransformer model = _ml.Sequence.Trainers.SequenceToSequence(Small, options).Fit(data);
        string[] found = Predicted(model.Transform(data));
        int right = rows.Zip(found).Count(pair => string.Concat(pair.First.Target) == pair.Second);
        Assert.IsGreaterThan(180, right);
    }

    [TestMethod]
    public void Other_doors_refuse_it_early()
    {
        using SequenceToSequenceTransformer model = Fit(Options, ReversedWords.Make(20));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() =>
            _ml.Regression.Trainers.Sequence(new EncoderDecoderTransformer(), new SequenceOptions())).Message, "use ml.Sequence.Trainers.SequenceToSequence");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => model.Model.Predict(new float[] { 1 })).Message, "use PredictTarget");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => model.Model.GenerateTokens([1]).First()).Message, "SequenceToSequence");
        Assert.ThrowsExactly<NotSupportedException>(() => model.Model.CreateSession());
        StringAssert.Contains(Assert.ThrowsExactly<NotSupportedException>(() =>
            _ml.Sequence.MeasureMemory(model, ReversedWords.View(_ml, ReversedWords.Make(5)))).Message, "depends on all steps of its source");
        using var file = new MemoryStream();
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.Model.SaveOnnx(file, new OnnxOptions())).Message, "no form as one graph");
        Assert.IsFalse(model.Model.Certificate.IsCertified);
    }

    private float[] Values(SequenceToSequenceOptions options, ReversedWords[] rows)
    {
        using SequenceToSequenceTransformer model = Fit(options, rows);
        return [.. model.Model.Weights.SelectMany(weight => weight.Values)];
    }

    private SequenceToSequenceTransformer Fit(SequenceToSequenceOptions options, ReversedWords[] rows) =>
        _ml.Sequence.Trainers.SequenceToSequence(Small, options).Fit(ReversedWords.View(_ml, rows));

    private string[] Predicted(IDataView scored) =>
        [.. _ml.Transforms.Conversion.MapKeyToValue("PredictedSequence").Fit(scored).Transform(scored)
            .GetColumn<ReadOnlyMemory<char>[]>("PredictedSequence").Select(target => string.Concat(target.Select(token => token.ToString())))];

    private sealed class Found
    {
        public string[] PredictedSequence { get; set; } = [];

        public float Score { get; set; }
    }

    private sealed class NumberRow
    {
        public required float[] Source { get; init; }

        public required string[] Target { get; init; }

        public static NumberRow Make(RandomStream random)
        {
            int[] levels = [.. Enumerable.Range(0, 1 + (int)random.NextInt64(4)).Select(_ => (int)random.NextInt64(3))];
            return new NumberRow
            {
                Source = [.. levels.SelectMany(level => new[] { 10f * level, (float)random.NextNormal() })],
                Target = [.. levels.Select(level => $"{level}")],
            };
        }
    }
}
