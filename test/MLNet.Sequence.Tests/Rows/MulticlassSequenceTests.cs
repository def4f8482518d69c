using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNet.Sequence.Tests.Columns;

namespace MLNet.Sequence.Tests.Rows;

[TestClass]
public sealed class MulticlassSequenceTests
{
    private static readonly TrainingOptions Short = new() { Epochs = 12, LearningRate = 1e-2, BatchSize = 16 };
    private static readonly Lazy<(MLContext Ml, TransformerChain<KeyToValueMappingTransformer> Model, IDataView Train, IDataView Test)> Fitted = new(() =>
    {
        var ml = new MLContext(seed: 1);
        IDataView train = LabelledSequence.View(ml, LabelledSequence.Make(240)), test = LabelledSequence.View(ml, LabelledSequence.Make(300, seed: 2));
        return (ml, Pipeline(ml, new Lstm { HiddenSize = 16 }).Fit(train), train, test);
    });

    private static MLContext Ml => Fitted.Value.Ml;

    private static SequencePredictionTransformer Trained => Fitted.Value.Model.OfType<SequencePredictionTransformer>().Single();

    [TestMethod]
    public void An_lstm_learns_shapes_of_variable_length()
    {
        MulticlassClassificationMetrics metrics = Ml.MulticlassClassification.Evaluate(Fitted.Value.Model.Transform(Fitted.Value.Test), topKPredictionCount: 2);

        Assert.IsGreaterThan(0.95, metrics.MicroAccuracy);
        Assert.IsGreaterThanOrEqualTo(metrics.MicroAccuracy, metrics.TopKAccuracy);
        Assert.IsLessThan(0.4, metrics.LogLoss);
    }

    [TestMethod]
    [DataRow(PoolingKind.LastStep)]
    [DataRow(PoolingKind.Max)]
    [DataRow(PoolingKind.Attention)]
    public void A_tcn_learns_with_every_pooling(PoolingKind pooling)
    {
        var ml = new MLContext(seed: 1);
        using TransformerChain<KeyToValueMappingTransformer> model = Pipeline(
            ml, new Tcn { Channels = 16 }, new SequenceOptions { Training = Short, Pooling = pooling }).Fit(Fitted.Value.Train);

        Assert.IsGreaterThan(0.95, ml.MulticlassClassification.Evaluate(model.Transform(Fitted.Value.Test)).MicroAccuracy);
    }

    [TestMethod]
    public void A_bidirectional_gru_learns_and_comes_back_from_a_file()
    {
        var ml = new MLContext(seed: 1);
        using TransformerChain<KeyToValueMappingTransformer> model = Pipeline(ml, new Bidirectional(new Gru { HiddenSize = 8 })).Fit(Fitted.Value.Train);
        IDataView scored = model.Transform(Fitted.Value.Test);
        Assert.IsGreaterThan(0.95, ml.MulticlassClassification.Evaluate(scored).MicroAccuracy);

        using var file = new MemoryStream();
        ml.Model.Save(model, Fitted.Value.Train.Schema, file);
        file.Position = 0;
        ITransformer loaded = new MLContext().Model.Load(file, out _);
        string[] expected = [.. scored.GetColumn<string>("Text")];
        CollectionAssert.AreEqual(expected, loaded.Transform(Fitted.Value.Test).GetColumn<string>("Text").ToArray());
    }

    [TestMethod]
    public void A_prediction_engine_gives_what_a_view_gives()
    {
        LabelledSequence[] rows = LabelledSequence.Make(300, seed: 2);
        ClassPrediction[] batch =
            [.. Ml.Data.CreateEnumerable<ClassPrediction>(Fitted.Value.Model.Transform(LabelledSequence.View(Ml, rows)), reuseRowObject: false)];
        using PredictionEngine<LabelledSequence, ClassPrediction> engine =
            Ml.Model.CreatePredictionEngine<LabelledSequence, ClassPrediction>(Fitted.Value.Model, new PredictionEngineOptions { OwnsTransformer = false });

        for (int i = 0; i < rows.Length; i++)
        {
            ClassPrediction single = engine.Predict(rows[i]);
            Assert.AreEqual(batch[i].Text, single.Text);
            for (int c = 0; c < 3; c++)
                Assert.AreEqual(batch[i].Score[c], single.Score[c], 1e-5);
        }
    }

    [TestMethod]
    public void Engines_of_one_model_may_be_used_by_many_threads()
    {
        LabelledSequence[] rows = LabelledSequence.Make(60, seed: 3);
        string[] expected = Predict(rows);

        string[][] found = [.. Enumerable.Range(0, 4).AsParallel().WithDegreeOfParallelism(4).Select(_ => Predict(rows))];

        foreach (string[] one in found)
            CollectionAssert.AreEqual(expected, one);
    }

    [TestMethod]
    public void A_saved_chain_predicts_the_same_bits()
    {
        using var stream = new MemoryStream();
        Ml.Model.Save(Fitted.Value.Model, Fitted.Value.Train.Schema, stream);
        stream.Position = 0;
        var other = new MLContext();
        ITransformer loaded = other.Model.Load(stream, out _);

        CollectionAssert.AreEqual(Scores(Fitted.Value.Model, Fitted.Value.Test), Scores(loaded, Fitted.Value.Test));
    }

    [TestMethod]
    public void Every_cursor_gets_the_same_bits()
    {
        IDataView scored = Fitted.Value.Model.Transform(Fitted.Value.Test);

        float[][] all = [.. scored.GetColumn<float[]>("Score")];
        float[][] tail = [.. Ml.Data.SkipRows(scored, 270).GetColumn<float[]>("Score")];

        for (int i = 0; i < tail.Length; i++)
            CollectionAssert.AreEqual(all[270 + i], tail[i]);
    }

    [TestMethod]
    public void Cross_validation_works_with_the_key_made_outside()
    {
        var ml = new MLContext(seed: 1);
        IDataView data = LabelledSequence.View(ml, LabelledSequence.Make(180));
        IDataView keyed = ml.Transforms.Conversion.MapValueToKey("Label").Fit(data).Transform(data);

        var folds = ml.MulticlassClassification.CrossValidate(
            keyed, ml.MulticlassClassification.Trainers.Sequence(new Lstm { HiddenSize = 16 }, new SequenceOptions { Training = Short }), numberOfFolds: 3);

        Assert.HasCount(3, folds);
        Assert.IsGreaterThan(0.9, folds.Average(fold => fold.Metrics.MicroAccuracy));
    }

    [TestMethod]
    [DataRow("Label", DisplayName = "keys of text")]
    [DataRow("Yes", DisplayName = "keys of Booleans")]
    [DataRow("Number", DisplayName = "keys of numbers")]
    public void The_promised_schema_is_the_delivered_one(string source)
    {
        var ml = new MLContext(seed: 1);
        IDataView data = LabelledSequence.View(ml, LabelledSequence.Make(30));
        IDataView keyed = ml.Transforms.Conversion.MapValueToKey("Label", source).Fit(data).Transform(data);
        SequenceTrainer trainer = ml.MulticlassClassification.Trainers.Sequence(
            new Lstm { HiddenSize = 2 }, new SequenceOptions { Training = new() { Epochs = 1, ValidationFraction = 0 } });
        using SequencePredictionTransformer model = trainer.Fit(keyed);

        PromisedSchema.MustBeDelivered(trainer.GetOutputSchema(PromisedSchema.Of(keyed.Schema)), model.Transform(keyed).Schema);
        PromisedSchema.MustBeDelivered(trainer.GetOutputSchema(PromisedSchema.Of(keyed.Schema)), model.GetOutputSchema(keyed.Schema));
    }

    [TestMethod]
    public void Score_and_predicted_label_name_their_classes()
    {
        DataViewSchema schema = Trained.GetOutputSchema(
            Ml.Transforms.Conversion.MapValueToKey("Label").Fit(Fitted.Value.Train).Transform(Fitted.Value.Train).Schema);

        VBuffer<ReadOnlyMemory<char>> slots = default, values = default, keys = default;
        schema["Score"].GetSlotNames(ref slots);
        schema["Score"].Annotations.GetValue("TrainingLabelValues", ref values);
        schema["PredictedLabel"].GetKeyValues(ref keys);
        foreach (VBuffer<ReadOnlyMemory<char>> names in new[] { slots, values, keys })
            CollectionAssert.AreEqual(new[] { "bump", "ramp", "wave" }, names.DenseValues().Select(name => name.ToString()).ToArray());
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_bits()
    {
        float[] Run()
        {
            var ml = new MLContext(seed: 5);
            IDataView data = LabelledSequence.View(ml, LabelledSequence.Make(60));
            return Scores(Pipeline(ml, new Lstm { HiddenSize = 8, Dropout = 0.1 }, new SequenceOptions { Training = Short with { Epochs = 2 } }).Fit(data),
                data);
        }

        CollectionAssert.AreEqual(Run(), Run());
    }

    [TestMethod]
    public void The_report_says_how_much_of_the_steps_was_padding()
    {
        Assert.IsNotNull(Trained.Model.Report.PaddedPart);
        Assert.IsLessThan(0.15, Trained.Model.Report.PaddedPart.Value);
    }

    private static EstimatorChain<KeyToValueMappingTransformer> Pipeline(MLContext ml, Architecture architecture, SequenceOptions? options = null) =>
        ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.MulticlassClassification.Trainers.Sequence(architecture, options ?? new SequenceOptions { Training = Short }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("Text", "PredictedLabel"));

    private static string[] Predict(LabelledSequence[] rows)
    {
        using PredictionEngine<LabelledSequence, ClassPrediction> engine =
            Ml.Model.CreatePredictionEngine<LabelledSequence, ClassPrediction>(Fitted.Value.Model, new PredictionEngineOptions { OwnsTransformer = false });
        return [.. rows.Select(row => engine.Predict(row).Text)];
    }

    private static float[] Scores(ITransformer model, IDataView data) => [.. model.Transform(data).GetColumn<float[]>("Score").SelectMany(score => score)];
}
