using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>A network with its weights on a device. Scoring is thread-safe; each thread that trains needs a <see cref="Twin"/>.</summary>
internal sealed class TorchNetwork : IDisposable
{
    private readonly NetworkPlan _plan;
    private readonly TorchPlan _nodes;

    /// <param name="plan">The network.</param>
    /// <param name="device">The device of the weights.</param>
    /// <param name="type">The type of weights and input; double precision is for gradient checks.</param>
    public TorchNetwork(NetworkPlan plan, Device device, ScalarType type = ScalarType.Float32)
        : this(plan, () => new TorchParameters(plan.AllWeights(), device, type))
    {
    }

    private TorchNetwork(NetworkPlan plan, Func<TorchParameters> parameters)
    {
        TorchRuntime.EnsureLoaded();
        _plan = plan;
        using var scope = NewDisposeScope();
        Parameters = parameters();
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

    /// <summary>The layers whose weights are constrained to a set during training.</summary>
    public IReadOnlyList<ITorchConstraint> Constraints => Parameters.Constraints;

    /// <summary>
    /// The same network and the same weights in memory, with gradients of its own: for another thread. It must not be used after this one is
    /// disposed.
    /// </summary>
    public TorchNetwork Twin() => new(_plan, () => new TorchParameters(_plan.AllWeights(), Parameters));

    /// <summary>[B, T, C] to the network's output. The caller holds the dispose scope.</summary>
    public Tensor Forward(Tensor input, TorchPass pass)
    {
        Tensor output = _nodes.Forward(input, pass);
        // The weights belong to no scope: a network without other references must live until libtorch has read them.
        GC.KeepAlive(this);
        return output;
    }

    /// <summary>Scores rows without gradients.</summary>
    /// <param name="input">[batch, T, C].</param>
    /// <param name="batch">The number of rows; at least 1.</param>
    /// <param name="lengths">The valid steps of each row; null: all.</param>
    /// <param name="state">The initial state of the rows, replaced by their final state; null: they start from zeros.</param>
    /// <param name="beside">[batch, …]: additional inputs; null: none.</param>
    public float[] Score(float[] input, int batch, long[]? lengths = null, TorchState? state = null, float[]? beside = null)
    {
        using var scope = NewDisposeScope();
        using var noGrad = inference_mode();
        // Copied: from_array uses .NET's memory, which can begin at any address, and products round differently for different alignments.
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
    /// For each step t of one sequence, the mean of ‖vᵀ ∂ output / ∂ x_t‖² over random v; the squares are summed over channels.
    /// </summary>
    /// <param name="input">[T, C].</param>
    /// <param name="projections">The number of v.</param>
    /// <param name="draw">Creates a v with this many values in total and this many values per step.</param>
    /// <param name="beside">Additional inputs; null: none.</param>
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

    /// <summary>
    /// One sequence, of which the last steps are run one by one. Gives its output, and for each of these steps, from the last back, the Euclidean norm of
    /// the gradient by the states of all layers before it.
    /// </summary>
    /// <param name="input">[T, C].</param>
    /// <param name="steps">The number of last steps; below T.</param>
    /// <param name="slopes">The derivatives of the loss by the output, which it is given.</param>
    /// <param name="beside">Additional inputs; empty: none.</param>
    public double[] StateGradients(float[] input, int steps, Func<float[], float[]> slopes, float[] beside)
    {
        using var scope = NewDisposeScope();
        using var state = new TorchState(keepsGraph: true);
        Tensor x = from_array(input).clone().view(1, -1, _plan.InputSize).to(Device);
        TorchPass pass = TorchPass.Scoring with { State = state, Beside = beside.Length == 0 ? null : from_array(beside).clone().view(1, -1).to(Device) };
        long first = x.shape[1] - steps;
        using (no_grad())
            Forward(x.narrow(1, 0, first), pass);
        var states = new List<Tensor[]>();
        Tensor output = x;
        for (int step = 0; step < steps; step++)
        {
            states.Add([.. state.Tensors.Values]);
            output = Forward(x.narrow(1, first + step, 1), pass);
        }

        float[] v = slopes(output.detach().cpu().contiguous().data<float>().ToArray());
        if (states[0].Length == 0)
            return new double[steps];
        IList<Tensor> gradients = autograd.grad([output], [.. states.SelectMany(one => one)], [from_array(v).clone().view(output.shape).to(Device)]);
        return [.. gradients.Select(one => Math.Pow(one.norm().cpu().item<float>(), 2)).Chunk(states[0].Length).Select(one => Math.Sqrt(one.Sum())).Reverse()];
    }

    public Weights ReadWeights() => Parameters.Read(_plan.AllWeights());

    public void Dispose() => Parameters.Dispose();
}
