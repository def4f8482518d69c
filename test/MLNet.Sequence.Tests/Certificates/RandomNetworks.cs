using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Certificates;

/// <summary>Small recurrent networks of every kind, alone, on top of each other, and among other layers.</summary>
internal static class RandomNetworks
{
    public static Layer Cell(RandomStream random)
    {
        int units = 1 + (int)random.NextInt64(5);
        return random.NextInt64(9) switch
        {
            0 => new RnnLayer(units),
            1 => new RnnLayer(units) { Activation = ActivationKind.Relu },
            2 => new LstmLayer(units),
            3 => new GruLayer(units),
            4 => new MinGruLayer(units),
            5 => new MinLstmLayer(units),
            6 => new ParaGruLayer(units),
            7 => new ParaLstmLayer(units),
            _ => new LruLayer(units),
        };
    }

    public static Layer Body(RandomStream random) => random.NextInt64(28) switch
    {
        > 13 => Chain(random),
        <= 2 => Cell(random),
        3 => new Sequential(Cell(random), Cell(random)),
        4 => new Sequential(Cell(random), new Dropout(0.1), new Dense(2), Cell(random)),
        5 => new Sequential(new Dense(3), new Residual(Cell(random)), new Residual(Cell(random))),
        6 => new Sequential(new CausalConv(3, 2, 2), new Activation(ActivationKind.Relu), Cell(random)),
        7 => new Sequential(Cell(random), new CausalConv(2, 3) { WeightNormalized = true }, new Activation(ActivationKind.Sigmoid)),
        8 => new Sequential(new Dense(4), new LayerNorm(), Cell(random), new Dense(4), new LayerNorm()),
        9 => new Sequential(Cell(random), new Dense(4), new Gated(random.NextInt64(2) == 0 ? GateKind.Linear : GateKind.Tanh)),
        10 => new Sequential(new Dense(2), new SkipSum([Cell(random), new Sequential(new Dense(2), new Activation(ActivationKind.Tanh))], 3)),
        11 => new PatchedLayer(Cell(random), 3, 2),
        12 => new Sequential(Cell(random), new PatchedLayer(Cell(random), 2, 2)),
        _ => new Sequential(new Clamp(1), Cell(random), new Windowed(Cell(random), 3)),
    };

    // Up to five layers in any order, a cell among them.
    private static Sequential Chain(RandomStream random)
    {
        var parts = new List<Layer[]>();
        for (int count = (int)random.NextInt64(5); count > 0; count--)
            parts.Add(Any(random));
        parts.Insert((int)random.NextInt64(parts.Count + 1), [Cell(random)]);
        return new Sequential([.. parts.SelectMany(layers => layers)]);
    }

    private static Layer[] Any(RandomStream random) => random.NextInt64(12) switch
    {
        <= 2 => [new Clamp((float)Math.Pow(10, random.NextDouble() - 0.7))],
        3 => [new Activation((ActivationKind)random.NextInt64(3))],
        4 => [new Dense(4), new Gated((GateKind)random.NextInt64(2))],
        5 => [new Dense(3), new LayerNorm()],
        6 => [new Dense(2), new Residual(new Sequential(new Dense(2), new Clamp(0.5f)))],
        7 => [new CausalConv(2, 1 + (int)random.NextInt64(3), 1 + (int)random.NextInt64(2)) { WeightNormalized = random.NextInt64(2) == 0 }],
        8 => [new Branched(new Clamp(0.3f), Cell(random))],
        9 => [new Windowed(new Sequential(Cell(random), new Clamp(0.4f)), 2)],
        10 => [new PatchedLayer(new Sequential(new Dense(2), new Clamp(0.7f)), 2, 1 + (int)random.NextInt64(2))],
        _ => [new Dense(1 + (int)random.NextInt64(3))],
    };

    /// <summary>Weights with one common random scale, from very stable to very unstable.</summary>
    public static Weights Weights(Layer layer, int inputs, RandomStream random)
    {
        double size = Math.Pow(10, 1.7 * random.NextDouble() - 1.3), bias = random.NextNormal();
        IEnumerable<WeightSpec> specs = layer.AllWeights(inputs).Select(spec => spec with
        {
            Initializer = spec.Name.EndsWith("nu_log", StringComparison.Ordinal) ? new Initializer.RingDecay(0, 0.99)
                : spec.Name.EndsWith("weight_g", StringComparison.Ordinal) ? new Initializer.Constant(0.7)
                : spec.Shape.Length == 1 ? new Initializer.Blocks([new Initializer.Normal(Math.Abs(bias))])
                : new Initializer.Normal(size),
        });
        Weights drawn = Initializer.Draw(specs, random);
        return random.NextInt64(2) == 0 ? drawn : RowScaled(drawn, random);
    }

    // Rows, and so gates and units, of very different sizes: a term that is small in a uniform network is large in one of these.
    private static Weights RowScaled(Weights drawn, RandomStream random)
    {
        var scaled = new Weights();
        foreach (Weight weight in drawn)
        {
            int rows = weight.Shape.Length > 1 ? weight.Shape[0] : 1;
            double[] factors = [.. Enumerable.Range(0, rows).Select(_ => rows == 1 ? 1 : Math.Pow(10, 2.5 * random.NextDouble() - 1.8))];
            scaled.Add(weight with { Values = [.. weight.Values.Select((value, i) => (float)(value * factors[i / (weight.Values.Length / rows)]))] });
        }

        return scaled;
    }
}
