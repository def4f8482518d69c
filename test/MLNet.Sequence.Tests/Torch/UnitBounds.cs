using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>The contraction factor of gated layers by the inequality for each unit, the largest of all units, written from docs/stability.md.</summary>
internal static class UnitBounds
{
    public static double Lstm(Weights weights, double inputBound)
    {
        (double[,] recurrent, double[,] input, double[,] bias) = Blocks(weights, 4);
        return Enumerable.Range(0, recurrent.GetLength(1)).Max(unit =>
        {
            double forget = Sigmoid(recurrent[1, unit] + inputBound * input[1, unit] + bias[1, unit]);
            return forget + (recurrent[0, unit] + recurrent[3, unit]) / 4 + recurrent[2, unit] + recurrent[1, unit] / (4 * (1 - forget));
        });
    }

    public static double Gru(Weights weights, double inputBound)
    {
        (double[,] recurrent, double[,] input, double[,] bias) = Blocks(weights, 3);
        int units = recurrent.GetLength(1);
        return Enumerable.Range(0, units).Max(unit =>
        {
            double update = Sigmoid(recurrent[1, unit] + inputBound * input[1, unit] + bias[1, unit]);
            double shift = Math.Abs(weights["bias_hh"].Values[2 * units + unit]);
            double fresh = recurrent[2, unit] + recurrent[0, unit] * (recurrent[2, unit] + shift) / 4;
            return update + (1 - update) * fresh + recurrent[1, unit] / 2;
        });
    }

    // The l1 norms of the rows of both matrices, and the sums of both biases, by gate and unit.
    private static (double[,] Recurrent, double[,] Input, double[,] Bias) Blocks(Weights weights, int gates)
    {
        int units = weights["bias_hh"].Values.Length / gates;
        var recurrent = new double[gates, units];
        var input = new double[gates, units];
        var bias = new double[gates, units];
        for (int row = 0; row < gates * units; row++)
        {
            recurrent[row / units, row % units] = RowNorm(weights["weight_hh"], row);
            input[row / units, row % units] = RowNorm(weights["weight_ih"], row);
            bias[row / units, row % units] = (double)weights["bias_ih"].Values[row] + weights["bias_hh"].Values[row];
        }

        return (recurrent, input, bias);
    }

    private static double RowNorm(Weight weight, int row) =>
        weight.Values.Skip(row * weight.Shape[1]).Take(weight.Shape[1]).Sum(value => Math.Abs((double)value));

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));
}
