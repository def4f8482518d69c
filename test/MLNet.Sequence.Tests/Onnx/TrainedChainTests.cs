using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNet.Sequence.Tests.Columns;
using MLNet.Sequence.Tests.Rows;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Onnx;

/// <summary>Chains of ML.NET's transforms and trained models as <c>ml.Model.ConvertToOnnx</c> writes them, and the chains that it refuses.</summary>
[TestClass]
public sealed class TrainedChainTests
{
    private static readonly TrainingOptions Short = new() { Epochs = 12, LearningRate = 1e-2f, BatchSize = 16, Seed = 2 };

    private static readonly SequenceOptions Numbers = new() { LabelColumnName = "Number", Training = Short };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void Classes_come_back_as_their_names()
    {
        IDataView rows = Readings();
        var chain = Prepared().Append(_ml.Transforms.Conversion.MapValueToKey("Label", "Shape"))
            .Append(_ml.MulticlassClassification.Trainers.Sequence(new Lstm { HiddenSize = 8 }, new SequenceOptions { Training = Short }))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("Name", "PredictedLabel"));
        using TransformerChain<KeyToValueMappingTransformer> model = chain.Fit(rows);

        ConvertedChain.AssertSame(model, rows, "PredictedLabel", "Score", "Name");
        Assert.IsGreaterThan(1, model.Transform(rows).GetColumn<string>("Name").Distinct().Count());
    }

    [TestMethod]
    public void Yes_and_no_come_with_score_and_probability()
    {
        IDataView rows = Readings();
        using var model = Prepared().Append(_ml.BinaryClassification.Trainers.Sequence(new Tcn { Channels = 8 },
            new SequenceOptions { LabelColumnName = "Yes", Training = Short })).Fit(rows);

        ConvertedChain.AssertSame(model, rows, "PredictedLabel", "Score", "Probability");
        Assert.HasCount(2, model.Transform(rows).GetColumn<bool>("PredictedLabel").Distinct());
    }

    [TestMethod]
    public void Numbers_are_in_the_labels_units_and_further_transforms_read_them()
    {
        IDataView rows = Readings();
        using var model = Prepared().Append(_ml.Regression.Trainers.Sequence(new MinGru { HiddenSize = 8 }, Numbers))
            .Append(_ml.Transforms.CopyColumns("Mine", "Score")).Fit(rows);

        ConvertedChain.AssertSame(model, rows, "Score", "Mine");
    }

    [TestMethod]
    [DataRow(TagDecoding.Steps)]
    [DataRow(TagDecoding.Chain)]
    public void Tags_come_back_for_each_step(TagDecoding decoding)
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(TaggedSequence.Make(60).Where(row => row.Tags.Length >= 6)
            .Select(row => new Tagged { Features = row.Features[..6], Tags = row.Tags[..6] }));
        using var model = _ml.Transforms.Conversion.MapValueToKey("Keys", "Tags").Append(_ml.MulticlassClassification.Trainers.SequenceTagger(
            new Gru { HiddenSize = 8 }, new SequenceTaggerOptions { LabelColumnName = "Keys", Decoding = decoding, Training = Short }))
            .Append(_ml.Transforms.Conversion.MapKeyToValue("Names", "PredictedLabels")).Fit(rows);

        ConvertedChain.AssertSame(model, rows, "PredictedLabels", "Scores", "Names");
    }

    [TestMethod]
    public void Words_are_found_by_their_values_though_their_keys_have_other_numbers()
    {
        IDataView train = Words(TokenSequence.Make(60)), rows = Words(TokenSequence.Make(20, seed: 2).Reverse());
        var options = new SequenceOptions
        {
            LabelColumnName = "Number",
            FeatureColumnName = "Keys",
            EndAtPadding = true,
            Tokens = new TokenOptions { UnknownToken = "a", EmbeddingSize = 4 },
            Training = Short,
        };
        var keys = _ml.Transforms.Conversion.MapValueToKey("Keys", "Words");
        ValueToKeyMappingTransformer inTraining = keys.Fit(train), later = keys.Fit(rows);
        using SequencePredictionTransformer model = _ml.Regression.Trainers.Sequence(new Gru { HiddenSize = 8 }, options).Fit(inTraining.Transform(train));

        ConvertedChain.AssertSame(new TransformerChain<ITransformer>(inTraining, model), train, "Score");
        ConvertedChain.AssertSame(new TransformerChain<ITransformer>(later, model), rows, "Score");
    }

    [TestMethod]
    public void Integers_are_tokens_with_a_vocabulary()
    {
        IDataView rows = _ml.Data.LoadFromEnumerable(TokenSequence.Make(60).Select(row => new Numbered { Tokens = row.Tokens, Number = row.Number }));
        using SequencePredictionTransformer model = _ml.Regression.Trainers.Sequence(new Gru { HiddenSize = 8 }, new SequenceOptions
        {
            LabelColumnName = "Number",
            FeatureColumnName = "Tokens",
            Tokens = new TokenOptions { Vocabulary = TokenSequence.Words.Length, EmbeddingSize = 4 },
            Training = Short,
        }).Fit(rows);

        ConvertedChain.AssertSame(model, rows, "Score");
    }

    [TestMethod]
    public void What_cannot_be_converted_is_refused_with_the_sentence_of_the_documentation()
    {
        using ForecastingTransformer forecaster = Fit(Steps(40));
        Refused(forecaster, View(_ml, Steps(40)));
        Refused(_ml.Transforms.SlidingWindow("Load", context: 4).Fit(View(_ml, Steps(40))), View(_ml, Steps(40)));

        IDataView rows = Readings();
        using var foreign = _ml.Transforms.CustomMapping<Reading, Vector>((reading, made) => made.Features = reading.Rest, contractName: null)
            .Append(_ml.Regression.Trainers.Sequence(new Gru { HiddenSize = 2 }, Numbers)).Fit(rows);
        Refused(foreign, rows);
    }

    [TestMethod]
    public void An_operator_set_before_12_is_refused_by_MLNet_and_12_is_taken()
    {
        IDataView rows = Readings();
        using var model = Prepared().Append(_ml.Regression.Trainers.Sequence(new Gru { HiddenSize = 2 }, Numbers)).Fit(rows);
        using var file = new MemoryStream();

        StringAssert.Contains(Assert.Throws<ArgumentException>(() => _ml.Model.ConvertToOnnx(model, rows, 11, file)).Message,
            "Requested OpSet version 11 is lower than MLNet.Sequence's minimum OpSet version requirement: 12");
        Assert.AreEqual(0, file.Length);
        _ml.Model.ConvertToOnnx(model, rows, 12, file);
        Assert.IsGreaterThan(0, file.Length);
    }

    private void Refused(ITransformer transformer, IDataView rows)
    {
        using var file = new MemoryStream();
        string message = Assert.ThrowsExactly<NotSupportedException>(() => _ml.Model.ConvertToOnnx(transformer, rows, file)).Message;
        StringAssert.Contains(File.ReadAllText(Path.Combine(SourceTree.Root, "docs", "onnx-chains.md")), message);
        Assert.AreEqual(0, file.Length);
    }

    // Shapes of 8 steps: two columns of single values, and a vector for the rest.
    private IDataView Readings() => _ml.Data.LoadFromEnumerable(LabelledSequence.Make(60).Select(row => new Reading
    {
        First = row.Features[0],
        Second = row.Features[1],
        Rest = row.Features[2..8],
        Shape = row.Label,
        Yes = row.Yes,
        Number = row.Number,
    }));

    private EstimatorChain<NormalizingTransformer> Prepared() => _ml.Transforms.Concatenate("Features", "First", "Second", "Rest")
        .Append(_ml.Transforms.NormalizeMinMax("Features"));

    private IDataView Words(IEnumerable<TokenSequence> rows) => _ml.Data.LoadFromEnumerable(rows.Select(row => new Text
    {
        Words = [.. row.Tokens.Select(token => TokenSequence.Words[token]).Concat(Enumerable.Repeat("", 11)).Take(11)],
        Number = row.Number,
    }));

    private sealed class Reading
    {
        public float First { get; set; }

        public float Second { get; set; }

        [VectorType(6)]
        public float[] Rest { get; set; } = [];

        public string Shape { get; set; } = "";

        public bool Yes { get; set; }

        public float Number { get; set; }
    }

    private sealed class Vector
    {
        [VectorType(6)]
        public float[] Features { get; set; } = [];
    }

    private sealed class Tagged
    {
        [VectorType(6)]
        public float[] Features { get; set; } = [];

        [VectorType(6)]
        public string[] Tags { get; set; } = [];
    }

    private sealed class Text
    {
        [VectorType(11)]
        public string[] Words { get; set; } = [];

        public float Number { get; set; }
    }

    private sealed class Numbered
    {
        public int[] Tokens { get; set; } = [];

        public float Number { get; set; }
    }
}
