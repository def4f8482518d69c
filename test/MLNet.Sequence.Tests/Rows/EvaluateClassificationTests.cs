using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Trainers;

namespace MLNet.Sequence.Tests.Rows;

/// <summary>Compares EvaluateSequence for classifications with ML.NET's own Evaluate, on rows scored by ML.NET's own trainer.</summary>
[TestClass]
public sealed class EvaluateClassificationTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void What_MLNet_measures_too_is_the_same()
    {
        IDataView data = Keyed(400);
        IDataView scored = _ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(maximumNumberOfIterations: 5).Fit(data).Transform(data);

        MulticlassClassificationMetrics theirs = _ml.MulticlassClassification.Evaluate(scored);
        SequenceClassificationMetrics ours = _ml.MulticlassClassification.EvaluateSequence(scored, bootstrap: new BootstrapOptions { Resamples = 100 });

        Close.AssertEqual([theirs.MicroAccuracy, theirs.MacroAccuracy, theirs.LogLoss], [ours.Accuracy, ours.MacroRecall, ours.LogLoss], 1e-5, "measures");
        CollectionAssert.AreEqual(new[] { "bump", "ramp", "wave" }, ours.Classes.ToArray());
        for (int actual = 0; actual < 3; actual++)
        {
            for (int predicted = 0; predicted < 3; predicted++)
                Assert.AreEqual(theirs.ConfusionMatrix.GetCountForClassPair(predicted, actual), ours.ConfusionMatrix[actual][predicted], 1e-9);
        }

        Assert.HasCount(4, ours.Intervals);
    }

    [TestMethod]
    public void So_it_is_with_yes_and_no()
    {
        IDataView data = View(400);
        IDataView scored = _ml.BinaryClassification.Trainers.SdcaLogisticRegression("Yes", maximumNumberOfIterations: 5).Fit(data).Transform(data);

        CalibratedBinaryClassificationMetrics theirs = _ml.BinaryClassification.Evaluate(scored, "Yes");
        SequenceClassificationMetrics ours = _ml.BinaryClassification.EvaluateSequence(scored, "Yes");

        // ML.NET states log-loss in bits.
        Close.AssertEqual(
            [theirs.Accuracy, theirs.F1Score, theirs.PositivePrecision, theirs.NegativeRecall, theirs.LogLoss * Math.Log(2)],
            [ours.Accuracy, ours.PerClass[1].F1, ours.PerClass[1].Precision, ours.PerClass[0].Recall, ours.LogLoss], 1e-5, "measures");
    }

    [TestMethod]
    public void Classes_are_known_by_their_values_and_not_by_their_numbers()
    {
        IDataView data = Keyed(60);
        MulticlassPredictionTransformer<MaximumEntropyModelParameters> model = _ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(
            maximumNumberOfIterations: 5).Fit(data);
        // The first row has another class, so the keys of the same values have other numbers.
        IDataView other = _ml.Transforms.Conversion.MapValueToKey("Label").Fit(_ml.Data.SkipRows(View(60), 1)).Transform(View(60));
        Assert.AreNotEqual(data.GetColumn<uint>("Label").First(), other.GetColumn<uint>("Label").First());

        Assert.AreEqual(
            _ml.MulticlassClassification.EvaluateSequence(model.Transform(data)).ToString(),
            _ml.MulticlassClassification.EvaluateSequence(model.Transform(other)).ToString());
    }

    [TestMethod]
    public void Columns_that_do_not_fit_are_refused()
    {
        IDataView data = Keyed(30);
        IDataView scored = _ml.MulticlassClassification.Trainers.SdcaMaximumEntropy(maximumNumberOfIterations: 5).Fit(data).Transform(data);
        void Refuses(string part, string label = "Label", string score = "Score", string predicted = "PredictedLabel") => StringAssert.Contains(
            Assert.Throws<ArgumentOutOfRangeException>(() => _ml.MulticlassClassification.EvaluateSequence(scored, label, score, predicted)).Message, part);

        Refuses("Could not find label column 'Labels'", label: "Labels");
        Refuses("label column 'Number': expected a key or Boolean", label: "Number");
        Refuses("predicted label column 'PredictedLabel': expected Boolean", label: "Yes");
        Refuses("score column 'Weight2'", score: "Weight2");
        Refuses("score column 'PredictedLabel': expected Single, or a vector of Single", score: "PredictedLabel");
    }

    private IDataView Keyed(int count) => _ml.Transforms.Conversion.MapValueToKey("Label").Fit(View(count)).Transform(View(count));

    // Vectors of known size, as ML.NET's trainers need them.
    private IDataView View(int count)
    {
        LabelledSequence[] rows = LabelledSequence.Make(count);
        foreach (LabelledSequence row in rows)
            row.Features = row.Features[..6];
        return LabelledSequence.View(_ml, rows, 6);
    }
}
