namespace MLNet.Sequence.Tests.Certificates;

/// <summary>One step of the recurrent cells from any state, in double precision, from the papers' formulas.</summary>
internal static class CellSteps
{
    /// <summary>h' = φ(W x + b + R h + r).</summary>
    public static double[] Rnn(Func<string, double[]> own, double[] x, double[] h, bool relu) =>
        [.. Sum(own, x, h, h.Length).Select(value => relu ? Math.Max(0, value) : Math.Tanh(value))];

    /// <summary>i, f, g, o; c' = f c + i g, h' = o tanh(c'). The state is c, then h.</summary>
    public static double[] Lstm(Func<string, double[]> own, double[] x, double[] state)
    {
        int n = state.Length / 2;
        double[] gates = Sum(own, x, state[n..], 4 * n), after = new double[2 * n];
        for (int i = 0; i < n; i++)
        {
            after[i] = Sigmoid(gates[n + i]) * state[i] + Sigmoid(gates[i]) * Math.Tanh(gates[2 * n + i]);
            after[n + i] = Sigmoid(gates[3 * n + i]) * Math.Tanh(after[i]);
        }

        return after;
    }

    /// <summary>r, z, n; h' = (1 − z) n + z h, n = tanh(W x + b + r (R h + q)).</summary>
    public static double[] Gru(Func<string, double[]> own, double[] x, double[] h)
    {
        int n = h.Length;
        double[] input = Affine(own("weight_ih"), own("bias_ih"), x), recurrent = Affine(own("weight_hh"), own("bias_hh"), h);
        return [.. h.Select((before, i) =>
        {
            double r = Sigmoid(input[i] + recurrent[i]), z = Sigmoid(input[n + i] + recurrent[n + i]);
            return (1 - z) * Math.Tanh(input[2 * n + i] + r * recurrent[2 * n + i]) + z * before;
        })];
    }

    /// <summary>z, g; h' = (1 − z) h + z g(x).</summary>
    public static double[] MinGru(Func<string, double[]> own, double[] x, double[] h)
    {
        double[] parts = Affine(own("weight"), own("bias"), x);
        return [.. h.Select((before, i) => (1 - Sigmoid(parts[i])) * before + Sigmoid(parts[i]) * Candidate(parts[h.Length + i]))];
    }

    /// <summary>f, i, g; h' = (f h + i g(x)) / (f + i).</summary>
    public static double[] MinLstm(Func<string, double[]> own, double[] x, double[] h)
    {
        double[] parts = Affine(own("weight"), own("bias"), x);
        return [.. h.Select((before, n) =>
        {
            double f = Sigmoid(parts[n]), i = Sigmoid(parts[h.Length + n]);
            return (f * before + i * Candidate(parts[2 * h.Length + n])) / (f + i);
        })];
    }

    /// <summary>z, r, n; h' = (1 − z) h + z n, with gates of x + a h, n = tanh(x + a r h).</summary>
    public static double[] ParaGru(Func<string, double[]> own, double[] x, double[] h)
    {
        int n = h.Length;
        double[] parts = Affine(own("weight"), own("bias"), x), a = own("recurrent");
        return [.. h.Select((before, i) =>
        {
            double z = Sigmoid(parts[i] + a[i] * before), r = Sigmoid(parts[n + i] + a[n + i] * before);
            return (1 - z) * before + z * Math.Tanh(parts[2 * n + i] + a[2 * n + i] * r * before);
        })];
    }

    /// <summary>f, o, n; c' = f c + (1 − f) n, h' = o tanh(c'). The state is c, then h.</summary>
    public static double[] ParaLstm(Func<string, double[]> own, double[] x, double[] state)
    {
        int n = state.Length / 2;
        double[] parts = Affine(own("weight"), own("bias"), x), a = own("recurrent"), p = own("peephole"), after = new double[2 * n];
        for (int i = 0; i < n; i++)
        {
            double c = state[i], h = state[n + i], f = Sigmoid(parts[i] + a[i] * h + p[i] * c);
            after[i] = f * c + (1 - f) * Math.Tanh(parts[2 * n + i] + a[2 * n + i] * h);
            after[n + i] = Sigmoid(parts[n + i] + a[n + i] * h + p[n + i] * after[i]) * Math.Tanh(after[i]);
        }

        return after;
    }

    private static double[] Sum(Func<string, double[]> own, double[] x, double[] h, int rows)
    {
        double[] input = Affine(own("weight_ih"), own("bias_ih"), x), recurrent = Affine(own("weight_hh"), own("bias_hh"), h);
        return [.. Enumerable.Range(0, rows).Select(row => input[row] + recurrent[row])];
    }

    private static double[] Affine(double[] weight, double[] bias, double[] x) =>
        [.. bias.Select((shift, row) => shift + x.Select((value, i) => weight[row * x.Length + i] * value).Sum())];

    private static double Candidate(double value) => value >= 0 ? value + 0.5 : Sigmoid(value);

    private static double Sigmoid(double value) => 1 / (1 + Math.Exp(-value));
}
