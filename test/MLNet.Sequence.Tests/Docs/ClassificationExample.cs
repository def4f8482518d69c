using Microsoft.ML;
using MLNet.Sequence;

namespace Examples;

/// <summary>The example of docs/classification.md, word for word, so that it is compiled.</summary>
internal static class ClassificationExample
{
    public static void Run(IDataView train, IDataView test, string file)
    {
        var ml = new MLContext(seed: 1);
        var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.MulticlassClassification.Trainers.Sequence(new Tcn { Channels = 16 }, new SequenceOptions
            {
                ClassWeights = ClassWeights.Balanced,
                Training = new TrainingOptions { Epochs = 30, LearningRate = 4e-3, BatchSize = 16 },
            }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("Class", "PredictedLabel"));
        using var model = pipeline.Fit(train);
        IDataView scored = model.Transform(test);
        Console.WriteLine(ml.MulticlassClassification.EvaluateSequence(scored, bootstrap: new BootstrapOptions()));
        ml.Model.Save(model, train.Schema, file);
    }
}
