using System.Numerics.Tensors;

namespace MLNet.Sequence.Certificates;

/// <summary>
/// An upper bound of ‖W‖₂ that holds in spite of rounding. Power iteration guesses s. Cholesky's factorisation of s²I − WᵀW, reduced by
/// more than all its rounding errors (Rump, "Verification of positive definiteness", BIT 2006), proves it if it succeeds.
/// </summary>
internal static class SpectralNorm
{
    private const int Iterations = 100, Bisections = 8;

    /// <param name="matrix">[rows, columns].</param>
    /// <param name="columns">The number of columns.</param>
    public static double UpperBound(double[] matrix, int columns)
    {
        // W and its transpose have the same norm: the smaller Gram matrix is used.
        int rows = matrix.Length / columns;
        double[] gram = rows < columns ? Gram(matrix, columns) : Gram(Transposed(matrix, columns), rows);
        int size = Math.Min(rows, columns);
        double frobenius = Outward.Length(matrix);
        if (frobenius == 0 || !double.IsFinite(frobenius))
            return frobenius;
        double guess = Math.Sqrt(LargestEigenvalue(gram, size));
        double excess = 1e-9;
        while (!Exceeds(gram, size, guess * (1 + excess), frobenius))
            excess *= 4;
        // If the iteration was slow, its guess was too low: the search is between the last guess that failed and the first that did not.
        for ((int i, double low) = (0, excess / 4); i < Bisections && excess > 1e-8; i++)
        {
            double middle = Math.Sqrt(low * excess);
            if (Exceeds(gram, size, guess * (1 + middle), frobenius))
                excess = middle;
            else
                low = middle;
        }

        return Math.Min(guess * (1 + excess), frobenius);
    }

    private static double[] Transposed(double[] matrix, int columns)
    {
        int rows = matrix.Length / columns;
        return [.. Enumerable.Range(0, matrix.Length).Select(i => matrix[i % rows * columns + i / rows])];
    }

    // The products of all pairs of rows.
    private static double[] Gram(double[] matrix, int columns)
    {
        int rows = matrix.Length / columns;
        var gram = new double[rows * rows];
        for (int i = 0; i < rows; i++)
        {
            for (int j = 0; j <= i; j++)
            {
                double dot = TensorPrimitives.Dot<double>(matrix.AsSpan(i * columns, columns), matrix.AsSpan(j * columns, columns));
                gram[i * rows + j] = gram[j * rows + i] = dot;
            }
        }

        return gram;
    }

    private static double LargestEigenvalue(double[] gram, int n)
    {
        var random = new RandomStream(1);
        double[] vector = [.. Enumerable.Range(0, n).Select(_ => random.NextNormal())], next = new double[n];
        double value = 0;
        for (int i = 0; i < Iterations; i++)
        {
            for (int row = 0; row < n; row++)
                next[row] = TensorPrimitives.Dot<double>(gram.AsSpan(row * n, n), vector);
            double length = TensorPrimitives.Norm<double>(next);
            if (length == 0)
                return 0;
            TensorPrimitives.Divide(next, length, vector);
            if (Math.Abs(length - value) <= 1e-13 * length)
                return length;
            value = length;
        }

        return value;
    }

    /// <summary>Whether s²I − WᵀW is proved to be positive definite.</summary>
    private static bool Exceeds(double[] gram, int n, double bound, double frobenius)
    {
        // More than the rounding errors of the Gram matrix and of the factorisation: (n + 2) ε of the traces.
        double square = bound * bound, slack = 5e-16 * (n + 4) * (n * square + frobenius * frobenius);
        var factor = new double[n * n];
        for (int i = 0; i < n; i++)
        {
            Span<double> row = factor.AsSpan(i * n, n);
            for (int j = 0; j <= i; j++)
            {
                double dot = TensorPrimitives.Dot<double>(row[..j], factor.AsSpan(j * n, j));
                double value = (i == j ? square - slack : 0) - gram[i * n + j] - dot;
                if (i == j && !(value > 0))
                    return false;
                row[j] = i == j ? Math.Sqrt(value) : value / factor[j * n + j];
            }
        }

        return true;
    }
}
