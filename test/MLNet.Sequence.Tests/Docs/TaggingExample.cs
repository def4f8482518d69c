using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/tagging.md, word for word, so that it is compiled.</summary>
internal static class TaggingExample
{
    public static void Run(IDataView train, IDataView test, string file)
    {
        var ml = new MLContext(seed: 1);
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Words")
            .Append(ml.Transforms.Conversion.MapValueToKey("Tags"))
            .Append(ml.MulticlassClassification.Trainers.SequenceTagger(new Bidirectional(new Lstm { HiddenSize = 32 }), new SequenceTaggerOptions
            {
                FeatureColumnName = "Words",
                LabelColumnName = "Tags",
                Tokens = new TokenOptions { EmbeddingSize = 32, Dropout = 0.3, UnknownToken = "<unknown>" },
                Decoding = TagDecoding.Chain,
                Training = new TrainingOptions { Epochs = 15, LearningRate = 5e-3, BatchSize = 16 },
            }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("Predicted", "PredictedLabels"));
        using var model = pipeline.Fit(train);
        Console.WriteLine(ml.MulticlassClassification.EvaluateSequenceTags(model.Transform(test), labelColumnName: "Tags"));
        ml.Model.Save(model, train.Schema, file);
    }
}
