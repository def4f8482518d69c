using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>A network with its weights on a device. Scoring is safe from several threads; training from one.</summary>
internal sealed class TorchNetwork : IDisposable
{
    private readonly NetworkPlan _plan;
    private readonly TorchPlan _nodes;

    /// <param name="plan">The network.</param>
    /// <param name="device">Where the weights lie.</param>
    /// <param name="type">The type of weights and input; double precision is for checks of gradients.</param>
    public TorchNetwork(NetworkPlan plan, Device device, ScalarType type = ScalarType.Float32)
    {
        TorchRuntime.EnsureLoaded();
        _plan = plan;
        using var scope = NewDisposeScope();
        Parameters = new TorchParameters(plan.AllWeights(), device, type);
        _nodes = new TorchPlan(plan, Parameters);
    }

    public TorchNetwork(NetworkPlan plan, Device device, Weights weights) : this(plan, device) => Parameters.Load(weights);

    public TorchNetwork(Layer layer, int inputSize, Device device, ScalarType type = ScalarType.Float32) : this(NetworkPlan.Of(layer, inputSize), device, type)
    {
    }

    public TorchNetwork(Layer layer, int inputSize, Device device, Weights weights) : this(NetworkPlan.Of(layer, inputSize), device, weights)
    {
    }

    public Device Device => Parameters.Device;

    public TorchParameters Parameters { get; }

    /// <summary>The layers whose weights must stay inside a set while they are trained.</summary>
    public IReadOnlyList<ITorchConstraint> Constraints => Parameters.Constraints;

    /// <summary>[B, T, C] to the network's output. The caller holds the dispose scope.</summary>
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        Tensor output = _nodes.Forward(input, pass);
        // The weights belong to no scope: a network that nobody else holds must live until libtorch has read them.
        GC.KeepAlive(this);
        return output;
    }

    /// <summary>Scores rows without gradients.</summary>
    /// <param name="input">[batch, T, C].</param>
    /// <param name="batch">The number of rows; at least 1.</param>
    /// <param name="lengths">The valid steps of each row; null: all.</param>
    /// <param name="state">What the rows go on from, and is then what they leave; null: they start anew.</param>
    /// <param name="beside">[batch, …]: what is read beside the past; null: nothing.</param>
    public float[] Score(float[] input, int batch, long[]? lengths = null, TorchState? state = null, float[]? beside = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = inference_mode();
        // Copied: from_array lends .NET's memory, which begins anywhere, and products round differently by where it begins.
        Tensor x = from_array(input).clone().view(batch, -1, _plan.InputSize).to(Device);
        TorchPass pass = TorchPass.Scoring with
        {
            Lengths = lengths is null ? null : from_array(lengths).to(Device),
            State = state,
            Beside = beside is null ? null : from_array(beside).clone().view(batch, -1).to(Device),
        };
        return Forward(x, pass).cpu().contiguous().data<float>().ToArray();
    }

    /// <summary>
    /// For each step t of one sequence the mean over random v of ‖vᵀ ∂ output / ∂ x_t‖², the squares summed over channels.
    /// </summary>
    /// <param name="input">[T, C].</param>
    /// <param name="projections">How many v.</param>
    /// <param name="draw">Makes a v of so many values, of which so many are one step's.</param>
    /// <param name="beside">What is read beside the past; null: nothing.</param>
    public double[] SquaredInputGradients(float[] input, int projections, Func<int, int, float[]> draw, float[]? beside = null)
    {
        using var scope = NewDisposeScope();
        Tensor x = from_array(input).clone().view(1, -1, _plan.InputSize).to(Device).requires_grad_(true);
        Tensor output = Forward(x, TorchPass.Scoring with { Beside = beside is null ? null : from_array(beside).clone().view(1, -1).to(Device) });
        Tensor sum = zeros(x.shape[1], device: Device);
        for (int i = 0; i < projections; i++)
        {
            Tensor v = from_array(draw((int)output.numel(), (int)output.shape[^1])).view(output.shape).to(Device);
            Tensor gradient = autograd.grad([output], [x], [v], retain_graph: true)[0];
            sum = sum.Add(gradient.Square().sum([0, 2])); // [1, T, C] → [T]
        }

        return [.. sum.Div(projections).cpu().data<float>().Select(value => (double)value)];
    }

    public Weights ReadWeights() => Parameters.Read(_plan.AllWeights());

    public void Dispose() => Parameters.Dispose();
}
