using MLNet.Sequence.Layers;
using static MLNet.Sequence.Tests.Certificates.UntrainedModels;

namespace MLNet.Sequence.Tests.Certificates;

/// <summary>
/// Bounds of the outputs of tasks, in their units, on models whose error comes within a few percent of the bound. So a bound that is too
/// small is exceeded, and one that is too large is noticed.
/// </summary>
[TestClass]
public sealed class OutputBoundTests
{
    private const int Steps = 3;

    // The largest state of h' = max(0, x + h / 2) for |x| ≤ 2, and the rest of it after the steps with x = 0.
    private const double Left = 4.0 / 8;

    [TestMethod]
    public void The_unit_of_each_task_is_reached_and_not_passed()
    {
        SequenceInput input = NextStep().Input;
        foreach ((SequenceTask task, float[] weight, float[] bias) in new (SequenceTask, float[], float[])[]
        {
            // The middle of the two logits is where σ is steepest.
            (new SequenceBinaryClassification { Input = input, Pooling = PoolingKind.LastStep, LongestSequence = 99 }, [0.1f], [-0.025f]),
            (NextStep() with { Kind = StepKind.MultiLabel }, [0.1f], [-0.025f]),
            // Two logits that move against each other.
            (new SequenceClassification { Input = input, Pooling = PoolingKind.LastStep, LongestSequence = 99, Classes = 2 }, [0.1f, -0.1f], [-0.025f, 0.025f]),
            (new SequenceTagging { Input = input, LongestSequence = 99, Tags = 2 }, [0.1f, -0.1f], [-0.025f, 0.025f]),
            (new SequenceRegression { Input = input, Pooling = PoolingKind.LastStep, LongestSequence = 99, LabelScaling = new([0, 0], [3, 70]) },
                [0.1f, 0.1f], [0, 0]),
            (NextStep(), [0.1f], [0]),
        })
        {
            SequenceModel model = Make(Relu, task, Values(weight, bias));
            float[] whole = [.. Enumerable.Repeat(20f, 60), .. new float[Steps]];
            float[] full = model.Predict(whole)[^weight.Length..], cut = model.Predict(whole.AsSpan(60))[^weight.Length..];
            AssertReached(Largest(full, cut), model.Certificate.ErrorAfter(Steps), $"{task}");
        }
    }

    [TestMethod]
    public void A_forecast_is_in_the_unit_of_its_series()
    {
        SequenceModel pooled = Make(Relu, Forecasting(WindowNormalization.None, 63), Values([0.1f, 0.1f, 0.1f], [0, 0, 0]));
        var model = new SequenceModel(
            pooled.Architecture, pooled.Task, pooled.Weights,
                new SeriesScaling(pooled.Scaling.Pooled, [new("wide", new([0, 0], [500, 10])), new("narrow", new([0, 0], [1, 10]))]), pooled.Report)
        {
            InputRange = pooled.InputRange,
        };
        float[] history = [.. Enumerable.Range(0, 126).Select(i => i % 2 == 0 && i < 120 ? 1000f : 0)];
        double error = Largest(model.Forecast(history, "wide"), model.Truncate(Steps).Forecast(history, "wide"));
        Assert.AreEqual(0.1 * Left * 500, error, 0.01);
        AssertReached(error, model.Certificate.ErrorAfter(Steps), "the widest series");
    }

    [TestMethod]
    public void A_normalised_window_brings_its_deviation_to_the_error()
    {
        // h' = tanh(25 (x + 1) + h / 2): 1 where the normalised input is 1, and from there tanh(½) at −1.
        SequenceModel model = Make(new Rnn { HiddenSize = 1 }, Forecasting(WindowNormalization.MeanAndDeviation, 40), (name, count) => name switch
        {
            _ when name.EndsWith("weight_ih", StringComparison.Ordinal) => [25, 0],
            _ when name.EndsWith("weight_hh", StringComparison.Ordinal) => [0.5f],
            _ when name.EndsWith("bias_ih", StringComparison.Ordinal) => [25],
            _ when name.Contains("head", StringComparison.Ordinal) && name.EndsWith("weight", StringComparison.Ordinal) => [.. Enumerable.Repeat(1f, count)],
            _ => new float[count],
        });
        // Half of the window is at each end of the range, and the last step at the lower one.
        float[] history = [.. Enumerable.Range(0, 80).Select(i => i % 2 == 1 ? 0 : i / 2 < 19 || i == 78 ? -20f : 20)];
        double error = Largest(model.Forecast(history), model.Truncate(1).Forecast(history));
        Assert.AreEqual(20 * Math.Tanh(0.5), error, 0.01);
        Assert.IsLessThanOrEqualTo(model.Certificate.ErrorAfter(1), error);
        Assert.IsGreaterThan(0.9 * model.Certificate.ErrorAfter(1), error);
    }

    private static Composed Relu => new(new RnnLayer(1) { Activation = ActivationKind.Relu });

    private static Func<string, int, float[]> Values(float[] head, float[] bias) => (name, count) => name switch
    {
        _ when name.EndsWith("weight_ih", StringComparison.Ordinal) => [1, .. new float[count - 1]],
        _ when name.EndsWith("weight_hh", StringComparison.Ordinal) => [0.5f],
        _ when name.StartsWith("head", StringComparison.Ordinal) => name.EndsWith("weight", StringComparison.Ordinal) ? head : bias,
        _ => new float[count],
    };

    private static void AssertReached(double error, double bound, string what)
    {
        Assert.IsLessThanOrEqualTo(bound, error, what);
        Assert.IsGreaterThan(0.97 * bound, error, what);
    }

    private static double Largest(float[] one, float[] other) => one.Zip(other, (a, b) => Math.Abs((double)a - b)).Max();
}
