using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>Masks are functions of seed and position, the same on every device, with the statistics of independent draws.</summary>
[TestClass]
public sealed class DropoutMasksTests
{
    private const int Many = 1 << 18;

    // The standard deviation of a mean of n independent values with deviation 1; a mean is beyond five of them once in 1.7 million.
    private static readonly double Deviation = 1 / Math.Sqrt(Many);

    [TestInitialize]
    public void Load() => TorchRuntime.EnsureLoaded();

    [TestMethod]
    public void Every_bit_is_that_of_the_plain_formula()
    {
        foreach (long seed in new[] { 0, 1, -7, long.MaxValue })
        {
            var masks = new DropoutMasks(seed);
            ulong number = 0;
            foreach (double rate in new[] { 0.3, 0.5, 0.1, 0.9999, 1e-12, 1 - 1e-9 })
            {
                foreach (long[] shape in new long[][] { [1], [5], [3, 7, 11], [2, 1, 4096] })
                {
                    foreach (ScalarType type in new[] { ScalarType.Float32, ScalarType.Float64 })
                    {
                        using var scope = NewDisposeScope();
                        Tensor mask = masks.Next(shape, rate, empty(1, type, TestDevice.Current));
                        CollectionAssert.AreEqual(shape, mask.shape);
                        Assert.AreEqual((type, TestDevice.Current.type), (mask.dtype, mask.device_type));
                        double scale = type == ScalarType.Float64 ? 1 / (1 - rate) : (float)(1 / (1 - rate));
                        double[] expected = [.. PlainMasks.Kept(seed, number++, rate, (int)mask.numel()).Select(kept => kept ? scale : 0)];
                        CollectionAssert.AreEqual(expected, NetworkProbe.ToArray(mask), $"seed {seed}, mask {number}, rate {rate}");
                    }
                }
            }
        }
    }

    [TestMethod]
    public void The_given_part_is_dropped()
    {
        foreach (double rate in new[] { 0.05, 0.1, 0.3, 0.5, 0.8 })
            Assert.AreEqual(rate, Dropped(seed: 3, rate).Average(), 5 * Deviation * Math.Sqrt(rate * (1 - rate)), $"rate {rate}");
    }

    [TestMethod]
    public void A_rate_below_the_resolution_of_sixteen_bits_holds_over_many_masks()
    {
        const double rate = 1.0 / (1 << 18);
        const int masks = 256, each = 1 << 16;
        using var scope = NewDisposeScope();
        double dropped = 0;
        for (int seed = 0; seed < masks; seed++)
            dropped += each - new DropoutMasks(seed).Next([each], rate, empty(1, device: TestDevice.Current)).Gt(0).sum().item<long>();
        // A quarter of all masks drops 1 of 65,536 values: 64 are expected, with a deviation of √(64 · 2).
        Assert.AreEqual(masks * each * rate, dropped, 5 * Math.Sqrt(128));
    }

    [TestMethod]
    public void Neighbours_rows_layers_and_batches_are_independent()
    {
        const double rate = 0.3;
        double[] mask = Dropped(seed: 5, rate), other = Dropped(seed: 5, rate, number: 1), next = Dropped(seed: 6, rate);
        // Within a word, from word to word, from step to step of 64 channels, from row to row of 96 steps.
        foreach (int distance in new[] { 1, 2, 3, 4, 8, 63, 64, 65, 96 * 64, Many / 2 })
            AssertUncorrelated(mask[..^distance], mask[distance..], $"distance {distance}");
        foreach (int shift in new[] { 0, 1, 4, 64 })
        {
            AssertUncorrelated(mask[shift..], other[..^shift], $"the next mask of a pass, shifted by {shift}");
            AssertUncorrelated(mask[shift..], next[..^shift], $"the next seed, shifted by {shift}");
        }
    }

    [TestMethod]
    public void Four_neighbours_have_each_pattern_as_often_as_chance()
    {
        int[] counts = new int[16];
        foreach (double[] word in Dropped(seed: 7, 0.5).Chunk(4))
            counts[(int)(word[0] + 2 * word[1] + 4 * word[2] + 8 * word[3])]++;
        double expected = Many / 4.0 / 16, chi = counts.Sum(count => (count - expected) * (count - expected) / expected);
        // χ² with 15 degrees of freedom is above 50 only once in 80,000 times.
        Assert.IsLessThan(50, chi);
    }

    [TestMethod]
    [DoNotParallelize]
    public void No_tensor_stays_alive()
    {
        using Tensor like = empty(1, device: TestDevice.Current);
        LiveTensors.AssertNoneLeft(() => new DropoutMasks(1).Next([4, 4], 0.5, like).Dispose(), "a mask");
    }

    private static double[] Dropped(long seed, double rate, int number = 0)
    {
        using var scope = NewDisposeScope();
        var masks = new DropoutMasks(seed);
        for (int i = 0; i < number; i++)
            masks.Next([1], rate, empty(1, device: TestDevice.Current));
        return [.. NetworkProbe.ToArray(masks.Next([Many], rate, empty(1, device: TestDevice.Current))).Select(value => value == 0 ? 1.0 : 0)];
    }

    private static void AssertUncorrelated(double[] one, double[] other, string what)
    {
        double mean = one.Average(), others = other.Average();
        double covariance = one.Zip(other, (a, b) => (a - mean) * (b - others)).Average();
        double correlation = covariance / (Math.Sqrt(mean * (1 - mean)) * Math.Sqrt(others * (1 - others)));
        Assert.AreEqual(0, correlation, 5 / Math.Sqrt(one.Length), what);
    }
}
