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
    public void A_product_with_many_vectors_is_the_bits_of_one_with_each()
    {
        var random = new RandomStream(3);
        foreach (int rows in new[] { 1, 8, 13, 32, 40, 64, 109, 128 })
        {
            foreach (int count in new[] { 1, 2, 3, 4, 7, 8, 9 })
            {
                const int columns = 11;
                var matrix = new PackedMatrix(Draw(rows * columns, random), rows, columns, Draw(rows, random));
                float[] x = Draw(count * columns, random), together = new float[count * rows], alone = new float[count * rows];
                matrix.Multiply(x, together, count);
                for (int i = 0; i < count; i++)
                    matrix.Multiply(x.AsSpan(i * columns, columns), alone.AsSpan(i * rows, rows));
                CollectionAssert.AreEqual(alone, together, $"{rows} rows, {count} vectors");
            }
        }
    }

    [TestMethod]
    public void A_product_with_a_bias_is_the_bits_of_one_that_is_added_to_it()
    {
        var random = new RandomStream(5);
        foreach (int rows in new[] { 1, 8, 13, 64, 109, 512 })
        {
            const int columns = 11, count = 6;
            float[] values = Draw(rows * columns, random), bias = Draw(rows, random), x = Draw(count * columns, random), with = new float[count * rows];
            float[] added = [.. Enumerable.Range(0, count).SelectMany(_ => bias)];
            new PackedMatrix(values, rows, columns, bias).Multiply(x, with, count);
            new PackedMatrix(values, rows, columns).MultiplyAdd(x, added, count);
            CollectionAssert.AreEqual(added, with, $"{rows} rows");
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

    [TestMethod]
    public void Vectors_with_something_between_them_and_a_transposed_matrix_have_the_same_products()
    {
        var random = new RandomStream(4);
        foreach (int rows in new[] { 1, 8, 13, 32, 70, 109 })
        {
            const int columns = 21, count = 7, xStride = 25;
            int yStride = rows + 3;
            float[] matrix = Draw(rows * columns, random), x = Draw(count * xStride, random), y = Draw(count * yStride, random);
            float[] transposed = [.. from column in Enumerable.Range(0, columns) from row in Enumerable.Range(0, rows) select matrix[row * columns + column]];
            var product = new PackedProduct(new float[PackedProduct.LengthOf(rows, columns)], rows, columns);
            // In two parts.
            product.Pack(transposed, 1, rows, 0, 9);
            product.Pack(transposed.AsSpan(9 * rows), 1, rows, 9, columns - 9);
            float[] added = [.. y], written = [.. y];
            product.MultiplyAdd(x, xStride, added, yStride, count);
            product.Multiply(x, xStride, written, yStride, count);
            for (int i = 0; i < y.Length; i++)
            {
                (int vector, int row) = (i / yStride, i % yStride);
                double sum = row < rows ? Enumerable.Range(0, columns).Sum(k => (double)matrix[row * columns + k] * x[vector * xStride + k]) : 0;
                Assert.AreEqual(y[i] + sum, added[i], row < rows ? 1e-5 * columns : 0, $"{rows} rows, value {i}");
                Assert.AreEqual(row < rows ? sum : y[i], written[i], row < rows ? 1e-5 * columns : 0, $"{rows} rows, value {i}");
            }
        }
    }

    private static float[] Draw(int count, RandomStream random) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];
}
