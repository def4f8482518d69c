using Microsoft.ML;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Estimators;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tests.Estimators;

[TestClass]
public sealed class WarmStartTests
{
    private sealed class Row
    {
        public float Value { get; set; }
    }

    [TestMethod]
    public void Training_goes_on_from_the_given_weights_on_new_rows()
    {
        SequenceModel first = Fit(new Lstm { HiddenSize = 4 }, phase: 0, new TrainingOptions { Epochs = 5 });
        // A rate of almost nothing leaves the weights where they started.
        TrainingOptions still = new() { Epochs = 1, Optimizer = new Sgd(), LearningRate = 1e-30f, WarmStart = first };
        SequenceModel continued = Fit(new Lstm { HiddenSize = 4 }, phase: 2, still);
        foreach (Weight weight in first.Weights)
            CollectionAssert.AreEqual(weight.Values.Items, continued.Weights[weight.Name].Values.Items, weight.Name);

        SequenceModel moved = Fit(new Lstm { HiddenSize = 4 }, phase: 2, new TrainingOptions { Epochs = 1, WarmStart = first });
        CollectionAssert.AreNotEqual(first.Weights.First().Values.Items, moved.Weights.First().Values.Items);
    }

    [TestMethod]
    public void A_model_of_another_form_is_refused_with_the_weight_that_does_not_fit()
    {
        SequenceModel first = Fit(new Lstm { HiddenSize = 4 }, phase: 0, new TrainingOptions { Epochs = 1 });
        var error = Assert.ThrowsExactly<ArgumentException>(() => Fit(new Lstm { HiddenSize = 5 }, phase: 0, new TrainingOptions { WarmStart = first }));
        StringAssert.Contains(error.Message, "expected shape [20, 1], found [16, 1]");
    }

    private static SequenceModel Fit(Architecture architecture, float phase, TrainingOptions training)
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(Enumerable.Range(0, 80).Select(i => new Row { Value = MathF.Sin(phase + i * 0.3f) }));
        using ForecastingTransformer fitted = ml.Forecasting.Trainers.Sequence(
            architecture, new ForecastingOptions { Targets = ["Value"], Context = 8, Horizon = 2, Training = training }).Fit(rows);
        return fitted.Model;
    }
}
