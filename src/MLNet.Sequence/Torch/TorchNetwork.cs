using MLNet.Sequence.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>A layer tree with its weights on a device. Scoring is safe from several threads; training from one.</summary>
internal sealed class TorchNetwork : IDisposable
{
    private readonly Layer _network;
    private readonly int _inputSize;
    private readonly ITorchLayer _root;

    /// <param name="network">The layers.</param>
    /// <param name="inputSize">Channels C of the input.</param>
    /// <param name="device">Where the weights lie.</param>
    /// <param name="type">The type of weights and input; double precision is for checks of gradients.</param>
    public TorchNetwork(Layer network, int inputSize, Device device, ScalarType type = ScalarType.Float32)
    {
        TorchRuntime.EnsureLoaded();
        (_network, _inputSize) = (network, inputSize);
        using var scope = NewDisposeScope();
        Parameters = new TorchParameters(network.AllWeights(inputSize), device, type);
        _root = ITorchLayer.Create(network, inputSize, "", Parameters);
    }

    public TorchNetwork(Layer network, int inputSize, Device device, Weights weights) : this(network, inputSize, device) =>
        Parameters.Load(weights);

    public Device Device => Parameters.Device;

    public TorchParameters Parameters { get; }

    /// <summary>The layers whose weights must stay inside a set while they are trained.</summary>
    public IReadOnlyList<ITorchConstraint> Constraints => Parameters.Constraints;

    /// <summary>[B, T, C] to the network's output. The caller holds the dispose scope.</summary>
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        Tensor output = _root.Forward(input, pass);
        // The weights belong to no scope: a network that nobody else holds must live until libtorch has read them.
        GC.KeepAlive(this);
        return output;
    }

    /// <summary>Scores rows without gradients.</summary>
    /// <param name="input">[batch, T, C].</param>
    /// <param name="batch">The number of rows; at least 1.</param>
    /// <param name="lengths">The valid steps of each row; null: all.</param>
    /// <param name="state">What the rows go on from, and is then what they leave; null: they start anew.</param>
    public float[] Score(float[] input, int batch, long[]? lengths = null, TorchState? state = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = inference_mode();
        // Copied: from_array lends .NET's memory, which begins anywhere, and products round differently by where it begins.
        Tensor x = from_array(input).clone().view(batch, -1, _inputSize).to(Device);
        TorchPass pass = TorchPass.Scoring with { Lengths = lengths is null ? null : from_array(lengths).to(Device), State = state };
        return Forward(x, pass).cpu().contiguous().data<float>().ToArray();
    }

    /// <summary>
    /// For each step t of one sequence the mean over random v of ‖vᵀ ∂ output / ∂ x_t‖², the squares summed over channels.
    /// </summary>
    /// <param name="input">[T, C].</param>
    /// <param name="projections">How many v.</param>
    /// <param name="draw">Makes a v of so many values, of which so many are one step's.</param>
    public double[] SquaredInputGradients(float[] input, int projections, Func<int, int, float[]> draw)
    {
        using var scope = NewDisposeScope();
        Tensor x = from_array(input).clone().view(1, -1, _inputSize).to(Device).requires_grad_(true);
        Tensor output = Forward(x, TorchPass.Scoring);
        Tensor sum = zeros(x.shape[1], device: Device);
        for (int i = 0; i < projections; i++)
        {
            Tensor v = from_array(draw((int)output.numel(), (int)output.shape[^1])).view(output.shape).to(Device);
            Tensor gradient = autograd.grad([output], [x], [v], retain_graph: true)[0];
            sum = sum.Add(gradient.Square().sum([0, 2])); // [1, T, C] → [T]
        }

        return [.. sum.Div(projections).cpu().data<float>().Select(value => (double)value)];
    }

    public Weights ReadWeights() => Parameters.Read(_network.AllWeights(_inputSize));

    public void Dispose() => Parameters.Dispose();
}
