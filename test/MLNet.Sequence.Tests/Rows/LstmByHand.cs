using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Rows;

/// <summary>
/// The forecast of a one-layer LSTM with its window normalisation from its saved weights, in double precision and written
/// from the papers' equations: only the names of the weights come from the library.
/// </summary>
internal sealed class LstmByHand(SequenceModel model)
{
    private readonly int _hidden = ((Lstm)model.Architecture).HiddenSize;

    /// <param name="window">[context][channels] in the data's units.</param>
    /// <param name="series">The series' name.</param>
    public double[] Forecast(float[][] window, string? series)
    {
        ChannelScaling scaling = model.Scaling.BySeries.Count == 0 ? model.Scaling.Pooled
            : series is not null && model.Scaling.BySeries.TryGetValue(series, out ChannelScaling? own) ? own : OfWindow(window);
        double[][] x = [.. window.Select(row => row.Select((value, c) => (value - scaling.Mean[c]) / scaling.Deviation[c]).ToArray())];
        (double[] level, double[] scale) = LevelAndScale(x);
        double[] h = new double[_hidden], cell = new double[_hidden];
        foreach (double[] row in x)
            Step([.. row.Select((value, c) => (value - level[c]) / scale[c])], h, cell);

        Weight weight = Find("head.dense.weight"), bias = Find("head.dense.bias");
        int targets = ((Forecasting)model.Task).TargetChannels.Count;
        var forecast = new double[bias.Values.Length];
        for (int o = 0; o < forecast.Length; o++)
        {
            double y = (bias.Values[o] + Dot(weight, o, h)) * scale[o % targets] + level[o % targets];
            forecast[o] = y * scaling.Deviation[o % targets] + scaling.Mean[o % targets];
        }

        return forecast;
    }

    // A series that was not in training.
    private static ChannelScaling OfWindow(float[][] window)
    {
        double[][] channels = [.. window[0].Select((_, c) => window.Select(row => (double)row[c]).ToArray())];
        double[] means = [.. channels.Select(values => values.Average())];
        return new ChannelScaling(means, [.. channels.Select((values, c) => Math.Sqrt(values.Average(value => Math.Pow(value - means[c], 2))))]);
    }

    private (double[] Level, double[] Scale) LevelAndScale(double[][] x)
    {
        double[] ones = [.. x[0].Select(_ => 1.0)], zeros = new double[ones.Length];
        double[] means = [.. ones.Select((_, c) => x.Average(row => row[c]))];
        return ((Forecasting)model.Task).Normalization switch
        {
            WindowNormalization.None => (zeros, ones),
            WindowNormalization.LastValue => (x[^1], ones),
            _ => (means, [.. means.Select((mean, c) => Math.Sqrt(x.Average(row => (row[c] - mean) * (row[c] - mean)) + 1e-5))]),
        };
    }

    private void Step(double[] input, double[] h, double[] cell)
    {
        Weight wx = Find("weight_ih"), wh = Find("weight_hh"), bx = Find("bias_ih"), bh = Find("bias_hh");
        double[] gates = [.. Enumerable.Range(0, 4 * _hidden).Select(row => Dot(wx, row, input) + bx.Values[row] + Dot(wh, row, h) + bh.Values[row])];
        for (int unit = 0; unit < _hidden; unit++)
        {
            double i = Sigmoid(gates[unit]), f = Sigmoid(gates[_hidden + unit]);
            double g = Math.Tanh(gates[2 * _hidden + unit]), o = Sigmoid(gates[3 * _hidden + unit]);
            cell[unit] = f * cell[unit] + i * g;
            h[unit] = o * Math.Tanh(cell[unit]);
        }
    }

    private static double Dot(Weight matrix, int row, double[] vector) =>
        vector.Select((value, column) => value * matrix.Values[row * vector.Length + column]).Sum();

    private static double Sigmoid(double x) => 1 / (1 + Math.Exp(-x));

    private Weight Find(string end) => model.Weights.Single(weight => weight.Name.EndsWith(end, StringComparison.Ordinal));
}
