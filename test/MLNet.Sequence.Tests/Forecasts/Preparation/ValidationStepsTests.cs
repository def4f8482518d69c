using Microsoft.ML;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

[TestClass]
public sealed class ValidationStepsTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void The_last_steps_of_each_series_validate_as_a_set_of_their_own_would()
    {
        List<Step> a = Steps(60), b = Steps(50, seed: 2, series: "b");
        ForecastingOptions options = SeriesOptions with { Training = BriefTraining with { Patience = null } };
        TrainingReport inside = Fit(Interleaved(a, b), options with { ValidationSteps = 9 }).Model.Report;
        // The same by hand: training rows, and validation rows with their history.
        TrainingReport apart = Fit(Interleaved(a[..^9], b[..^9]), options with
        {
            ValidationSet = View(_ml, Interleaved(a[^(9 + Context)..], b[^(9 + Context)..])),
        }).Model.Report;

        Assert.AreEqual(apart.TrainingExamples, inside.TrainingExamples);
        Assert.AreEqual(2 * (9 - Horizon + 1), inside.ValidationExamples);
        Assert.AreEqual(apart.ValidationExamples, inside.ValidationExamples);
        for (int epoch = 0; epoch < 2; epoch++)
        {
            Assert.AreEqual(apart.Epochs[epoch].Loss, inside.Epochs[epoch].Loss, 1e-9);
            Assert.AreEqual(apart.Epochs[epoch].ValidationLoss!.Value, inside.Epochs[epoch].ValidationLoss!.Value, 1e-9);
        }
    }

    [TestMethod]
    public void Steps_that_cannot_be_kept_are_refused_with_the_rows_that_are_needed()
    {
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(() => Fit(Steps(20), Options with { ValidationSteps = 12 })).Message,
            "With ValidationSteps 12, at least 23 rows of a series are needed: Context 8 + Horizon 3 to train on, and 12 to validate. The longest has 20.");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => Fit(Steps(60), Options with { ValidationSteps = 2 })).Message,
            "ValidationSteps must be at least Horizon, 3; found 2.");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => Fit(Steps(60), Options with { ValidationSteps = 5, ValidationSet = View(_ml, Steps(60)) })).Message,
            "ValidationSteps and ValidationSet exclude each other.");
    }
}
