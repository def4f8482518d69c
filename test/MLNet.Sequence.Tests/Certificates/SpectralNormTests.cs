using MLNet.Sequence.Certificates;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Certificates;

[TestClass]
public sealed class SpectralNormTests
{
    [TestMethod]
    public void The_bound_is_above_the_norm_and_close_to_it()
    {
        TorchRuntime.EnsureLoaded();
        for (int seed = 1; seed <= 100; seed++)
        {
            var random = new RandomStream(seed);
            int rows = 1 + (int)random.NextInt64(30), columns = 1 + (int)random.NextInt64(30);
            double size = Math.Pow(10, random.NextInt64(9) - 4);
            double[] matrix = [.. Enumerable.Range(0, rows * columns).Select(_ => size * random.NextNormal())];
            double norm = Norm(matrix, rows, columns), bound = SpectralNorm.UpperBound(matrix, columns);
            Assert.IsGreaterThanOrEqualTo(norm * (1 - 1e-14), bound, $"{rows} × {columns}");
            Assert.IsLessThan(norm * (1 + 1e-4), bound, $"{rows} × {columns}");
        }
    }

    [TestMethod]
    public void Matrices_with_many_equal_singular_values_have_a_bound_as_close()
    {
        double[] identity = new double[64 * 64];
        for (int i = 0; i < 64; i++)
            identity[i * 65] = 0.95;
        Assert.IsGreaterThanOrEqualTo(0.95, SpectralNorm.UpperBound(identity, 64));
        Assert.IsLessThan(0.95 * (1 + 1e-7), SpectralNorm.UpperBound(identity, 64));
        Assert.AreEqual(0, SpectralNorm.UpperBound(new double[12], 3));
        Assert.AreEqual(3, SpectralNorm.UpperBound([-3], 1), 1e-7);
    }

    private static double Norm(double[] matrix, int rows, int columns)
    {
        using var scope = NewDisposeScope();
        return linalg.svd(tensor(matrix, [rows, columns]), fullMatrices: false).S[0].item<double>();
    }
}
