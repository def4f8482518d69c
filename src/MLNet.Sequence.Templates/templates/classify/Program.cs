using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence;

var ml = new MLContext(seed: 1);
// A row is a sequence: its label, then one number for each step.
IDataView rows = ml.Data.LoadFromTextFile(Path.Combine(AppContext.BaseDirectory, "data.csv"), new TextLoader.Options
{
    Columns = [new("Label", DataKind.String, 0), new("Features", DataKind.Single, 1, STEP_COUNT)],
    Separators = [','],
    HasHeader = true,
    MissingRealsAsNaNs = true, // else an empty cell is read as 0
});
// Sequences are independent of each other, so a random split is right here. If several are of one subject, give its column as samplingKeyColumnName.
var split = ml.Data.TrainTestSplit(rows, testFraction: 0.25, seed: 1);

var pipeline = ml.Transforms.Conversion.MapValueToKey("Label")
    .Append(ml.MulticlassClassification.Trainers.Sequence(new Tcn { Channels = 16 }, new SequenceOptions
    {
        Training = new TrainingOptions { Epochs = 20, LearningRate = 4e-3, BatchSize = 16 },
    }))
    .Append(ml.Transforms.Conversion.MapKeyToValue("Class", "PredictedLabel"));
using var model = pipeline.Fit(split.TrainSet);
Console.WriteLine(ml.MulticlassClassification.EvaluateSequence(model.Transform(split.TestSet)));
ml.Model.Save(model, rows.Schema, "model.zip"); // for ml.Model.Load
