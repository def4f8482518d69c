using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Columns;
using MLNet.Sequence.Tests.Fitting;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tests.Rows;

[TestClass]
public sealed class TokenSequenceTests
{
    private static readonly SequenceOptions Options = new()
    {
        LabelColumnName = "Number",
        Tokens = new TokenOptions { EmbeddingSize = 8 },
        Training = new TrainingOptions { Epochs = 15, LearningRate = 2e-2, BatchSize = 16, Seed = 2 },
    };

    private static readonly SequenceOptions Integers = Options with
    {
        FeatureColumnName = "Tokens",
        Tokens = Options.Tokens! with { Vocabulary = TokenSequence.Words.Length },
    };

    private static readonly SequenceOptions Hasty = Options with { Training = Options.Training with { Epochs = 1 } };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Words_are_classified()
    {
        IDataView data = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(Keyed(TokenSequence.Make(400))).Transform(Keyed(TokenSequence.Make(400)));
        using SequencePredictionTransformer model = _ml.MulticlassClassification.Trainers.Sequence(
            new Gru { HiddenSize = 12 }, Options with
            {
                LabelColumnName = "Label",
                Tokens = null,
                Pooling = PoolingKind.LastStep,
                Training = Options.Training with { Epochs = 30 }
            }).Fit(data);

        Assert.IsGreaterThan(0.9, _ml.MulticlassClassification.Evaluate(model.Transform(data)).MicroAccuracy);
    }

    [TestMethod]
    public void Words_are_answered_with_yes_and_no()
    {
        IDataView data = Keyed(TokenSequence.Make(400));
        using SequencePredictionTransformer model = _ml.BinaryClassification.Trainers.Sequence(
            new Tcn { Channels = 12, Levels = 2 }, Options with { LabelColumnName = "Yes", Pooling = PoolingKind.Mean }).Fit(data);

        Assert.IsGreaterThan(0.9, _ml.BinaryClassification.Evaluate(model.Transform(data), "Yes").Accuracy);
    }

    [TestMethod]
    public void ML_NETs_keys_of_characters_are_read_although_some_share_a_name()
    {
        IDataView rows = TokenSequence.View(_ml, TokenSequence.Make(40));
        IDataView data = _ml.Transforms.Text.TokenizeIntoCharactersAsKeys("Features", "Text").Fit(rows).Transform(rows);
        using SequencePredictionTransformer model = _ml.BinaryClassification.Trainers.Sequence(
            new Gru { HiddenSize = 4 }, Hasty with { LabelColumnName = "Yes" }).Fit(data);
        Assert.IsTrue(model.Transform(data).GetColumn<float>("Score").All(float.IsFinite));
    }

    [TestMethod]
    public void Halves_of_characters_are_no_tokens()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(
            new[] { new Halves { Features = ["a", "\uD83D", "\uDE00"], Yes = true }, new Halves { Features = ["b"] } });
        IDataView data = _ml.Transforms.Conversion.MapValueToKey("Features").Fit(rows).Transform(rows);
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(
                () => _ml.BinaryClassification.Trainers.Sequence(new Gru { HiddenSize = 4 }, Hasty with { LabelColumnName = "Yes" }).Fit(data)).Message,
            "Column 'Features' has the key 2, whose value is half of a character");
    }

    private sealed class Halves
    {
        public string[] Features { get; set; } = [];

        public bool Yes { get; set; }
    }

    [TestMethod]
    public void Words_and_their_numbers_teach_the_same()
    {
        // Keys in the order of the words, so that keys and numbers have the same indices.
        TokenSequence[] rows = [TokenSequence.One(0, 1, 2, 3, 4, 5, 6, 7), .. TokenSequence.Make(200)];
        using SequencePredictionTransformer words = Fit(Options, rows), numbers = Fit(Integers, rows);
        IDataView test = Keyed([rows[0], .. TokenSequence.Make(50, seed: 2)]);

        float[] scores = Scores(words, test);
        CollectionAssert.AreEqual(scores, Scores(numbers, test));
        Assert.IsGreaterThan(0.9, _ml.Regression.Evaluate(words.Transform(test), "Number").RSquared);
    }

    [TestMethod]
    public void Keys_are_known_by_their_values()
    {
        TokenSequence[] rows = TokenSequence.Make(60);
        using SequencePredictionTransformer model = Fit(Hasty, rows);

        // The same texts after other rows: their words have other key numbers.
        TokenSequence[] among = [TokenSequence.One(7, 6, 5, 4, 3, 2, 1, 0), .. rows];
        IDataView other = Keyed(among);
        Assert.AreNotEqual(Keyed(rows).GetColumn<uint[]>("Features").First()[0], other.GetColumn<uint[]>("Features").ElementAt(1)[0]);
        float[] expected = Scores(model, Keyed(rows)), found = Scores(model, other)[1..];
        for (int row = 0; row < rows.Length; row++)
            Assert.AreEqual(expected[row], found[row], 1e-5f);
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void What_is_promised_is_delivered_and_saved(bool keys)
    {
        IDataView data = Keyed(TokenSequence.Make(60));
        SequenceTrainer trainer = Trainer(keys ? Hasty : Integers with { Training = Hasty.Training });
        using SequencePredictionTransformer model = trainer.Fit(data);
        PromisedSchema.MustBeDelivered(trainer.GetOutputSchema(PromisedSchema.Of(data.Schema)), model.Transform(data).Schema);

        using var stream = new MemoryStream();
        _ml.Model.Save(model, data.Schema, stream);
        ITransformer loaded = new MLContext().Model.Load(stream, out _);
        CollectionAssert.AreEqual(Scores(model, data), loaded.Transform(data).GetColumn<float>("Score").ToArray());
    }

    [TestMethod]
    public void A_pipeline_of_words_predicts_one_text_as_it_scores_many()
    {
        TokenSequence[] rows = TokenSequence.Make(60);
        IDataView data = TokenSequence.View(_ml, rows);
        using TransformerChain<SequencePredictionTransformer> model = TokenSequence.Keys(_ml)
            .Append(_ml.Regression.Trainers.Sequence(new Lstm { HiddenSize = 4 }, Hasty)).Fit(data);
        float[] scores = [.. model.Transform(data).GetColumn<float>("Score")];
        using PredictionEngine<TokenSequence, NumberPrediction> engine = _ml.Model.CreatePredictionEngine<TokenSequence, NumberPrediction>(model);

        for (int row = 0; row < rows.Length; row++)
            Assert.AreEqual(scores[row], engine.Predict(rows[row]).Score, 1e-5f);
    }

    [TestMethod]
    public void An_unknown_word_is_named_with_its_row_and_step()
    {
        using SequencePredictionTransformer model = Fit(Hasty, TokenSequence.Make(60));
        TokenSequence[] rows = TokenSequence.Make(3);
        rows[2].Text = "the good scenery";

        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Scores(model, Keyed(rows)));
        StringAssert.Contains(
            error.Message, "column 'Features' is 'scenery' in row 3 at step 3: it is not one of the 8 known tokens, and there is no unknown token");
    }

    [TestMethod]
    public void An_unknown_word_becomes_the_unknown_token_where_there_is_one()
    {
        TokenSequence[] rows = TokenSequence.Make(60);
        SequenceOptions added = Hasty with { Tokens = Hasty.Tokens! with { UnknownToken = "<unk>" } };
        using SequencePredictionTransformer model = Fit(added, rows);
        TokenInput tokens = ((SequenceRowTask)model.Model.Task).Input.Tokens!;
        Assert.AreEqual((9, 8, "<unk>"), (tokens.Count, tokens.Unknown, tokens.Values![8]));
        TokenSequence[] unknown = [new() { Text = "the good scenery" }, new() { Text = "the good <unk>" }, new() { Text = "the good film" }];
        float[] scores = Scores(model, Keyed(unknown));
        Assert.AreEqual(scores[0], scores[1], 1e-6f);
        Assert.AreNotEqual(scores[0], scores[2], 1e-6f);

        using SequencePredictionTransformer among = Fit(Hasty with { Tokens = Hasty.Tokens! with { UnknownToken = "film" } }, rows);
        Assert.AreEqual(8, ((SequenceRowTask)among.Model.Task).Input.Tokens!.Count);
        scores = Scores(among, Keyed(unknown));
        Assert.AreEqual(scores[0], scores[2], 1e-6f);
    }

    [TestMethod]
    public void Rare_words_that_have_no_key_are_learnt_as_the_unknown_token_or_refused()
    {
        IDataView data = TokenSequence.View(_ml, TokenSequence.Make(60));
        IDataView few = _ml.Transforms.Text.TokenizeIntoWords("Features", "Text")
            .Append(_ml.Transforms.Conversion.MapValueToKey("Features", maximumNumberOfKeys: 5)).Fit(data).Transform(data);

        InvalidOperationException error = Assert.ThrowsExactly<InvalidOperationException>(() => Trainer(Hasty).Fit(few));
        StringAssert.Contains(error.Message, "column 'Features' is missing (the key 0) in row");
        using SequencePredictionTransformer model = Trainer(Hasty with { Tokens = new TokenOptions { UnknownToken = "?" } }).Fit(few);
        Assert.AreEqual(6, ((SequenceRowTask)model.Model.Task).Input.Tokens!.Count);
    }

    [TestMethod]
    public void A_number_outside_the_vocabulary_is_named_in_training_and_in_scoring()
    {
        TokenSequence[] rows = TokenSequence.Make(20);
        using SequencePredictionTransformer model = Fit(Integers with { Training = Hasty.Training }, rows);
        rows[4].Tokens[1] = 8;
        const string Message = "column 'Tokens' is 8 in row 5 at step 2: it is not one of the 8 known tokens";
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Fit(Integers, rows)).Message, Message);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Scores(model, Keyed(rows))).Message, Message);
        rows[4].Tokens[1] = -1;
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Fit(Integers, rows)).Message, "is -1 in row 5");
    }

    [TestMethod]
    public void Columns_that_are_no_tokens_are_refused_by_the_promise_and_by_Fit()
    {
        IDataView data = Keyed(TokenSequence.Make(20));
        EstimatorContract.Refuses(Trainer(Integers with { FeatureColumnName = "Features" }), data, "expected a vector of an integer type");
        EstimatorContract.Refuses(Trainer(Options with { FeatureColumnName = "Tokens" }), data, "expected a vector of a key of known count");
        EstimatorContract.Refuses(Trainer(Options with { FeatureColumnName = "Text" }), data, "expected a vector of a key of known count");
    }

    [TestMethod]
    public void Keys_of_other_values_than_in_training_are_refused_at_scoring()
    {
        using SequencePredictionTransformer model = Fit(Hasty, TokenSequence.Make(20));
        IDataView data = TokenSequence.View(_ml, TokenSequence.Make(20));
        IDataView numbers = _ml.Transforms.Conversion.MapValueToKey("Features", "Tokens").Fit(data).Transform(data);

        StringAssert.Contains(
            Assert.Throws<ArgumentOutOfRangeException>(() => model.Transform(numbers)).Message, "expected keys of String values, as in training");
    }

    [TestMethod]
    public void All_problems_of_the_options_come_in_one_message()
    {
        ArgumentException error = Assert.ThrowsExactly<ArgumentException>(() => Trainer(Options with
        {
            Features = 2,
            MissingValues = MissingValues.Interpolate,
            Tokens = new TokenOptions { Vocabulary = 1, EmbeddingSize = 0, InitialDeviation = -1, Dropout = 1, UnknownToken = "9" },
        }));
        foreach (string part in new[] { "Vocabulary must be from 2", "EmbeddingSize must be at least 1",
            "InitialDeviation must be above 0 and finite; found -1", "Tokens.Dropout must be in", "UnknownToken must be one of the integers",
            "Features must be 1", "Interpolate has no meaning" })
            StringAssert.Contains(error.Message, part);
    }

    [TestMethod]
    [DataRow(null, 1.0)]
    [DataRow(0.1, 0.1)]
    public void Vectors_start_from_the_requested_deviation(double? asked, double expected)
    {
        // The learning rate is too small to change a float32 value.
        using SequencePredictionTransformer model = Fit(
            Hasty with
            {
                Tokens = new TokenOptions { EmbeddingSize = 500, InitialDeviation = asked },
                Training = Hasty.Training with { LearningRate = 1e-12 }
            }, TokenSequence.Make(20));
        Weight vectors = model.Model.Weights.Single(weight => weight.Shape is [8, 500]);
        Assert.AreEqual(expected, Math.Sqrt(vectors.Values.Average(value => (double)value * value)), 0.05 * expected);
    }

    private IDataView Keyed(TokenSequence[] rows)
    {
        IDataView data = TokenSequence.View(_ml, rows);
        return TokenSequence.Keys(_ml).Fit(data).Transform(data);
    }

    private SequenceTrainer Trainer(SequenceOptions options) => _ml.Regression.Trainers.Sequence(new Lstm { HiddenSize = 8 }, options);

    private SequencePredictionTransformer Fit(SequenceOptions options, TokenSequence[] rows) => Trainer(options).Fit(Keyed(rows));

    private static float[] Scores(SequencePredictionTransformer model, IDataView data) => [.. model.Transform(data).GetColumn<float>("Score")];
}
