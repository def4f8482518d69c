using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Tests.Managed;

[TestClass]
public sealed class PackedMatrixTests
{
    [TestMethod]
    public void Products_are_right_for_every_number_of_rows_around_the_vector_width()
    {
        var random = new RandomStream(1);
        foreach (int rows in Enumerable.Range(1, 140))
        {
            foreach (int columns in new[] { 1, 2, 7, 33 })
            {
                float[] matrix = Draw(rows * columns, random), x = Draw(columns, random), y = Draw(rows, random);
                double[] expected = [.. Enumerable.Range(0, rows).Select(row =>
                    y[row] + Enumerable.Range(0, columns).Sum(column => (double)matrix[row * columns + column] * x[column]))];

                new PackedMatrix(matrix, rows, columns).MultiplyAdd(x, y);

                for (int row = 0; row < rows; row++)
                    Assert.AreEqual(expected[row], y[row], 1e-5 * (1 + columns), $"{rows} × {columns}, row {row}");
            }
        }
    }

    [TestMethod]
    public void Values_beyond_the_rows_are_left_alone()
    {
        var y = new float[20];
        new PackedMatrix(Draw(13 * 3, new RandomStream(2)), 13, 3).MultiplyAdd(new float[] { 1, 2, 3 }, y.AsSpan());
        Assert.IsTrue(y.AsSpan(13).IndexOfAnyExcept(0f) < 0);
        Assert.IsTrue(y.AsSpan(0, 13).IndexOf(0f) < 0);
    }

    private static float[] Draw(int count, RandomStream random) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];
}
