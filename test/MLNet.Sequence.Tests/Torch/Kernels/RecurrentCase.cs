using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>A recurrent layer over a random batch, forward and backward: all values, by name.</summary>
internal sealed record RecurrentCase(Layer Layer, int Rows, int Steps, int Inputs)
{
    /// <summary>Whether the sequence goes on where another one ended, and is followed by a next one.</summary>
    public bool Continues { get; init; }

    /// <summary>The pass, without its kernels and state.</summary>
    public TorchPass Pass { get; init; } = TorchPass.Scoring;

    public Dictionary<string, double[]> Run(TrainingKernels kernels, ScalarType type = ScalarType.Float32)
    {
        using NetworkProbe probe = Probe(type);
        using var scope = NewDisposeScope();
        using var state = new TorchState();
        TorchPass pass = Pass with { Kernels = kernels, State = Continues ? state : null };
        if (Continues)
            probe.Network.Forward(Input(seed: 3, type), pass);
        Tensor input = Input(seed: 4, type).requires_grad_(true), output = probe.Network.Forward(input, pass);
        Tensor factors = Random(output.shape, seed: 5, type);
        BackwardPass.Run((output * factors).sum());
        var all = new Dictionary<string, double[]>
        {
            ["output"] = NetworkProbe.ToArray(output),
            ["gradient of the input"] = NetworkProbe.ToArray(input.grad!),
        };
        foreach (WeightSpec spec in Layer.AllWeights(Inputs))
            all[$"gradient of {spec.Name}"] = NetworkProbe.ToArray(probe.Network.Parameters[spec.Name].grad!);
        foreach ((string name, Tensor tensor) in state.Tensors)
            all[$"state {name}"] = NetworkProbe.ToArray(tensor);
        return all;
    }

    /// <summary>
    /// The layer with weights uniform in ±1/√H, as layers begin: larger ones would be chaotic, so that rounding errors grow from step to step.
    /// </summary>
    public NetworkProbe Probe(ScalarType type = ScalarType.Float32)
    {
        IEnumerable<WeightSpec> specs = Layer.AllWeights(Inputs)
            .Select(spec => spec with { Initializer = new Initializer.Uniform(1 / Math.Sqrt(Layer.OutputSize(Inputs))) });
        return new NetworkProbe(Layer, Inputs, Initializer.Draw(specs, new RandomStream(2)), type);
    }

    public override string ToString() => $"{Layer}, {Rows} × {Steps} × {Inputs}{(Continues ? ", continued" : "")}";

    private Tensor Input(int seed, ScalarType type) => Random([Rows, Steps, Inputs], seed, type);

    private static Tensor Random(long[] shape, int seed, ScalarType type) =>
        tensor(SequenceBatch.Random(1, (int)shape.Aggregate((product, size) => product * size), 1, seed).Values, shape).clone().to(type);
}
