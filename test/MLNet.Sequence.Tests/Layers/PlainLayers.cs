using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

/// <summary>
/// Each layer's formula for one sequence [steps][channels], slowly, one number at a time. Written from the definitions, so
/// that it shares nothing with what it checks.
/// </summary>
internal static class PlainLayers
{
    public static double[][] Run(Layer layer, double[][] x, PlainWeights weights) => layer switch
    {
        Activation activation => Activate(activation.Kind, x),
        CausalConv convolution => Convolve(convolution, x, weights),
        Dense => [.. x.Select(step => Affine(weights.Rows("weight"), step, weights["bias"]))],
        Dropout => x,
        LastStep => [x[^1]],
        Pooling pooling => [Pool(pooling.Kind, x, weights)],
        RnnLayer rnn => PlainRecurrence.Rnn(rnn, x, weights),
        GruLayer gru => PlainRecurrence.Gru(gru, x, weights),
        MinGruLayer minimal => PlainRecurrence.MinGru(minimal, x, weights),
        MinLstmLayer minimal => PlainRecurrence.MinLstm(minimal, x, weights),
        LstmLayer lstm => Remember(lstm.HiddenSize, x, weights),
        Residual residual => Add(residual, x, weights),
        Sequential sequential => InTurn(sequential, x, weights),
        WindowNormalized normalized => Normalize(normalized, x, weights),
        _ => throw new NotSupportedException($"No formula is written down for {layer.GetType().Name}."),
    };

    private static double[][] Activate(ActivationKind kind, double[][] x)
    {
        Func<double, double> function = kind switch
        {
            ActivationKind.Relu => value => value > 0 ? value : 0,
            ActivationKind.Tanh => value => 1 - 2 / (Math.Exp(2 * value) + 1),
            ActivationKind.Sigmoid => Sigmoid,
            _ => throw new NotSupportedException($"No formula is written down for {kind}."),
        };
        return Map(x, (_, value) => function(value));
    }

    private static double[] Pool(PoolingKind kind, double[][] x, PlainWeights weights)
    {
        if (kind == PoolingKind.LastStep)
            return x[^1];
        double[] shares = kind == PoolingKind.Attention
            ? [.. x.Select(step => Math.Exp(step.Zip(weights["weight"], (value, weight) => value * weight).Sum()))]
            : [.. x.Select(_ => 1.0)];
        return [.. Enumerable.Range(0, x[0].Length).Select(channel => kind == PoolingKind.Max
            ? x.Max(step => step[channel])
            : x.Zip(shares, (step, share) => share * step[channel]).Sum() / shares.Sum())];
    }

    // y_t = b + Σ_i W_i x_(t − (k−1−i) d), W = g v / ‖v‖
    private static double[][] Convolve(CausalConv layer, double[][] x, PlainWeights weights)
    {
        double[][] kernels = weights.Rows(layer.WeightNormalized ? "weight_v" : "weight");
        double[] bias = weights["bias"];
        var y = new double[x.Length][];
        for (int t = 0; t < x.Length; t++)
        {
            y[t] = new double[layer.Channels];
            for (int channel = 0; channel < layer.Channels; channel++)
            {
                double sum = 0;
                for (int tap = 0; tap < layer.KernelSize; tap++)
                {
                    int from = t - (layer.KernelSize - 1 - tap) * layer.Dilation;
                    for (int c = 0; from >= 0 && c < x[0].Length; c++)
                        sum += kernels[channel][c * layer.KernelSize + tap] * x[from][c];
                }

                double norm = Math.Sqrt(kernels[channel].Sum(value => value * value));
                y[t][channel] = bias[channel] + (layer.WeightNormalized ? sum * weights["weight_g"][channel] / norm : sum);
            }
        }

        return y;
    }

    // i, f, o = σ(…), g = tanh(…), c = f c + i g, h = o tanh(c); rows of the weights: i, f, g, o
    private static double[][] Remember(int size, double[][] x, PlainWeights weights)
    {
        var h = new double[size];
        var c = new double[size];
        var y = new double[x.Length][];
        for (int t = 0; t < x.Length; t++)
        {
            double[] input = Affine(weights.Rows("weight_ih"), x[t], weights["bias_ih"]);
            double[] recurrent = Affine(weights.Rows("weight_hh"), h, weights["bias_hh"]);
            double Gate(int gate, int unit) => input[gate * size + unit] + recurrent[gate * size + unit];
            for (int unit = 0; unit < size; unit++)
                c[unit] = Sigmoid(Gate(1, unit)) * c[unit] + Sigmoid(Gate(0, unit)) * Math.Tanh(Gate(2, unit));
            h = [.. c.Select((cell, unit) => Sigmoid(Gate(3, unit)) * Math.Tanh(cell))];
            y[t] = h;
        }

        return y;
    }

    private static double[][] Add(Residual residual, double[][] x, PlainWeights weights)
    {
        double[][] y = Run(residual.Inner, x, weights.Child("inner"));
        double[][] around = y[0].Length == x[0].Length ? x : Run(new Dense(y[0].Length), x, weights.Child("shortcut"));
        return [.. y.Zip(around, (left, right) => left.Zip(right, (l, r) => l + r).ToArray())];
    }

    private static double[][] InTurn(Sequential sequential, double[][] x, PlainWeights weights)
    {
        for (int i = 0; i < sequential.Layers.Count; i++)
            x = Run(sequential.Layers[i], x, weights.Child(sequential.Names?[i] ?? $"{i}"));
        return x;
    }

    private static double[][] Normalize(WindowNormalized layer, double[][] x, PlainWeights weights)
    {
        var level = new double[x[0].Length];
        double[] scale = [.. level.Select(_ => 1.0)];
        for (int c = 0; c < level.Length && layer.Kind != WindowNormalization.None; c++)
        {
            double[] channel = [.. x.Select(step => step[c])];
            bool last = layer.Kind == WindowNormalization.LastValue;
            level[c] = last ? channel[^1] : channel.Average();
            scale[c] = last ? 1 : Math.Sqrt(channel.Average(value => (value - level[c]) * (value - level[c])) + 1e-5);
        }

        double[][] y = Run(layer.Inner, Map(x, (c, value) => (value - level[c]) / scale[c]), weights.Child("inner"));
        return Map(y, (i, value) => value * scale[i % layer.Targets] + level[i % layer.Targets]);
    }

    private static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));

    private static double[] Affine(double[][] rows, double[] x, double[] bias) =>
        [.. rows.Select((row, i) => bias[i] + row.Zip(x, (weight, value) => weight * value).Sum())];

    private static double[][] Map(double[][] x, Func<int, double, double> function) =>
        [.. x.Select(step => step.Select((value, channel) => function(channel, value)).ToArray())];
}
