using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Tests.Stability;

/// <summary>Small recurrent networks of every kind, alone, on top of each other, and among other layers.</summary>
internal static class RandomNetworks
{
    public static Layer Cell(RandomStream random)
    {
        int units = 1 + (int)random.NextInt64(5);
        return random.NextInt64(7) switch
        {
            0 => new RnnLayer(units),
            1 => new RnnLayer(units) { Activation = ActivationKind.Relu },
            2 => new LstmLayer(units),
            3 => new GruLayer(units),
            4 => new MinGruLayer(units),
            5 => new MinLstmLayer(units),
            _ => new LruLayer(units),
        };
    }

    public static Layer Body(RandomStream random) => random.NextInt64(14) switch
    {
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

    /// <summary>Weights of a size drawn for all together, from far inside what is stable to far outside.</summary>
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
        return Initializer.Draw(specs, random);
    }
}
