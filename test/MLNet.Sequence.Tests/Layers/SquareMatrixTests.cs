using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

[TestClass]
public sealed class SquareMatrixTests
{
    [TestMethod]
    [DataRow(1)]
    [DataRow(2)]
    [DataRow(17)]
    [DataRow(128)]
    public void The_rows_of_an_orthogonal_matrix_are_orthonormal(int size)
    {
        double[][] rows = [.. Draw(new Initializer.Orthogonal(), size, seed: 1).Chunk(size)];
        for (int i = 0; i < size; i++)
        {
            // Float32 rounding of unit rows: below 1e-7 · √size per product.
            for (int j = 0; j < size; j++)
                Assert.AreEqual(i == j ? 1 : 0, rows[i].Zip(rows[j], (left, right) => left * right).Sum(), 1e-6, $"rows {i} and {j}");
        }
    }

    [TestMethod]
    public void Orthogonal_matrices_are_random_and_follow_from_the_seed()
    {
        CollectionAssert.AreEqual(Draw(new Initializer.Orthogonal(), 8, seed: 1), Draw(new Initializer.Orthogonal(), 8, seed: 1));
        CollectionAssert.AreNotEqual(Draw(new Initializer.Orthogonal(), 8, seed: 1), Draw(new Initializer.Orthogonal(), 8, seed: 2));
        // Entries of a random rotation have variance 1/size: no direction is preferred. 64 draws of 64 entries: within 10 %.
        double meanSquare = Enumerable.Range(0, 64)
            .Average(seed => Draw(new Initializer.Orthogonal(), 8, seed)[0] * Draw(new Initializer.Orthogonal(), 8, seed)[0]);
        Assert.AreEqual(1 / 8.0, meanSquare, 0.08);
    }

    [TestMethod]
    public void The_identity_has_ones_on_its_diagonal_alone() =>
        CollectionAssert.AreEqual(new double[] { 1, 0, 0, 0, 1, 0, 0, 0, 1 }, Draw(new Initializer.Identity(), 3, seed: 1));

    [TestMethod]
    public void A_matrix_that_is_not_square_is_refused() =>
        Assert.ThrowsExactly<InvalidOperationException>(() =>
            Initializer.Draw([new WeightSpec("w", [2, 3], new Initializer.Identity(), true)], new RandomStream(1)));

    private static double[] Draw(Initializer initializer, int size, long seed) =>
        Close.Doubles(Initializer.Draw([new WeightSpec("w", [size, size], initializer, true)], new RandomStream(seed))["w"].Values);
}
