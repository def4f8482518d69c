using System.Runtime.InteropServices;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>A network on the tests' device with one thread, with arrays as input and output, in double precision by default.</summary>
internal sealed class NetworkProbe : IDisposable
{
    private readonly TorchThreads _threads = TorchThreads.Use(1);
    private readonly NetworkPlan _plan;
    private readonly ScalarType _type;

    // The position of each weight in the flat parameters, in the order of the layer tree.
    private readonly long[] _places;

    public NetworkProbe(NetworkPlan plan, Weights weights, ScalarType type = ScalarType.Float64)
    {
        (_plan, _type) = (plan, type);
        Network = new TorchNetwork(plan, TestDevice.Current, type);
        Network.Parameters.Load(weights);
        _places = [.. plan.AllWeights().SelectMany(spec => Enumerable.Range(0, (int)spec.Count)
            .Select(i => Network.Parameters[spec.Name].storage_offset() + i))];
    }

    public NetworkProbe(Layer layer, int inputSize, Weights weights, ScalarType type = ScalarType.Float64)
        : this(NetworkPlan.Of(layer, inputSize), weights, type)
    {
    }

    public TorchNetwork Network { get; }

    public static NetworkProbe InFloat32(NetworkPlan plan, Weights weights) => new(plan, weights, ScalarType.Float32);

    public static NetworkProbe InFloat32(Layer layer, int inputSize, Weights weights) => new(layer, inputSize, weights, ScalarType.Float32);

    /// <summary>
    /// Weights uniform in ±0.5: unlike initial weights of training, they are large enough, and units are active enough, that no effect is
    /// hidden by rounding.
    /// </summary>
    public static Weights RandomWeights(Layer layer, int inputSize, int seed) => RandomWeights(NetworkPlan.Of(layer, inputSize), seed);

    /// <inheritdoc cref="RandomWeights(Layer, int, int)"/>
    public static Weights RandomWeights(NetworkPlan plan, int seed)
    {
        IEnumerable<WeightSpec> specs = plan.AllWeights().Select(spec => spec with { Initializer = new Initializer.Uniform(0.5) });
        return Initializer.Draw(specs, new RandomStream(seed));
    }

    public double[] Forward(SequenceBatch input) => Forward(input, TorchPass.Scoring).Values;

    public (double[] Values, long[] Shape) Forward(SequenceBatch input, TorchPass pass)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor output = Network.Forward(ToTensor(input), pass);
        return (ToArray(output), output.shape);
    }

    /// <summary>The number of valid steps of each row; the others are padding.</summary>
    public double[] Forward(SequenceBatch input, long[] lengths)
    {
        using var scope = NewDisposeScope();
        return Forward(input, new TorchPass { Lengths = tensor(lengths).to(TestDevice.Current) }).Values;
    }

    /// <summary>Gradients of Σ factor · output with respect to the parameters, in the order of the layer tree, and to the input; not to
    /// tokens.</summary>
    public (double[] Parameters, double[] Input) Gradients(SequenceBatch input, double[] factors)
    {
        using var scope = NewDisposeScope();
        Tensor x = ToTensor(input).requires_grad_(true);
        Tensor output = Network.Forward(x, TorchPass.Scoring);
        Network.Parameters.Gradients.zero_();
        (output * tensor(factors).view(output.shape).to(_type, TestDevice.Current)).sum().backward();
        double[] flat = ToArray(Network.Parameters.Gradients);
        return ([.. _places.Select(place => flat[place])], x.grad is { } gradient ? ToArray(gradient) : []);
    }

    /// <summary>The gradients of ½ Σ output², by name of the weight.</summary>
    public Dictionary<string, double[]> GradientsByName(SequenceBatch input)
    {
        using var scope = NewDisposeScope();
        Tensor output = Network.Forward(ToTensor(input), TorchPass.Scoring);
        Network.Parameters.Gradients.zero_();
        output.Square().sum().Div(2).backward();
        return _plan.AllWeights().ToDictionary(spec => spec.Name, spec => ToArray(Network.Parameters[spec.Name].grad!));
    }

    /// <summary>Adds to one parameter, counted in the order of the layer tree.</summary>
    public void Nudge(int index, double difference)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Network.Parameters.Values.narrow(0, _places[index], 1).Add_(difference);
    }

    /// <summary>What a network with changed parameters gives: those of the direction, in the order of the layer tree, times a distance are added.</summary>
    public T Nudged<T>(double[] direction, double by, Func<T> give)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        Tensor values = Network.Parameters.Values, before = values.clone();
        var change = new double[values.numel()];
        for (int i = 0; i < direction.Length; i++)
            change[_places[i]] = by * direction[i];
        values.Add_(tensor(change).to(_type, TestDevice.Current));
        T given = give();
        values.copy_(before);
        return given;
    }

    /// <summary>The input steps that change the output of the last step in at least one row.</summary>
    public int[] StepsThatReachTheLast(SequenceBatch input)
    {
        double[] before = LastStep(input);
        return [.. Enumerable.Range(0, input.Steps).Where(step => !before.SequenceEqual(LastStep(input.Changed(other => other == step, seed: 7))))];
    }

    public void Dispose()
    {
        Network.Dispose();
        _threads.Dispose();
    }

    public static double[] ToArray(Tensor tensor)
    {
        using Tensor flat = tensor.detach().to(ScalarType.Float64, CPU).contiguous();
        return MemoryMarshal.Cast<byte, double>(flat.bytes).ToArray();
    }

    private double[] LastStep(SequenceBatch input)
    {
        double[] output = Forward(input);
        int width = _plan.OutputSize, row = output.Length / input.Rows;
        return [.. Enumerable.Range(0, input.Rows).SelectMany(i => output[((i + 1) * row - width)..((i + 1) * row)])];
    }

    // Copied into libtorch's aligned memory: products round differently by where their operands begin.
    private Tensor ToTensor(SequenceBatch input) => tensor(input.Values, [input.Rows, input.Steps, input.Channels]).clone().to(_type, TestDevice.Current);
}
