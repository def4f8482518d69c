using MLNet.Sequence.Managed;

namespace MLNet.Sequence.Tests.Managed;

[TestClass]
public sealed class TileProductTests
{
    private static readonly (int Rows, int Depth, int Columns)[] Sizes = [(8, 1, 1), (8, 7, 33), (16, 32, 8), (24, 5, 100)];

    [TestMethod]
    public void Products_are_those_of_the_definition()
    {
        foreach ((int rows, int depth, int columns) in Sizes)
        {
            var random = new RandomStream(rows, depth, columns);
            int width = TileProduct.Columns(columns), apart = width + 16;
            float[] x = Draw(rows * depth, random), w = Draw(depth * columns, random), y = Draw(rows * apart, random), packed = new float[depth * width];
            double[] expected = [.. from row in Enumerable.Range(0, rows)
                                    from column in Enumerable.Range(0, columns)
                                    select y[row * apart + column] + Enumerable.Range(0, depth).Sum(k => (double)x[row * depth + k] * w[k * columns + column])];
            // The same x with its rows side by side.
            float[] turned = [.. from k in Enumerable.Range(0, depth) from row in Enumerable.Range(0, rows) select x[row * depth + k]], other = [.. y];
            TileProduct.Pack(new Grid(w, columns, 1), depth, columns, packed);
            var size = new TileSize(depth, width / TileProduct.Width);
            TileProduct.Add(new Grid(x, depth, 1), TileProduct.Panels(packed, depth), TileProduct.Whole(y, apart), rows, size);
            TileProduct.Add(new Grid(turned, 1, rows), TileProduct.Panels(packed, depth), TileProduct.Whole(other, apart), rows, size);

            double[] found = [.. from row in Enumerable.Range(0, rows) from column in Enumerable.Range(0, columns) select (double)y[row * apart + column]];
            Close.AssertEqual(expected, found, 1e-6, $"{rows} × {depth} × {columns}");
            CollectionAssert.AreEqual(y, other);
        }
    }

    [TestMethod]
    public void A_product_that_does_not_fit_its_matrices_is_refused()
    {
        int width = TileProduct.Width;
        float[] x = new float[8 * 3], w = new float[3 * width], y = new float[8 * width];
        foreach ((int rows, TileSize size) in new[] { (7, new TileSize(3, 1)), (16, new(3, 1)), (8, new(4, 1)), (8, new(3, 2)) })
        {
            Assert.ThrowsExactly<ArgumentException>(
                () => TileProduct.Add(new Grid(x, 3, 1), TileProduct.Panels(w, 3), TileProduct.Whole(y, width), rows, size));
        }
    }

    private static float[] Draw(int count, RandomStream random) => [.. Enumerable.Range(0, count).Select(_ => (float)random.NextNormal())];
}
