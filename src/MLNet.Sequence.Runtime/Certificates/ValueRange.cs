namespace MLNet.Sequence.Certificates;

/// <summary>An interval for each channel; infinite if nothing is known.</summary>
internal sealed record ValueRange(double[] Low, double[] High)
{
    public int Count => Low.Length;

    public static ValueRange Unknown(int channels) => Around(channels, double.PositiveInfinity);

    /// <summary>[−bound, bound] in every channel.</summary>
    public static ValueRange Around(int channels, double bound) =>
        new([.. Enumerable.Repeat(-bound, channels)], [.. Enumerable.Repeat(bound, channels)]);

    public double Magnitude(int i) => Math.Max(Math.Abs(Low[i]), Math.Abs(High[i]));

    public double Width(int i) => double.IsInfinity(Low[i]) || double.IsInfinity(High[i]) ? double.PositiveInfinity : Outward.Up(High[i] - Low[i]);

    public double[] Magnitudes() => [.. Enumerable.Range(0, Count).Select(Magnitude)];

    /// <summary>The range of an increasing function.</summary>
    public ValueRange Map(Func<double, double> increasing) => new([.. Low.Select(increasing)], [.. High.Select(increasing)]);

    /// <summary>Extended by 0, the value of steps before a window begins.</summary>
    public ValueRange WithZero() => new([.. Low.Select(low => Math.Min(low, 0))], [.. High.Select(high => Math.Max(high, 0))]);

    public ValueRange Plus(ValueRange other) => new(
        [.. Low.Zip(other.Low, (one, two) => one + two)], [.. High.Zip(other.High, (one, two) => one + two)]);

    public ValueRange Within(ValueRange other) => new(
        [.. Low.Zip(other.Low, Math.Max)], [.. High.Zip(other.High, Math.Min)]);

    /// <summary>
    /// The range of W x + b, and of sums of it over several x in this range: rows of <paramref name="weights"/> are repeated over x.
    /// </summary>
    /// <param name="weights">[rows, taps × channels].</param>
    /// <param name="bias">One per row; null: 0.</param>
    /// <param name="rows">Rows of the weights.</param>
    public ValueRange Affine(ReadOnlySpan<double> weights, double[]? bias, int rows)
    {
        var (low, high) = (new double[rows], new double[rows]);
        int columns = weights.Length / rows;
        for (int row = 0; row < rows; row++)
        {
            double down = bias?[row] ?? 0, up = down, size = Math.Abs(down);
            for (int i = 0; i < columns; i++)
            {
                double weight = weights[row * columns + i], one = Outward.Times(weight, Low[i % Count]), two = Outward.Times(weight, High[i % Count]);
                down += Math.Min(one, two);
                up += Math.Max(one, two);
                size += Math.Max(Math.Abs(one), Math.Abs(two));
            }

            // Terms have both signs: the rounding error depends on the sum of their absolute values.
            double slack = double.IsInfinity(size) ? 0 : Outward.Up(size) - size;
            (low[row], high[row]) = (down - slack, up + slack);
        }

        return new ValueRange(low, high);
    }
}
