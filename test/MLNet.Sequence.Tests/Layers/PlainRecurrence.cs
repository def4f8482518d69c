using System.Numerics;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Layers;

/// <summary>The recurrent layers' formulas for one sequence, one number at a time, from the papers.</summary>
internal static class PlainRecurrence
{
    // h = φ(W x + b + R h + r)
    public static double[][] Rnn(RnnLayer layer, double[][] x, PlainWeights weights) => Steps(layer.HiddenSize, x, (step, h) =>
    {
        double[] input = Affine(weights, "ih", step), recurrent = Affine(weights, "hh", h);
        return [.. input.Zip(recurrent, (i, r) => layer.Activation == ActivationKind.Relu ? Math.Max(0, i + r) : Math.Tanh(i + r))];
    });

    // r, z = σ(…), n = tanh(W x + b + r (R h + q)), h = (1 − z) n + z h; rows of the weights: r, z, n
    public static double[][] Gru(GruLayer layer, double[][] x, PlainWeights weights) => Steps(layer.HiddenSize, x, (step, h) =>
    {
        double[] input = Affine(weights, "ih", step), recurrent = Affine(weights, "hh", h);
        int size = layer.HiddenSize;
        return [.. h.Select((before, unit) =>
        {
            double r = Sigmoid(input[unit] + recurrent[unit]);
            double z = Sigmoid(input[size + unit] + recurrent[size + unit]);
            double n = Math.Tanh(input[2 * size + unit] + r * recurrent[2 * size + unit]);
            return (1 - z) * n + z * before;
        })];
    });

    // i, f, g, o of W x + b + R (mask h) + r; c = f c + i g, h = o tanh(c)
    public static double[][] DroppedLstm(int size, double[][] x, PlainWeights weights, Func<int, double[]> mask)
    {
        var c = new double[size];
        int t = 0;
        return Steps(size, x, (step, h) =>
        {
            double[] input = Affine(weights, "ih", step), recurrent = Affine(weights, "hh", [.. h.Zip(mask(t++), (value, kept) => value * kept)]);
            double Gate(int gate, int unit) => input[gate * size + unit] + recurrent[gate * size + unit];
            for (int unit = 0; unit < size; unit++)
                c[unit] = Sigmoid(Gate(1, unit)) * c[unit] + Sigmoid(Gate(0, unit)) * Math.Tanh(Gate(2, unit));
            return [.. c.Select((cell, unit) => Sigmoid(Gate(3, unit)) * Math.Tanh(cell))];
        });
    }

    // i, f, g, o of W x + b + R r + q; c = f c + i g, r = P (o tanh(c))
    public static double[][] ProjectedLstm(ProjectedLstmLayer layer, double[][] x, PlainWeights weights)
    {
        int size = layer.HiddenSize;
        var c = new double[size];
        return Steps(layer.ProjectionSize, x, (step, r) =>
        {
            double[] input = Affine(weights, "ih", step), recurrent = Affine(weights, "hh", r);
            double Gate(int gate, int unit) => input[gate * size + unit] + recurrent[gate * size + unit];
            for (int unit = 0; unit < size; unit++)
                c[unit] = Sigmoid(Gate(1, unit)) * c[unit] + Sigmoid(Gate(0, unit)) * Math.Tanh(Gate(2, unit));
            double[] hidden = [.. c.Select((cell, unit) => Sigmoid(Gate(3, unit)) * Math.Tanh(cell))];
            return [.. weights.Rows("weight_hr").Select(row => row.Zip(hidden, (weight, value) => weight * value).Sum())];
        });
    }

    // e = v · tanh(A s + U m + u), a = softmax(e), c = Σ a m; then as above on [x; c], from s = tanh(S m₁ + s₀); the output is [s; c]
    public static double[][] AttentionGru(AttentionGru layer, double[][] x, double[][] memory, PlainWeights weights)
    {
        double[] s = [.. Affine(weights.Rows("weight_start"), memory[0], weights["bias_start"]).Select(Math.Tanh)];
        double[][] keys = [.. memory.Select(step => Affine(weights.Rows("weight_memory"), step, weights["bias_memory"]))];
        int size = layer.HiddenSize;
        return [.. x.Select(step =>
        {
            double[] query = [.. weights.Rows("weight_query").Select(row => row.Zip(s, (weight, value) => weight * value).Sum())];
            double[] grown = [.. keys.Select(key => Math.Exp(key.Select((value, i) => weights["weight_score"][i] * Math.Tanh(value + query[i])).Sum()))];
            double[] context = [.. memory[0].Select((_, channel) => memory.Zip(grown, (one, weight) => one[channel] * weight).Sum() / grown.Sum())];
            double[] input = Affine(weights, "ih", [.. step, .. context]), recurrent = Affine(weights, "hh", s);
            s = [.. s.Select((before, unit) =>
            {
                double r = Sigmoid(input[unit] + recurrent[unit]), z = Sigmoid(input[size + unit] + recurrent[size + unit]);
                double n = Math.Tanh(input[2 * size + unit] + r * recurrent[2 * size + unit]);
                return (1 - z) * n + z * before;
            })];
            return (double[])[.. s, .. context];
        })];
    }

    // z = σ(…), h̃ = g(…), h = (1 − z) h + z h̃; rows of the weights: z, h̃
    public static double[][] MinGru(MinGruLayer layer, double[][] x, PlainWeights weights) => Steps(layer.HiddenSize, x, (step, h) =>
    {
        double[] parts = Affine(weights.Rows("weight"), step, weights["bias"]);
        return [.. h.Select((before, unit) =>
        {
            double z = Sigmoid(parts[unit]);
            return (1 - z) * before + z * Positive(parts[h.Length + unit]);
        })];
    });

    // f, i = σ(…), h̃ = g(…), h = f / (f + i) h + i / (f + i) h̃; rows of the weights: f, i, h̃
    public static double[][] MinLstm(MinLstmLayer layer, double[][] x, PlainWeights weights) => Steps(layer.HiddenSize, x, (step, h) =>
    {
        double[] parts = Affine(weights.Rows("weight"), step, weights["bias"]);
        return [.. h.Select((before, unit) =>
        {
            double f = Sigmoid(parts[unit]), i = Sigmoid(parts[h.Length + unit]);
            return f / (f + i) * before + i / (f + i) * Positive(parts[2 * h.Length + unit]);
        })];
    });

    // z, r = σ(W x + b + a h), n = tanh(W x + b + a (r h)), h = (1 − z) h + z n; rows of the weights: z, r, n
    public static double[][] ParaGru(ParaGruLayer layer, double[][] x, PlainWeights weights) => Steps(layer.HiddenSize, x, (step, h) =>
    {
        double[] parts = Affine(weights.Rows("weight"), step, weights["bias"]), a = weights["recurrent"];
        int size = layer.HiddenSize;
        return [.. h.Select((before, unit) =>
        {
            double z = Sigmoid(parts[unit] + a[unit] * before), r = Sigmoid(parts[size + unit] + a[size + unit] * before);
            return (1 - z) * before + z * Math.Tanh(parts[2 * size + unit] + a[2 * size + unit] * (r * before));
        })];
    });

    // f = σ(W x + b + a h + p c), n = tanh(W x + b + a h), c = f c + (1 − f) n, o = σ(W x + b + a h + p c), h = o tanh(c); rows: f, o, n
    public static double[][] ParaLstm(ParaLstmLayer layer, double[][] x, PlainWeights weights)
    {
        int size = layer.HiddenSize;
        var c = new double[size];
        double[] a = weights["recurrent"], p = weights["peephole"];
        return Steps(size, x, (step, h) =>
        {
            double[] parts = Affine(weights.Rows("weight"), step, weights["bias"]);
            double Sum(int gate, int unit) => parts[gate * size + unit] + a[gate * size + unit] * h[unit];
            return [.. h.Select((_, unit) =>
            {
                double f = Sigmoid(Sum(0, unit) + p[unit] * c[unit]);
                c[unit] = f * c[unit] + (1 - f) * Math.Tanh(Sum(2, unit));
                return Sigmoid(Sum(1, unit) + p[size + unit] * c[unit]) * Math.Tanh(c[unit]);
            })];
        });
    }

    // x = λ x + γ (B u), y = Re(C x) + D u, λ = exp(−exp(ν) + iθ); Re B above Im B, Re C beside −Im C
    public static double[][] Lru(LruLayer layer, double[][] u, PlainWeights weights)
    {
        int size = layer.States;
        double[][] rows = weights.Rows("weight_in"), columns = weights.Rows("weight_out");
        double[] nu = weights["nu_log"], theta = weights["theta_log"], gamma = weights["gamma_log"], skip = weights["skip"];
        var x = new Complex[size];
        return [.. u.Select(step =>
        {
            for (int n = 0; n < size; n++)
            {
                var lambda = Complex.Exp(new Complex(-Math.Exp(nu[n]), Math.Exp(theta[n])));
                Complex product = step.Select((value, c) => new Complex(rows[n][c], rows[size + n][c]) * value).Aggregate(Complex.Add);
                x[n] = lambda * x[n] + Math.Exp(gamma[n]) * product;
            }

            return columns.Select((row, c) => skip[c] * step[c] + x.Select((state, n) => (new Complex(row[n], -row[size + n]) * state).Real).Sum()).ToArray();
        })];
    }

    // The paper's g (appendix B).
    private static double Positive(double value) => value >= 0 ? value + 0.5 : Sigmoid(value);

    private static double[][] Steps(int size, double[][] x, Func<double[], double[], double[]> next)
    {
        var h = new double[size];
        return [.. x.Select(step => h = next(step, h))];
    }

    private static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));

    private static double[] Affine(PlainWeights weights, string suffix, double[] x) =>
        Affine(weights.Rows($"weight_{suffix}"), x, weights[$"bias_{suffix}"]);

    private static double[] Affine(double[][] rows, double[] x, double[] bias) =>
        [.. rows.Select((row, i) => bias[i] + row.Zip(x, (weight, value) => weight * value).Sum())];
}
