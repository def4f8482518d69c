using MLNet.Sequence.Rows;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Compares regression losses with the formulas in PyTorch's documentation of MSELoss, L1Loss and HuberLoss.</summary>
[TestClass]
public sealed class RegressionLossTests
{
    private static readonly float[] Predicted = [0.5f, -2, 1, 4], Actual = [0, 0, 0, 1];

    [ClassInitialize]
    public static void Load(TestContext _) => TorchRuntime.EnsureLoaded();

    [TestMethod]
    public void Losses_and_slopes_are_those_of_the_formulas()
    {
        AssertLoss(RegressionLoss.Squared, e => e * e, e => 2 * e);
        AssertLoss(RegressionLoss.Absolute, Math.Abs, e => Math.Sign(e));
        foreach (double delta in new[] { 0.25, 1, 2, 50 })
        {
            double Cost(double e) => Math.Abs(e) <= delta ? e * e / 2 : delta * (Math.Abs(e) - delta / 2);
            AssertLoss(RegressionLoss.Huber(delta), Cost, e => Math.Clamp(e, -delta, delta));
        }
    }

    [TestMethod]
    public void A_loss_of_weighted_rows_counts_each_row_by_its_weight()
    {
        using var scope = NewDisposeScope();
        Tensor output = tensor(Predicted).view(2, 2), target = tensor(Actual).view(2, 2);
        var batch = new Batch(output, target, 4) { RowWeights = tensor(new float[] { 1, 3 }) };

        // Rows of the errors (.5, −2) and (1, 3).
        var regression = new RegressionObjective(new ChannelScaling([0, 0], [1, 1]), RegressionLoss.Absolute);
        Assert.AreEqual((1 * 1.25 + 3 * 2.0) / 4, new ForecastingObjective(RegressionLoss.Absolute).Loss(output, batch).item<float>(), 1e-6);
        Assert.AreEqual((1 * 1.25 + 3 * 2.0) / 4, regression.Loss(output, batch).item<float>(), 1e-6);
    }

    [TestMethod]
    public void A_delta_that_is_not_above_0_and_a_loss_of_numbers_for_classes_are_refused()
    {
        var lstm = new Lstm { HiddenSize = 2 };
        foreach (double delta in new[] { 0, -1, double.NaN, double.PositiveInfinity })
        {
            var wrong = new ForecastingOptions { Targets = ["y"], Loss = RegressionLoss.Huber(delta) };
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => wrong.Validate(lstm)).Message, "Loss must be a Huber loss with delta above 0");
        }

        var classes = new SequenceOptions { Loss = RegressionLoss.Absolute };
        foreach (SequenceGoal goal in new SequenceGoal[] { new BinaryGoal(), new MulticlassGoal() })
            StringAssert.Contains(goal.Problems(classes).Single(), "Loss has no meaning");
        Assert.IsEmpty(new RegressionGoal().Problems(classes));
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(
                () => new SequenceOptions { LabelColumnName = "y", Loss = RegressionLoss.AbsoluteScaled() }.Validate(lstm, [])).Message,
            "AbsoluteScaled is for forecasters");
        foreach (ForecastingOptions options in new ForecastingOptions[]
        {
            new() { Targets = ["y"], Loss = RegressionLoss.AbsoluteScaled(0) },
            new() { Targets = ["y"], Loss = RegressionLoss.AbsoluteScaled(), Scaling = ScalingKind.Log1p },
            new() { Targets = ["y"], Loss = RegressionLoss.AbsoluteScaled(), Differencing = Differencing.First },
        })
            StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => options.Validate(lstm)).Message, "AbsoluteScaled");
    }

    private static void AssertLoss(RegressionLoss loss, Func<double, double> cost, Func<double, double> slope)
    {
        using var scope = NewDisposeScope();
        double[] errors = [.. Predicted.Zip(Actual, (predicted, actual) => (double)predicted - actual)];
        foreach (IObjective objective in new IObjective[] { new ForecastingObjective(loss), new RegressionObjective(new ChannelScaling([0], [1]), loss) })
        {
            Tensor output = tensor(Predicted).view(4, 1).requires_grad_(true);
            Tensor found = objective.Loss(output, new Batch(output, tensor(Actual).view(4, 1), 4));
            found.backward();
            Assert.AreEqual(errors.Average(cost), found.item<float>(), 1e-6, loss.ToString());
            Close.AssertEqual([.. errors.Select(error => slope(error) / 4)], Close.Doubles(output.grad!.data<float>().ToArray()), 1e-6, loss.ToString());
        }
    }
}
