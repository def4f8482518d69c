using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Certificates;

/// <summary>A layer that sees one step: the difference of its output follows from the difference of its input at that step.</summary>
internal sealed class PlainBound(ValueRange output, Func<Difference, Difference> map) : LayerBound(output)
{
    public override DifferenceStep Start(Past past) => input => map(input);

    /// <summary>|W Δx| row by row, and ‖W‖₂ |Δx|.</summary>
    public static PlainBound Dense(double[] weight, double[] bias, ValueRange input)
    {
        var matrix = new BoundMatrix(weight, input.Count);
        return new PlainBound(input.Affine(weight, bias, bias.Length), matrix.Apply);
    }

    /// <summary>No activation has a slope above 1; σ has at most ¼.</summary>
    public static PlainBound Activation(ActivationKind kind, ValueRange input)
    {
        (ValueRange output, double slope) = kind switch
        {
            ActivationKind.Relu => (input.Map(x => Math.Max(x, 0)), 1),
            ActivationKind.Tanh => (input.Map(Math.Tanh), 1),
            ActivationKind.Sigmoid => (input.Map(Outward.Sigmoid), 0.25),
            _ => throw new NotSupportedException($"The activation {kind} has no bound."),
        };
        return new PlainBound(output, difference => Scaled(difference, slope).Within(output));
    }

    /// <summary>The vectors of all tokens. Nothing more is known about two different tokens.</summary>
    public static PlainBound Embedding(double[] vectors, int size)
    {
        double[] Each(Func<IEnumerable<double>, double> pick) =>
            [.. Enumerable.Range(0, size).Select(channel => pick(Enumerable.Range(0, vectors.Length / size).Select(token => vectors[token * size + channel])))];
        var output = new ValueRange(Each(values => values.Min()), Each(values => values.Max()));
        var any = new Difference([.. Enumerable.Range(0, size).Select(output.Width)]);
        return new PlainBound(output, difference => difference.IsNone ? Difference.None(size) : any);
    }

    /// <summary>
    /// ln softmax changes by at most twice the largest change of a logit; a rare token's is that of its cluster, plus that within it.
    /// </summary>
    public static PlainBound AdaptiveSoftmax(AdaptiveSoftmax layer, Func<string, double[]> own, int inputs)
    {
        var head = new BoundMatrix(own("head"), inputs);
        (BoundMatrix In, BoundMatrix Out)[] tails = [.. layer.Cutoffs.Select((_, i) =>
        {
            var projection = new BoundMatrix(own($"projection{i}"), inputs);
            return (projection, new BoundMatrix(own($"tail{i}"), projection.Rows));
        })];
        Difference Map(Difference difference)
        {
            double Most(Difference logits) => Outward.Up(2 * logits.Channels.ToArray().Max());
            double frequent = Most(head.Apply(difference));
            var tokens = new List<double>(Enumerable.Repeat(frequent, layer.Cutoffs[0]));
            foreach ((BoundMatrix projection, BoundMatrix tail) in tails)
                tokens.AddRange(Enumerable.Repeat(Outward.Up(frequent + Most(tail.Apply(projection.Apply(difference)))), tail.Rows));
            return new Difference([.. tokens]);
        }

        var output = new ValueRange([.. Enumerable.Repeat(double.NegativeInfinity, layer.Vocabulary)], new double[layer.Vocabulary]);
        return new PlainBound(output, Map);
    }

    public static PlainBound Clamp(double limit, ValueRange input)
    {
        ValueRange output = input.Map(x => Math.Clamp(x, -limit, limit));
        return new PlainBound(output, difference => difference.Within(output));
    }

    /// <summary>|Δ(a σ(b))| ≤ sup σ |Δa| + sup|a| |Δb| / 4, and with tanh(a) for a the same with sup|tanh(a)|.</summary>
    public static PlainBound Gated(GateKind kind, ValueRange input)
    {
        int half = input.Count / 2;
        double[] value = [.. Enumerable.Range(0, half).Select(input.Magnitude).Select(size => kind == GateKind.Tanh ? Math.Tanh(size) : size)];
        double[] open = [.. Enumerable.Range(half, half).Select(i => Outward.Up(Outward.Sigmoid(input.High[i])))];
        double[] most = [.. value.Zip(open, (size, gate) => Outward.Up(size * gate))];
        var output = new ValueRange([.. most.Select(size => -size)], most);
        Difference Map(Difference difference) => new([.. Enumerable.Range(0, half).Select(i => Outward.Up(
            Outward.Times(open[i], difference.Channels[i]) + Outward.Times(value[i], difference.Channels[half + i] / 4)))]);
        return new PlainBound(output, difference => Map(difference).Within(output));
    }

    /// <summary>
    /// z = (x − μ) / √(s² + ε) has the derivative (P − z zᵀ / C) / √(s² + ε), P the projection orthogonal to the constant: its norm is at
    /// most 1/√ε. No better bound exists: if channels are nearly equal, a small difference becomes a large one. |z| ≤ √(C − 1) always.
    /// </summary>
    public static PlainBound LayerNorm(double[] gain, double[] bias, ValueRange input)
    {
        double most = Outward.Up(Math.Sqrt(input.Count - 1)), steepest = Outward.Up(gain.Max(Math.Abs) / Math.Sqrt(Layers.LayerNorm.Epsilon));
        double[] reach = [.. gain.Select(value => Outward.Up(Math.Abs(value) * most))];
        var output = new ValueRange(
            [.. bias.Zip(reach, (shift, size) => shift - size)], [.. bias.Zip(reach, (shift, size) => shift + size)]);
        Difference Map(Difference difference)
        {
            double length = Outward.Up(steepest * difference.Length);
            return new Difference([.. Enumerable.Repeat(length, input.Count)], length);
        }

        return new PlainBound(output, difference => difference.IsNone ? difference : Map(difference).Within(output));
    }

    private static Difference Scaled(Difference difference, double factor) =>
        new([.. difference.Channels.ToArray().Select(value => factor * value)], factor * difference.Length);
}
