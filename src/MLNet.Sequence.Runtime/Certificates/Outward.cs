using System.Numerics.Tensors;

namespace MLNet.Sequence.Certificates;

/// <summary>
/// Rounds bounds in double precision outward, so that they stay valid. The error of a sum of n terms of one sign is at most n·1.1e-16 of
/// the sum, that of an exponential a few of its last bits. One part in 10¹¹ outward covers sums of 10,000 terms and results computed from
/// several of them.
/// </summary>
internal static class Outward
{
    private const double Slack = 1e-11;

    /// <summary>An upper bound of the exact number that <paramref name="value"/> approximates; it is not negative.</summary>
    public static double Up(double value) => value * (1 + Slack);

    /// <summary>A lower bound of the exact number that <paramref name="value"/> approximates; it is not negative.</summary>
    public static double Down(double value) => value * (1 - Slack);

    /// <summary>A product in which 0 times infinity is 0.</summary>
    public static double Times(double left, double right) => left == 0 || right == 0 ? 0 : left * right;

    /// <summary>Σ row · values of numbers that are not negative, rounded up; values may be infinite.</summary>
    public static double Sum(ReadOnlySpan<double> row, ReadOnlySpan<double> values)
    {
        double sum = TensorPrimitives.Dot(row, values);
        if (!double.IsNaN(sum))
            return Up(sum);
        sum = 0;
        for (int i = 0; i < row.Length; i++)
            sum += Times(row[i], values[i]);
        return Up(sum);
    }

    /// <summary>Σ row, rounded up.</summary>
    public static double Sum(ReadOnlySpan<double> row) => Up(TensorPrimitives.Sum(row));

    /// <summary>√Σ values², rounded up.</summary>
    public static double Length(ReadOnlySpan<double> values) => Up(TensorPrimitives.Norm(values));

    public static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
