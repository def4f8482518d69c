namespace MLNet.Sequence.Layers;

/// <summary>Initial values of square matrices, row-major.</summary>
internal static class SquareMatrix
{
    public static void FillIdentity(Span<float> values)
    {
        int size = Size(values);
        values.Clear();
        for (int i = 0; i < size; i++)
            values[i * size + i] = 1;
    }

    public static void FillOrthogonal(Span<float> values, RandomStream random)
    {
        int size = Size(values);
        var rows = new double[size][];
        for (int i = 0; i < size; i++)
        {
            rows[i] = new double[size];
            // A row in the span of the rows above it, which almost never happens, is drawn again.
            while (!MakeOrthonormal(rows, i))
            {
                for (int j = 0; j < size; j++)
                    rows[i][j] = random.NextNormal();
            }

            for (int j = 0; j < size; j++)
                values[i * size + j] = (float)rows[i][j];
        }
    }

    // Gram and Schmidt, twice, because a small remainder would magnify the rounding errors of a single pass.
    private static bool MakeOrthonormal(double[][] rows, int last)
    {
        double[] row = rows[last];
        if (Dot(row, row) == 0)
            return false;
        for (int pass = 0; pass < 2; pass++)
        {
            for (int above = 0; above < last; above++)
                Subtract(row, Dot(row, rows[above]), rows[above]);
            double length = Math.Sqrt(Dot(row, row));
            if (length < 1e-8)
                return false;
            for (int j = 0; j < row.Length; j++)
                row[j] /= length;
        }

        return true;
    }

    private static void Subtract(double[] from, double factor, double[] row)
    {
        for (int j = 0; j < from.Length; j++)
            from[j] -= factor * row[j];
    }

    private static double Dot(double[] left, double[] right)
    {
        double sum = 0;
        for (int j = 0; j < left.Length; j++)
            sum += left[j] * right[j];
        return sum;
    }

    private static int Size(ReadOnlySpan<float> values)
    {
        int size = (int)Math.Sqrt(values.Length);
        return size * size == values.Length ? size : throw new InvalidOperationException($"{values.Length} values are not a square matrix.");
    }
}
