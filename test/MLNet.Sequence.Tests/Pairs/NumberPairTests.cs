using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Fitting;
using MLNet.Sequence.Tests.Networks;
using MLNet.Sequence.Tests.Onnx;

namespace MLNet.Sequence.Tests.Pairs;

/// <summary>Pairs of numbers: a sequence of measured values from another one.</summary>
[TestClass]
public sealed class NumberPairTests
{
    private static readonly AttentionRnn Small = new() { HiddenSize = 12 };

    private static readonly SequenceToSequenceOptions Options = new()
    {
        SourceFeatures = 2,
        Training = new TrainingOptions { Epochs = 2, Seed = 3, BatchSize = 16, LearningRate = 5e-3 },
    };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void A_running_mean_is_learnt_in_the_units_of_the_target()
    {
        SequenceToSequenceOptions options = Options with { Training = Options.Training with { Epochs = 30, LearningRate = 1e-2, Patience = null } };
        using SequenceToSequenceTransformer model = _ml.Sequence.Trainers.SequenceToSequence(Small, options).Fit(View(Make(200)));
        Sensors[] others = Make(60, seed: 7);
        float[][] found = [.. model.Transform(View(others)).GetColumn<float[]>("PredictedSequence")];
        double error = 0, variance = 0, mean = others.SelectMany(row => row.Target).Average();
        for (int row = 0; row < others.Length; row++)
        {
            Assert.HasCount(others[row].Target.Length, found[row]);
            error += others[row].Target.Zip(found[row], (actual, predicted) => Math.Pow(actual - predicted, 2)).Sum();
            variance += others[row].Target.Sum(actual => Math.Pow(actual - mean, 2));
        }

        Assert.IsLessThan(0.1, error / variance);
        Assert.AreEqual("mean squared error per step", model.Model.Task.Loss.Name);
    }

    [TestMethod]
    public void Each_step_follows_from_those_predicted_before_it_by_the_plain_formula()
    {
        var transformer = new EncoderDecoderTransformer { Channels = 6, Layers = 1, Heads = 2, FeedForward = 5 };
        foreach (EncoderDecoder architecture in new EncoderDecoder[] { Small, transformer })
        {
            SequenceModel model = UntrainedModel.Make(architecture, Task(), new ChannelScaling([12, 25], [2, 4]));
            double[] source = [13, 22, 9, 31, 12, 24], standard = [.. source.Select((value, i) => i % 2 == 0 ? (value - 12) / 2 : (value - 25) / 4)];
            double[] before = [0, 0, 0];
            var expected = new List<double>();
            for (int step = 0; step < 4; step++)
            {
                double[] all = PlainPlan.Run(model.Network, [.. standard.Chunk(2)], before, model.Weights);
                double[] next = all[^3..];
                before = [.. before, .. next];
                expected.AddRange(next.Select((value, i) => value * (i + 1) + 100 * i));
            }

            Close.AssertEqual([.. expected], model.PredictNumbers(source, 4), 1e-4, architecture.Name);
            Close.AssertEqual([.. expected.Take(9)], model.PredictNumbers(source), 1e-4, "as many steps as the source");
        }
    }

    [TestMethod]
    public void What_is_promised_is_delivered_saved_and_the_same_row_by_row()
    {
        Sensors[] rows = Make(40);
        EstimatorContract.Holds(_ml, _ml.Sequence.Trainers.SequenceToSequence(Small, Options), View(rows));
        using SequenceToSequenceTransformer model = _ml.Sequence.Trainers.SequenceToSequence(Small, Options).Fit(View(rows));
        IDataView scored = model.Transform(_ml.Data.LoadFromEnumerable(rows.Select(row => new { row.Source })));
        Assert.IsNull(scored.Schema.GetColumnOrNull("Score"));
        float[][] found = [.. scored.GetColumn<float[]>("PredictedSequence")];
        using PredictionEngine<Sensors, FoundNumbers> engine = _ml.Model.CreatePredictionEngine<Sensors, FoundNumbers>(model);
        using var file = new MemoryStream();
        model.Model.Save(file);
        file.Position = 0;
        var loaded = SequenceModel.Load(file);
        Assert.AreEqual(model.Model.Task, loaded.Task);
        for (int row = 0; row < rows.Length; row++)
        {
            CollectionAssert.AreEqual(found[row], engine.Predict(rows[row]).PredictedSequence);
            Close.AssertEqual(Close.Doubles(found[row]), loaded.PredictNumbers([.. rows[row].Source.Select(value => (double)value)]), 1e-5, $"row {row}");
        }
    }

    [TestMethod]
    public void The_number_of_steps_is_that_of_the_source_or_of_all_targets_or_given()
    {
        Sensors[] rows = Make(30), two = [.. rows.Select(row => new Sensors { Source = row.Source, Target = [row.Target[0], row.Target[^1]] })];
        Assert.IsNull(((SequenceToSequence)Fit(Options, rows).Model.Task).TargetSteps);
        using SequenceToSequenceTransformer fixedTwo = Fit(Options, two);
        IDataView data = View(two);
        Assert.IsTrue(fixedTwo.Transform(data).GetColumn<float[]>("PredictedSequence").All(found => found.Length == 2));
        fixedTwo.TargetSteps = 5;
        float[][] more = [.. fixedTwo.Transform(data).GetColumn<float[]>("PredictedSequence")];
        Assert.IsTrue(more.All(found => found.Length == 5));
        fixedTwo.TargetSteps = null;
        CollectionAssert.AreEqual(more[3][..2], fixedTwo.Transform(data).GetColumn<float[]>("PredictedSequence").ElementAt(3));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => fixedTwo.TargetSteps = 0);

        Sensors[] uneven = [.. rows[..10], new Sensors { Source = [1, 2], Target = [3, 4] }];
        SequenceToSequenceOptions all = Options with { Training = Options.Training with { ValidationFraction = 0 } };
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Fit(all, uneven)).Message,
            "steps, not as many as the source column 'Source' in each row: numbers have no end that could be predicted. Set TargetSteps");
        using SequenceToSequenceTransformer given = Fit(Options with { TargetSteps = 3 }, uneven);
        Assert.IsTrue(given.Transform(View(uneven)).GetColumn<float[]>("PredictedSequence").All(found => found.Length == 3));
    }

    [TestMethod]
    public void Sources_may_be_tokens_and_rows_without_a_source_get_nothing()
    {
        ReversedWords[] words = [.. ReversedWords.Make(30), new ReversedWords { Source = [], Target = [] }];
        IDataView data = ReversedWords.Keys(_ml, _ml.Data.LoadFromEnumerable(words.Select(row => new
        {
            row.Source,
            Target = row.Source.Select(letter => (double)letter[0]).ToArray(),
        })), "Source");
        using SequenceToSequenceTransformer model = _ml.Sequence.Trainers.SequenceToSequence(Small, Options with
        {
            SourceFeatures = null,
            EmptySequences = EmptySequences.Skip,
        }).Fit(data);
        int[] lengths = [.. model.Transform(data).GetColumn<float[]>("PredictedSequence").Select(found => found.Length)];
        CollectionAssert.AreEqual(words.Select(row => row.Source.Length).ToArray(), lengths);
    }

    [TestMethod]
    [DataRow("text")]
    [DataRow("integers")]
    public void The_options_of_source_tokens_do_not_make_a_target_of_numbers_tokens(string source)
    {
        ReversedWords[] words = ReversedWords.Make(30);
        (IDataView data, TokenOptions tokens) = source == "text"
            ? (_ml.Data.LoadFromEnumerable(words.Select(word => new { Source = string.Concat(word.Source), Target = Numbers(word) })),
                new TokenOptions { EmbeddingSize = 8, Tokenizer = TextTokenizer.Learn(9) })
            : (_ml.Data.LoadFromEnumerable(words.Select(word => new { Source = Digits(word), Target = Numbers(word) })),
                new TokenOptions { EmbeddingSize = 8, Vocabulary = 10 });
        SequenceToSequenceTrainer trainer = _ml.Sequence.Trainers.SequenceToSequence(
            Small, Options with { SourceFeatures = null, SourceTokens = tokens, TargetSteps = 3 });
        EstimatorContract.Holds(_ml, trainer, data);
        using SequenceToSequenceTransformer model = trainer.Fit(data);
        Assert.IsNotNull(model.Model.Task.RowInput!.Tokens);
        Assert.IsTrue(model.Transform(data).GetColumn<float[]>("PredictedSequence").All(found => found.Length == 3));

        static double[] Numbers(ReversedWords word) => [.. Digits(word).Select(digit => digit / 2.0)];
    }

    [TestMethod]
    public void Integers_beside_integers_of_a_vocabulary_are_tokens()
    {
        IDataView data = _ml.Data.LoadFromEnumerable(ReversedWords.Make(30).Select(word => new { Source = Digits(word), Target = Digits(word) }));
        using SequenceToSequenceTransformer model = _ml.Sequence.Trainers.SequenceToSequence(
            Small, Options with { SourceFeatures = null, SourceTokens = new TokenOptions { EmbeddingSize = 8, Vocabulary = 10 } }).Fit(data);
        Assert.AreEqual(10, model.Model.Task.TargetInput!.Tokens!.Count);
    }

    [TestMethod]
    public void A_training_goes_on_with_new_rows_of_other_lengths_and_levels()
    {
        using SequenceToSequenceTransformer first = Fit(Options, Make(30));
        Sensors[] others = [.. Make(30, seed: 9).Select(row => new Sensors
        {
            Source = [.. row.Source, .. row.Source, .. row.Source],
            Target = [.. row.Target.Append(7).Select(value => 2 * value)],
        })];
        TrainingOptions still = Options.Training with { Epochs = 1, Optimizer = new Sgd(), LearningRate = 1e-30, ValidationFraction = 0 };
        SequenceToSequenceTrainer trainer = _ml.Sequence.Trainers.SequenceToSequence(
            Small, Options with { TargetSteps = 3, LongPairs = LongPairs.Cut, EmptySequences = EmptySequences.Skip, Training = still });
        using SequenceToSequenceTransformer second = trainer.Fit(View(others), first);
        foreach (Weight weight in first.Model.Weights)
            CollectionAssert.AreEqual(weight.Values.Items, second.Model.Weights[weight.Name].Values.Items, weight.Name);
        SequenceToSequence before = (SequenceToSequence)first.Model.Task, after = (SequenceToSequence)second.Model.Task;
        Assert.AreNotEqual(before.LongestSource, after.LongestSource);
        Assert.AreNotEqual(before.LongestTarget, after.LongestTarget);
        Assert.AreNotEqual(before.TargetScaling, after.TargetScaling);

        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => _ml.Sequence.Trainers.SequenceToSequence(
            Small, Options with { SourceFeatures = 1, SourceColumnName = "Target", TargetColumnName = "Source", TargetSteps = 3 })
            .Fit(View(others), first)).Message, "ModelDifferences.Task | ModelDifferences.Columns");
        // It has a weight for each position.
        var places = new ConvSeq2Seq { Channels = 6, Layers = 1 };
        using SequenceToSequenceTransformer shorter = _ml.Sequence.Trainers.SequenceToSequence(places, Options).Fit(View(Make(30)));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => _ml.Sequence.Trainers.SequenceToSequence(
            places, Options with { TargetSteps = 3 }).Fit(View(others), shorter)).Message, "Training.WarmStart is a model of another form");
    }

    [TestMethod]
    public void Cut_pairs_count_with_the_steps_that_they_were_given_with()
    {
        SequenceToSequenceOptions cut = Options with { SourceFeatures = 1, LongestSequence = 4, LongPairs = LongPairs.Cut };
        Sensors[] Of(Func<int, int> source, Func<int, int> target) => [.. Enumerable.Range(0, 30).Select(
            i => new Sensors { Source = new float[source(i)], Target = new float[target(i)] })];
        int? Steps(Sensors[] rows)
        {
            using SequenceToSequenceTransformer model = Fit(cut, rows);
            return ((SequenceToSequence)model.Model.Task).TargetSteps;
        }

        Assert.AreEqual(6, Steps(Of(i => 2 + i % 2, _ => 6)));
        // Cut, both have four steps.
        Assert.AreEqual(5, Steps(Of(i => 6 + i % 2, _ => 5)));
        Assert.IsNull(Steps(Of(i => 3 + i % 4, i => 3 + i % 4)));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Fit(cut, Of(_ => 20, i => 5 + i % 3))).Message, "has from 5 to 7 steps");
    }

    [TestMethod]
    public void More_numbers_than_an_array_has_are_refused()
    {
        SequenceModel model = UntrainedModel.Make(Small, Task(), ChannelScaling.None(2));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => model.PredictNumbers([1, 2], 1_000_000_000)).Message,
            "steps must be from 1 to 715827863: one array holds the numbers of all steps, 3 each; found 1000000000.");
        using SequenceToSequenceTransformer fitted = Fit(Options with { TargetFeatures = 1 }, Make(20));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => fitted.TargetSteps = int.MaxValue).Message,
            "TargetSteps must be from 1 to 2147483591");
        StringAssert.Contains(string.Join(" ", (Task() with { TargetSteps = 800_000_000 }).Problems()),
            "TargetSteps must be from 1 to 715827863: one array holds the numbers of all steps, 3 each; found 800000000.");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Fit(Options with { TargetSteps = int.MaxValue }, Make(20))).Message,
            "TargetSteps must be from 1 to 2147483591");
    }

    [TestMethod]
    public void Bad_numbers_are_named()
    {
        Sensors[] rows = Make(20);
        rows[13].Target[1] = float.NaN;
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Fit(Options, rows)).Message,
            "The value of column 'Target' is missing (NaN) in row 14 at step 2");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Fit(Options with { Sharing = EmbeddingSharing.All }, Make(9))).Message,
            "Sharing = All needs tokens in both columns");
        EstimatorContract.Refuses(_ml.Sequence.Trainers.SequenceToSequence(Small, Options with { TargetColumnName = "Targt" }), View(rows),
            "Could not find target column 'Targt'");
        string message = Assert.ThrowsExactly<ArgumentException>(() =>
            _ml.Sequence.Trainers.SequenceToSequence(Small, Options with { TargetFeatures = 0, TargetSteps = 0 })).Message;
        StringAssert.Contains(message, "TargetFeatures must be at least 1; found 0. TargetSteps must be at least 1; found 0.");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Sequence.Trainers.SequenceToSequence(
            Small, new SequenceToSequenceOptions { TargetSteps = 3 }).Fit(ReversedWords.View(_ml, ReversedWords.Make(9)))).Message,
            "TargetSteps is 3, but the target column 'Target' has tokens, whose end is predicted.");
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Fit(Options with
        {
            LabelSmoothing = 0.1,
            Search = new SequenceSearch { Width = 2 },
            Training = Options.Training with { Monitor = "accuracy" },
        }, Make(9))).Message, "LabelSmoothing, Search, Training.Monitor = accuracy: only for targets of tokens; the target column 'Target' has numbers.");
        SequenceModel numbers = UntrainedModel.Make(Small, Task(), ChannelScaling.None(2));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => numbers.PredictTargets([1, 2])).Message, "use PredictNumbers");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => numbers.PredictNumbers([1])).Message, "a whole number of steps of 2 values");
        StringAssert.Contains(string.Join(" ", (Task() with { TargetScaling = null }).Problems()), "must have tokens, or numbers with a TargetScaling");
    }

    // Three numbers a step, each at its own level.
    private static SequenceToSequence Task() => new()
    {
        Source = new SequenceInput { Columns = ["Source"], Scalars = false, Features = 2 },
        Target = new SequenceInput { Columns = ["Target"], Scalars = false, Features = 3 },
        TargetScaling = new ChannelScaling([0, 100, 200], [1, 2, 3]),
        LongestSource = 6,
        LongestTarget = 6,
    };

    // The mean of the first sensor so far, at another level; the second one is noise.
    private static Sensors[] Make(int rows, int seed = 1)
    {
        var random = new RandomStream(seed);
        return [.. Enumerable.Range(0, rows).Select(_ =>
        {
            float[] source = [.. Enumerable.Range(0, 2 * (2 + (int)random.NextInt64(5))).Select(i => 20 + 10 * (float)random.NextDouble())];
            float[] first = [.. source.Where((_, i) => i % 2 == 0)];
            return new Sensors { Source = source, Target = [.. first.Select((_, i) => 1000 + 3 * first[..(i + 1)].Average())] };
        })];
    }

    private static int[] Digits(ReversedWords word) => [.. word.Source.Select(letter => letter[0] % 10)];

    private IDataView View(Sensors[] rows) => _ml.Data.LoadFromEnumerable(rows);

    private SequenceToSequenceTransformer Fit(SequenceToSequenceOptions options, Sensors[] rows) =>
        _ml.Sequence.Trainers.SequenceToSequence(Small, options).Fit(View(rows));

    private sealed class Sensors
    {
        public float[] Source { get; set; } = [];

        public float[] Target { get; set; } = [];
    }

    private sealed class FoundNumbers
    {
        public float[] PredictedSequence { get; set; } = [];
    }
}
