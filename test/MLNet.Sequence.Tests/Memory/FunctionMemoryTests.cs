using Microsoft.Data.Analysis;
using Microsoft.ML;

namespace MLNet.Sequence.Tests.Memory;

/// <summary>The memory of functions whose memory is known.</summary>
[TestClass]
public sealed class FunctionMemoryTests
{
    private const int Length = 40;

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void A_sum_of_the_last_five_needs_five()
    {
        MemoryReport report = Measure(shown => [shown.TakeLast(5).Sum()], sequence => [sequence.TakeLast(5).Sum() + Noise(sequence)]);

        Assert.AreEqual(5, report.Steps);
        Assert.AreEqual((5, 5), (report.StepsLow, report.StepsHigh));
        Assert.AreEqual(Length, report.LongestExample);
        foreach (MemoryStep step in report.Curve)
        {
            Assert.AreEqual(step.Steps < 5, step.MaxChange > 0, $"{step.Steps}");
            Assert.AreEqual(step.Steps < 5, step.Excess > 0.01, $"{step.Steps}");
            Assert.IsTrue(step.ExcessLow <= step.Excess && step.Excess <= step.ExcessHigh, $"{step.Steps}");
        }

        // Inputs with the deviation s, moved by s, change the sum by s.
        double deviation = report.Influence[0].Perturbation;
        Assert.AreEqual(Math.Sqrt(1 / 3.0), deviation, 0.02);
        foreach (StepInfluence influence in report.Influence)
        {
            Assert.AreEqual(influence.StepsBack < 5 ? deviation : 0, influence.Perturbation, 1e-5);
            Assert.IsTrue(double.IsNaN(influence.Gradient));
        }
    }

    [TestMethod]
    public void A_fading_sum_changes_by_what_has_faded()
    {
        static float[] Fading(float[] shown) => [(float)shown.Reverse().Select((value, j) => Math.Pow(0.8, j) * value).Sum()];
        MemoryReport report = Measure(Fading, sequence => [Fading(sequence)[0] + Noise(sequence)]);

        foreach (MemoryStep step in report.Curve.Where(step => step.Steps < 32))
        {
            // The omitted part is at most a geometric series of inputs in ± 1; its mean follows from the root mean square of that series.
            Assert.IsLessThan(Math.Pow(0.8, step.Steps) / (1 - 0.8), step.MaxChange);
            double typical = Math.Pow(0.8, step.Steps) * Math.Sqrt(1 / 3.0 / (1 - 0.64)) * Math.Sqrt(2 / Math.PI);
            Assert.AreEqual(1, step.MeanChange / typical, 0.25, $"{step.Steps}");
        }

        Assert.IsNull(report.LyapunovExponent);
    }

    [TestMethod]
    public void Losses_of_the_users_own_are_measured()
    {
        MemoryReport report = _ml.Sequence.MeasureMemory(shown => [shown.Length], [.. Examples(_ => [0])], loss: (output, _) => 100 - output[0]);
        CollectionAssert.AreEqual(new double[] { 99, 98, 96, 92, 84, 68, 60 }, report.Curve.Select(step => step.Metric).ToArray());
        Assert.AreEqual(Length, report.Steps);
        Assert.AreEqual("loss", report.Metric);
    }

    [TestMethod]
    public void A_larger_number_that_fails_rules_out_a_smaller_one_that_holds()
    {
        // Correct by chance with one step, wrong with two.
        MemoryReport report = _ml.Sequence.MeasureMemory(
            shown => [shown.Length == 2 ? 2 : 1], [.. Examples(_ => [0])], options: new MemoryOptions { Steps = [1, 2, 3] });
        Assert.AreEqual(3, report.Steps);
        CollectionAssert.AreEqual(new[] { 1, 2, 3, Length }, report.Curve.Select(step => step.Steps).ToArray());
    }

    [TestMethod]
    public void The_tables_load_into_a_DataFrame()
    {
        MemoryReport report = Measure(shown => [shown.TakeLast(5).Sum()], sequence => [sequence.Sum()]);
        DataFrame curve = _ml.Data.LoadFromEnumerable(report.Curve).ToDataFrame(), influence = _ml.Data.LoadFromEnumerable(report.Influence).ToDataFrame();
        Assert.AreEqual(report.Curve.Count, curve.Rows.Count);
        CollectionAssert.AreEqual(report.Curve.Select(step => step.Metric).ToArray(), curve["Metric"].Cast<double>().ToArray());
        CollectionAssert.AreEqual(report.Influence.Select(one => one.StepsBack).ToArray(), influence["StepsBack"].Cast<int>().ToArray());
        StringAssert.Contains(report.ToString(), "steps keep the mean squared error within 1 % (95 % interval");
    }

    [TestMethod]
    public void Bad_input_is_reported_in_one_message()
    {
        string options = Assert.ThrowsExactly<ArgumentException>(() => _ml.Sequence.MeasureMemory(
            shown => shown, [.. Examples(_ => [0])],
                options: new MemoryOptions { Tolerance = 0, Examples = 1, Steps = [0], Confidence = 1, LabelColumnName = "" })).Message;
        foreach (string part in new[] { "Tolerance must be above 0", "Examples must be at least 2", "Steps must each", "Confidence must",
            "LabelColumnName must" })
            StringAssert.Contains(options, part);

        StringAssert.Contains(Message([new MemoryExample([1], [1])]), "at least 2 examples; found 1");
        StringAssert.Contains(Message([new MemoryExample([1, 2], [1]), new MemoryExample([1, 2, 3], [1])], features: 2), "example 1 holds 3 values");
        StringAssert.Contains(Message([new MemoryExample([1], [1]), new MemoryExample([1], [1, 2])]), "The output has 1 values, the target 2");

        string Message(MemoryExample[] examples, int features = 1) =>
            Assert.ThrowsExactly<ArgumentException>(() => _ml.Sequence.MeasureMemory(_ => [0], examples, features)).Message;
    }

    private MemoryReport Measure(Func<float[], float[]> function, Func<float[], float[]> target) =>
        _ml.Sequence.MeasureMemory(function, [.. Examples(target)], options: new MemoryOptions { Steps = [1, 2, 3, 4, 5, 6, 8, 16, 32] });

    // Values uniform in ± 1.
    private static IEnumerable<MemoryExample> Examples(Func<float[], float[]> target)
    {
        var random = new RandomStream(5);
        for (int i = 0; i < 300; i++)
        {
            float[] sequence = [.. Enumerable.Range(0, Length).Select(_ => (float)(2 * random.NextDouble() - 1))];
            yield return new MemoryExample(sequence, target(sequence));
        }
    }

    private static float Noise(float[] sequence) => (float)(0.3 * new RandomStream(BitConverter.SingleToInt32Bits(sequence[0])).NextNormal());
}
