using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Rows;

namespace MLNet.Sequence.Tests.Scoring;

/// <summary>Engines share their model: disposing one does not affect the others.</summary>
[TestClass]
public sealed class PredictionEngineTests
{
    [TestMethod]
    public void A_model_whose_first_engine_was_disposed_continues()
    {
        var ml = new MLContext(seed: 1);
        LabelledSequence[] rows = LabelledSequence.Make(30);
        IDataView data = LabelledSequence.View(ml, rows);
        var model = ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(ml.MulticlassClassification.Trainers.Sequence(
                new Tcn { Channels = 4 }, new SequenceOptions { Features = 1, Training = new TrainingOptions { Epochs = 1 } }))
            .Append(ml.Transforms.Conversion.MapKeyToValue("Class", "PredictedLabel")).Fit(data);
        string first;
        using (PredictionEngine<LabelledSequence, Prediction> engine = ml.Model.CreatePredictionEngine<LabelledSequence, Prediction>(model))
            first = engine.Predict(rows[3]).Class;

        using PredictionEngine<LabelledSequence, Prediction> other = ml.Model.CreatePredictionEngine<LabelledSequence, Prediction>(model);
        Assert.AreEqual(first, other.Predict(rows[3]).Class);
        Assert.HasCount(30, model.Transform(data).GetColumn<string>("Class").ToArray());
    }

    private sealed class Prediction
    {
        public string Class { get; set; } = "";
    }
}
