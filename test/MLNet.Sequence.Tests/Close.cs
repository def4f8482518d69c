using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests;

/// <summary>Comparison of two arrays of numbers.</summary>
internal static class Close
{
    /// <summary>
    /// No difference is larger than <paramref name="relative"/> times the largest expected magnitude: rounding errors of a network depend
    /// on the size of the terms, not on the size of their sum.
    /// </summary>
    public static void AssertEqual(IReadOnlyList<double> expected, IReadOnlyList<double> actual, double relative, string what)
    {
        Assert.HasCount(expected.Count, actual, what);
        relative = Math.Max(relative, TestDevice.Tolerance);
        double largest = expected.Select(Math.Abs).DefaultIfEmpty(0).Max();
        for (int i = 0; i < expected.Count; i++)
        {
            double difference = Math.Abs(expected[i] - actual[i]);
            Assert.IsTrue(difference <= relative * largest, $"{what}, value {i}: expected {expected[i]:R}, found {actual[i]:R}, largest magnitude {largest:R}");
        }
    }

    public static double[] Doubles(IEnumerable<float> values) => [.. values.Select(value => (double)value)];
}
