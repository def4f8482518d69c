using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Columns;
using MLNet.Sequence.Tests.Fitting;
using MLNet.Sequence.Tests.Rows;

namespace MLNet.Sequence.Tests.NextSteps;

[TestClass]
public sealed class NextTokenTests
{
    private static readonly NextStepOptions Options = new()
    {
        Kind = StepKind.Token,
        Tokens = new TokenOptions { EmbeddingSize = 8 },
        Training = new TrainingOptions { Epochs = 40, LearningRate = 2e-2, BatchSize = 16, Patience = null, Seed = 2 },
    };

    private static readonly NextStepOptions Hasty = Options with { Training = Options.Training with { Epochs = 2 } };

    private static readonly NextStepOptions Integers =
        Hasty with { FeatureColumnName = "Tokens", Tokens = new TokenOptions { Vocabulary = TokenSequence.Words.Length } };

    private static readonly Dictionary<string, NextStepOptions> Heads = new()
    {
        ["plain"] = Hasty,
        ["tied"] = Hasty with { TiedEmbedding = true },
        ["adaptive"] = Hasty with { AdaptiveSoftmax = [2, 5] },
        ["integers"] = Integers,
        ["unknown"] = Hasty with { Tokens = new TokenOptions { UnknownToken = "<unk>", Dropout = 0.2 } },
    };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void The_order_of_words_is_learnt_and_continued()
    {
        // Each word is followed by the one after it in the list.
        TokenSequence[] rows = Rounds(120);
        using NextStepTransformer model = Fit(new Gru { HiddenSize = 16 }, Options, rows);
        IDataView scored = model.Transform(Keyed(rows));

        NextStepMetrics metrics = _ml.Sequence.EvaluateNextStep(scored);
        Assert.IsLessThan(1.1, metrics.Perplexity);
        IDataView words = _ml.Transforms.Conversion.MapKeyToValue("Prediction").Fit(scored).Transform(scored);
        string[] next = [.. words.GetColumn<ReadOnlyMemory<char>>("Prediction").Select(word => word.ToString())];
        for (int row = 0; row < rows.Length; row++)
            Assert.AreEqual(TokenSequence.Words[(rows[row].Tokens[^1] + 1) % 8], next[row]);
        CollectionAssert.AreEqual(
            new[] { "a", "bad", "film", "plot" }, model.Model.Generate(["the", "good"], new GenerationOptions { Temperature = 0, MaxLength = 4 }).ToArray());
    }

    [TestMethod]
    [DataRow("plain")]
    [DataRow("tied")]
    [DataRow("adaptive")]
    [DataRow("integers")]
    [DataRow("unknown")]
    public void The_loss_is_the_cross_entropy_of_the_scores_of_every_beginning(string head)
    {
        NextStepOptions options = Heads[head];
        TokenSequence[] rows = TokenSequence.Make(40);
        using NextStepTransformer model = Fit(new Lstm { HiddenSize = 6 }, options, rows);
        IDataView scored = model.Transform(Keyed(rows));
        float[] losses = [.. scored.GetColumn<float>("Loss")];
        string[] names = Slots(scored.Schema["Score"]);

        double[] sums = new double[3];
        for (int row = 0; row < sums.Length; row++)
        {
            int[] tokens = rows[row].Tokens;
            TokenSequence[] beginnings = [.. Enumerable.Range(1, tokens.Length - 1).Select(length => TokenSequence.One(tokens[..length]))];
            float[][] scores = [.. model.Transform(Keyed(beginnings)).GetColumn<float[]>("Score")];
            for (int i = 0; i < scores.Length; i++)
            {
                Assert.AreEqual(1, scores[i].Sum(), 1e-5);
                string next = options.FeatureColumnName == "Tokens" ? $"{tokens[i + 1]}" : TokenSequence.Words[tokens[i + 1]];
                sums[row] -= Math.Log(scores[i][Array.IndexOf(names, next)]) / scores.Length;
            }

            Assert.AreEqual(sums[row], losses[row], 1e-5);
        }
    }

    [TestMethod]
    [DataRow("plain")]
    [DataRow("tied")]
    [DataRow("adaptive")]
    [DataRow("integers")]
    [DataRow("unknown")]
    public void What_is_promised_is_delivered_saved_and_the_same_row_by_row(string head)
    {
        TokenSequence[] rows = TokenSequence.Make(40);
        IDataView data = Keyed(rows);
        NextStepTrainer trainer = _ml.Sequence.Trainers.NextStep(new Tcn { Channels = 6 }, Heads[head]);
        using NextStepTransformer model = trainer.Fit(data);
        IDataView scored = model.Transform(data);
        PromisedSchema.MustBeDelivered(trainer.GetOutputSchema(PromisedSchema.Of(data.Schema)), scored.Schema);

        using var stream = new MemoryStream();
        _ml.Model.Save(model, data.Schema, stream);
        IDataView again = new MLContext().Model.Load(stream, out _).Transform(data);
        CollectionAssert.AreEqual(scored.GetColumn<float>("Loss").ToArray(), again.GetColumn<float>("Loss").ToArray());
        CollectionAssert.AreEqual(scored.GetColumn<uint>("Prediction").ToArray(), again.GetColumn<uint>("Prediction").ToArray());
        float[][] scores = [.. scored.GetColumn<float[]>("Score")];
        for (int row = 1; row < 5; row++)
        {
            float[] alone = model.Transform(_ml.Data.SkipRows(_ml.Data.TakeRows(data, row + 1), row)).GetColumn<float[]>("Score").Single();
            for (int token = 0; token < alone.Length; token++)
                Assert.AreEqual(scores[row][token], alone[token], 1e-5f);
        }
    }

    [TestMethod]
    [DataRow(false)]
    [DataRow(true)]
    public void The_report_and_the_evaluation_name_the_same_loss(bool adaptive)
    {
        IDataView data = Keyed(TokenSequence.Make(60));
        NextStepOptions options = Hasty with { ValidationSet = data, AdaptiveSoftmax = adaptive ? [3] : [] };
        using NextStepTransformer model = _ml.Sequence.Trainers.NextStep(new Lstm { HiddenSize = 6 }, options).Fit(data);
        EpochReport best = model.Model.Report.Epochs[model.Model.Report.BestEpoch - 1];

        NextStepMetrics metrics = _ml.Sequence.EvaluateNextStep(model.Transform(data));
        Assert.AreEqual(best.ValidationLoss!.Value, metrics.Loss, 1e-5 * metrics.Loss);
        Assert.AreEqual(Math.Exp(metrics.Loss), metrics.Perplexity, 1e-9);
        Assert.AreEqual(Math.Log2(metrics.Perplexity), metrics.BitsPerToken, 1e-9);
        StringAssert.Contains(metrics.ToString(), "bits per token");
    }

    [TestMethod]
    public void With_an_adaptive_softmax_the_model_numbers_words_by_how_often_they_come()
    {
        TokenSequence[] rows = [TokenSequence.One(0, 1, 2, 3, 4, 5, 6, 7), TokenSequence.One(5, 5, 5, 7, 7, 5), TokenSequence.One(3, 3)];
        using NextStepTransformer model = Fit(new Lstm { HiddenSize = 4 }, Hasty with { AdaptiveSoftmax = [2] }, rows);

        // Token 5 occurs five times, 7 and 3 three times, the others once. Each group is in the order of its keys.
        string[] expected = [.. new[] { 5, 3, 7, 0, 1, 2, 4, 6 }.Select(token => TokenSequence.Words[token])];
        CollectionAssert.AreEqual(expected, ((NextStep)model.Model.Task).Input.Tokens!.Values!.ToArray());
    }

    [TestMethod]
    public void A_continuous_text_is_learnt_across_its_rows()
    {
        // Every row repeats one word, which follows from the word of the previous row.
        int[] text = [.. Enumerable.Range(0, 4000).Select(i => i % 24 < 8 ? 1 : i % 24 < 16 ? 3 : 5)];
        TokenSequence[] rows = [.. text.Chunk(8).Select(words => TokenSequence.One(words))];
        NextStepOptions options = Options with
        {
            ContinuousText = true,
            Training = Options.Training with { BackpropSteps = 30, BatchSize = 8, Epochs = 40 },
        };
        using NextStepTransformer model = Fit(new Gru { HiddenSize = 24 }, options, rows);
        Assert.AreEqual(8, model.Model.Report.TrainingExamples);
        Assert.IsGreaterThan(0, model.Model.Report.ValidationExamples);
        // The changes of a text are between its rows. A model of separate rows has never seen one.
        using NextStepTransformer apart = Fit(new Gru { HiddenSize = 24 }, Options with { Training = Options.Training with { Epochs = 5 } }, rows);
        IDataView test = Keyed([TokenSequence.One(text[..240])]);
        Assert.IsLessThan(1.2, _ml.Sequence.EvaluateNextStep(model.Transform(test)).Perplexity);
        Assert.IsGreaterThan(1.5, _ml.Sequence.EvaluateNextStep(apart.Transform(test)).Perplexity);
    }

    [TestMethod]
    public void Columns_and_options_that_are_not_of_tokens_are_refused()
    {
        IDataView data = Keyed(TokenSequence.Make(20));
        EstimatorContract.Refuses(Trainer(Hasty with { FeatureColumnName = "Tokens" }), data, "expected a vector of a key of known count");
        EstimatorContract.Refuses(Trainer(Hasty with { Kind = StepKind.Real, Tokens = null }), data, "expected a vector of Single, Double");
        ArgumentException cutoff = Assert.ThrowsExactly<ArgumentException>(() => Trainer(Hasty with { AdaptiveSoftmax = [8] }).Fit(data));
        StringAssert.Contains(cutoff.Message, "must be below the number of tokens, 8; found 8");
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => Trainer(Hasty with
        {
            TiedEmbedding = true,
            AdaptiveSoftmax = [3, 3],
            ContinuousText = true,
            ScoreColumnName = "Loss",
        }));
        foreach (string part in new[] { "exclude each other", "AdaptiveSoftmax must ascend from 1 or above; found [3, 3]",
            "needs Training.BackpropSteps", "must be three names" })
            StringAssert.Contains(error.Message, part);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => Trainer(Hasty with { Kind = StepKind.Real })).Message, "need Kind = Token");
    }

    private static TokenSequence[] Rounds(int rows)
    {
        var random = new Random(3);
        return [.. Enumerable.Range(0, rows).Select(_ => Round(random.Next(8), random.Next(3, 12)))];
    }

    private static TokenSequence Round(int first, int length) => TokenSequence.One([.. Enumerable.Range(first, length).Select(token => token % 8)]);

    private static string[] Slots(DataViewSchema.Column column)
    {
        VBuffer<ReadOnlyMemory<char>> names = default;
        column.GetSlotNames(ref names);
        return [.. names.DenseValues().Select(name => name.ToString())];
    }

    private IDataView Keyed(TokenSequence[] rows)
    {
        IDataView data = TokenSequence.View(_ml, rows);
        return TokenSequence.Keys(_ml).Fit(data).Transform(data);
    }

    private NextStepTrainer Trainer(NextStepOptions options) => _ml.Sequence.Trainers.NextStep(new Lstm { HiddenSize = 4 }, options);

    private NextStepTransformer Fit(Architecture architecture, NextStepOptions options, TokenSequence[] rows) =>
        _ml.Sequence.Trainers.NextStep(architecture, options).Fit(Keyed(rows));
}
