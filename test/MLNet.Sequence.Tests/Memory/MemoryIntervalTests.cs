using MLNet.Sequence.Memory;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Tests.Memory;

/// <summary>How often the intervals of a measured memory contain the true value, for a function of two steps whose excess error with one
/// step is known.</summary>
[TestClass]
public sealed class MemoryIntervalTests
{
    // The target is x_t + a x_{t−1} + noise of variance 1, x of variance 1: with one step the error is 1 + a² instead of 1.
    private const double Excess = 0.05;
    private const int Trials = 400;

    [TestMethod]
    [DataRow(300, 0.0)]
    [DataRow(300, 0.8)]
    [DataRow(1000, 0.8)]
    public void Intervals_of_95_percent_hold_the_excess_and_the_number_of_steps_that_often(int count, double memory)
    {
        bool[][] held = [.. ParallelEnumerable.Range(0, Trials).Select(trial =>
        {
            MemoryReport report = Measured(new RandomStream(count, (long)(10 * memory), trial), count, memory);
            MemoryStep one = report.Curve[0];
            return new[] { one.ExcessLow <= Excess && Excess <= one.ExcessHigh, report.StepsLow <= 2 && 2 <= report.StepsHigh };
        })];
        foreach (int which in new[] { 0, 1 })
        {
            double part = held.Count(trial => trial[which]) / (double)Trials;
            // The standard error of 400 trials at .95 is .011, and squares have a skewed distribution. The interval of the steps is correct
            // at least as often as that of the excess.
            Assert.IsTrue(part is >= 0.91 && (which == 1 || part <= 0.98), $"{which}: {part:P1}");
        }
    }

    private static MemoryReport Measured(RandomStream random, int count, double memory)
    {
        float[] x = Series(random, count + 1, 0), noise = Series(random, count + 1, memory);
        var examples = new MemoryExample[count];
        for (int t = 1; t <= count; t++)
            examples[t - 1] = new MemoryExample([x[t - 1], x[t]], [x[t] + (float)Math.Sqrt(Excess) * x[t - 1] + noise[t]]);
        float[] Sees(float[] shown) => [shown[^1] + (shown.Length > 1 ? (float)Math.Sqrt(Excess) * shown[^2] : 0)];
        MemorySubject subject = MemorySubject.Of(Sees, examples, (output, target) => TaskLoss.MeanSquare(output, target), (1, "mean squared error"));
        return new MemoryMeasurement(subject, new MemoryOptions { Examples = count }).Run();
    }

    private static float[] Series(RandomStream random, int count, double memory)
    {
        var values = new float[count];
        double value = random.NextNormal();
        for (int t = 0; t < count; t++)
        {
            values[t] = (float)value;
            value = memory * value + Math.Sqrt(1 - memory * memory) * random.NextNormal();
        }

        return values;
    }
}
