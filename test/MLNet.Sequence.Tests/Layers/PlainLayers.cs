using MLNet.Sequence.Layers;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tests.Layers;

/// <summary>
/// Each layer's formula for one sequence [steps][channels], slowly, one number at a time. Written from the definitions, so that it shares
/// nothing with the code under test.
/// </summary>
internal static class PlainLayers
{
    public static double[][] Run(Layer layer, double[][] x, PlainWeights weights) => layer switch
    {
        Activation activation => Activate(activation.Kind, x),
        CausalAttention attention => Attend(attention, x, weights),
        AttentionGru gru => PlainRecurrence.AttentionGru(gru, x, weights.Memory ?? x, weights),
        CrossAttention attention => AttendTo(attention, x, weights.Memory ?? x, weights),
        CausalConv convolution => Convolve(convolution, x, weights),
        Clamp clamp => Map(x, (_, value) => value > clamp.Limit ? clamp.Limit : value < -clamp.Limit ? -clamp.Limit : value),
        Dense => [.. x.Select(step => Affine(weights.Rows("weight"), step, weights["bias"]))],
        Dropout or LinearChain => x,
        TiedEmbedding tied => PlainTokens.Tie(tied, x, weights),
        AdaptiveSoftmax softmax => PlainTokens.Adapt(softmax, x, weights),
        Embedding embedding => Map([.. x.Select(step => weights.Rows("weight")[(int)step[0]])], (_, value) => embedding.Scale * value),
        Gated gated => [.. x.Select(step => Gate(gated.Kind, step))],
        LastStep => [x[^1]],
        RunningStatistics => [.. x.Select((_, t) => Summarise(x[..(t + 1)]))],
        LayerNorm => [.. x.Select(step => Standardize(step, weights["weight"], weights["bias"]))],
        Pooling pooling => [Pool(pooling.Kind, x, weights)],
        RnnLayer rnn => PlainRecurrence.Rnn(rnn, x, weights),
        GruLayer gru => PlainRecurrence.Gru(gru, x, weights),
        MinGruLayer minimal => PlainRecurrence.MinGru(minimal, x, weights),
        LruLayer lru => PlainRecurrence.Lru(lru, x, weights),
        MinLstmLayer minimal => PlainRecurrence.MinLstm(minimal, x, weights),
        ParaGruLayer diagonal => PlainRecurrence.ParaGru(diagonal, x, weights),
        ParaLstmLayer diagonal => PlainRecurrence.ParaLstm(diagonal, x, weights),
        ProjectedLstmLayer projected => PlainRecurrence.ProjectedLstm(projected, x, weights),
        LstmLayer lstm => Remember(lstm.HiddenSize, x, weights),
        ChannelSplit split => Halves(split, x, weights),
        SinusoidalPositions => [.. x.Select((step, t) => step.Select((value, c) => value + Wave(t / Math.Pow(10_000, c / 2 * 2 / (double)step.Length), c % 2))
            .ToArray())],
        PositionEmbedding given => [.. x.Select((step, t) => step.Zip(weights.Rows("weight")[Math.Min(t, given.Positions - 1)], (a, b) => a + b).ToArray())],
        Branched branched => SideBySide(branched, x, weights),
        Reversed reversed => [.. Run(reversed.Inner, [.. x.Reverse()], weights.Child("inner")).Reverse()],
        PatchedLayer patched => InPatches(patched, x, weights.Child("inner")),
        Residual residual => Add(residual, x, weights),
        SkipSum stack => SumOfSkips(stack, x, weights),
        Windowed windowed => [.. x.Select((_, t) => Run(windowed.Inner, x[Math.Max(0, t - windowed.Steps + 1)..(t + 1)], weights.Child("inner"))[^1])],
        Sequential sequential => InTurn(sequential, x, weights),
        _ => throw new NotSupportedException($"No formula is written down for {layer.GetType().Name}."),
    };

    // softmax over all steps of the memory, head by head
    private static double[][] AttendTo(CrossAttention attention, double[][] x, double[][] memory, PlainWeights weights)
    {
        int size = x[0].Length, width = size / attention.Heads;
        double[][] queries = [.. x.Select(step => Affine(weights.Rows("weight_query"), step, weights["bias_query"]))];
        double[][] parts = [.. memory.Select(step => Affine(weights.Rows("weight_memory"), step, weights["bias_memory"]))];
        return [.. queries.Select((query, t) =>
        {
            double[] seen = [.. Enumerable.Range(0, size).Select(c =>
            {
                int first = c / width * width;
                double[] Key(double[] part, int s) => attention.Rotary ? Turn(part[first..(first + width)], s - t) : part[first..(first + width)];
                double[] grown = [.. parts.Select((part, s) => Math.Exp(Key(part, s).Zip(query[first..], (k, q) => k * q).Sum() / Math.Sqrt(width)))];
                return parts.Zip(grown, (part, weight) => part[size + c] * weight).Sum() / grown.Sum();
            })];
            return Affine(weights.Rows("weight_out"), seen, weights["bias_out"]);
        })];
    }

    // mean, deviation, smallest, largest, first, last, slope of least squares times the steps between the ends; and the number of steps
    private static double[] Summarise(double[][] x) =>
    [
        .. Enumerable.Range(0, x[0].Length).SelectMany(c =>
        {
            double[] values = [.. x.Select(step => step[c])];
            double mean = values.Average(), middle = (values.Length - 1) / 2.0;
            double slope = values.Length == 1 ? 0
                : values.Select((value, t) => (t - middle) * (value - mean)).Sum() / values.Select((_, t) => (t - middle) * (t - middle)).Sum();
            double deviation = Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
            return new[] { mean, deviation, values.Min(), values.Max(), values[0], values[^1], slope * (values.Length - 1) };
        }),
        x.Length,
    ];

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

    // a ⊙ σ(b), tanh(a) ⊙ σ(b); the step holds a, then b
    private static double[] Gate(GateKind kind, double[] step) => [.. Enumerable.Range(0, step.Length / 2).Select(i =>
        (kind == GateKind.Tanh ? Math.Tanh(step[i]) : step[i]) * Sigmoid(step[step.Length / 2 + i]))];

    // Σ S z, z = block(x), x + R z into the next
    private static double[][] SumOfSkips(SkipSum stack, double[][] x, PlainWeights weights)
    {
        double[][] sum = [.. x.Select(_ => new double[stack.SkipSize])];
        for (int i = 0; i < stack.Blocks.Count; i++)
        {
            double[][] z = Run(stack.Blocks[i], x, weights.Child($"{i}.inner"));
            sum = Sum(sum, Run(new Dense(stack.SkipSize), z, weights.Child($"{i}.skip")));
            if (i + 1 < stack.Blocks.Count)
            {
                double[][] residual = Run(new Dense(x[0].Length - stack.Conditions), z, weights.Child($"{i}.residual"));
                x = [.. x.Zip(residual, (step, more) => step.Select((value, c) => c < more.Length ? value + more[c] : value).ToArray())];
            }
        }

        return sum;
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

    private static double[] Standardize(double[] step, double[] gain, double[] bias)
    {
        double mean = step.Average(), deviation = Math.Sqrt(step.Average(value => (value - mean) * (value - mean)) + 1e-5);
        return [.. step.Select((value, i) => gain[i] * (value - mean) / deviation + bias[i])];
    }

    // y_t = o + O [Σ_s softmax_s(q_t · R(s − t) k_s / √d) v_s for each head], t − Window < s ≤ t; R turns pairs by the distance alone
    private static double[][] Attend(CausalAttention layer, double[][] x, PlainWeights weights)
    {
        int size = x[0].Length, width = size / layer.Heads;
        double[][] parts = [.. x.Select(step => Affine(weights.Rows("weight_in"), step, weights["bias_in"]))];
        double[] Head(int step, int part, int head) => parts[step][(part * size + head * width)..(part * size + (head + 1) * width)];
        double[] AtStep(int t, int head)
        {
            int[] seen = [.. Enumerable.Range(0, t + 1).Where(s => s > t - layer.Window)];
            double[] shares = [.. seen.Select(s => Math.Exp(Head(t, 0, head)
                .Zip(layer.Rotary ? Turn(Head(s, 1, head), s - t) : Head(s, 1, head), (q, k) => q * k).Sum() / Math.Sqrt(width)))];
            return [.. Enumerable.Range(0, width).Select(i => seen.Zip(shares, (s, share) => share * Head(s, 2, head)[i]).Sum() / shares.Sum())];
        }

        return [.. x.Select((_, t) => Affine(
            weights.Rows("weight_out"), [.. Enumerable.Range(0, layer.Heads).SelectMany(head => AtStep(t, head))], weights["bias_out"]))];
    }

    private static double[] Turn(double[] x, int steps) => [.. x.Select((value, i) =>
    {
        double angle = steps * Math.Pow(10_000, -(i - i % 2) / (double)x.Length);
        return i % 2 == 0 ? value * Math.Cos(angle) - x[i + 1] * Math.Sin(angle) : value * Math.Cos(angle) + x[i - 1] * Math.Sin(angle);
    })];

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
        double[][] y = Run(residual.Inner, x, weights.Child("inner")), h = [.. x.Select(step => step[..^residual.Conditions])];
        double[][] around = y[0].Length == h[0].Length ? h : Run(new Dense(y[0].Length), h, weights.Child("shortcut"));
        return [.. Sum(y, around).Select((step, t) => (double[])[.. step.Select(value => residual.Scale * value), .. x[t][^residual.Conditions..]])];
    }

    // The sequences of patches that end at s, s + S, s + 2 S, …, each on its own.
    private static double[][] InPatches(PatchedLayer layer, double[][] x, PlainWeights weights)
    {
        double[] zeros = new double[x[0].Length];
        double[] Patch(int end) => [.. Enumerable.Range(end - layer.Length + 1, layer.Length).SelectMany(t => t < 0 ? zeros : x[t])];
        var y = new double[x.Length][];
        for (int s = 0; s < layer.Stride; s++)
        {
            int[] ends = [.. Enumerable.Range(0, x.Length).Where(t => t % layer.Stride == s)];
            double[][] outputs = ends.Length == 0 ? [] : Run(layer.Inner, [.. ends.Select(Patch)], weights);
            for (int i = 0; i < ends.Length; i++)
                y[ends[i]] = outputs[i];
        }

        return y;
    }

    private static double Wave(double angle, int odd) => odd == 0 ? Math.Sin(angle) : Math.Cos(angle);

    private static double[][] Halves(ChannelSplit split, double[][] x, PlainWeights weights)
    {
        double[][] head = Run(split.Head, [.. x.Select(step => step[..^split.TailChannels])], weights.Child("head"));
        double[][] tail = Run(split.Tail, [.. x.Select(step => step[^split.TailChannels..])], weights.Child("tail"));
        return split.Sum ? Sum(head, tail) : [.. head.Zip(tail, (first, last) => first.Concat(last).ToArray())];
    }

    private static double[][] SideBySide(Branched branched, double[][] x, PlainWeights weights)
    {
        double[][][] outputs = [.. branched.Branches.Select((branch, i) => Run(branch, x, weights.Child(branched.Names?[i] ?? $"{i}")))];
        return [.. outputs[0].Select((_, t) => outputs.SelectMany(output => output[t]).ToArray())];
    }

    private static double[][] InTurn(Sequential sequential, double[][] x, PlainWeights weights)
    {
        for (int i = 0; i < sequential.Layers.Count; i++)
            x = Run(sequential.Layers[i], x, weights.Child(sequential.Names?[i] ?? $"{i}"));
        return x;
    }

    private static double[][] Sum(double[][] x, double[][] y) => [.. x.Zip(y, (left, right) => left.Zip(right, (l, r) => l + r).ToArray())];

    private static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));

    private static double[] Affine(double[][] rows, double[] x, double[] bias) =>
        [.. rows.Select((row, i) => bias[i] + row.Zip(x, (weight, value) => weight * value).Sum())];

    internal static double[][] Map(double[][] x, Func<int, double, double> function) =>
        [.. x.Select(step => step.Select((value, channel) => function(channel, value)).ToArray())];
}
