using MLNet.Sequence.Layers;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// All weights of a network as views of one flat tensor, those that weight decay applies to first, and their gradients
/// as views of another. An optimiser's step, a gradient's norm, a checkpoint and the copy of the best weights are then
/// one operation each, however many layers there are.
/// </summary>
internal sealed class TorchParameters : IDisposable
{
    private readonly Dictionary<string, (Tensor Parameter, Tensor Values, Tensor Gradient)> _byName = new(StringComparer.Ordinal);
    private readonly List<IDisposable> _owned = [];
    private readonly WeightSpec[] _specs;

    public TorchParameters(IEnumerable<WeightSpec> specs, Device device, ScalarType type = ScalarType.Float32)
    {
        Device = device;
        // A stable sort: within each part the order is that of the layer tree, and the parts of an LSTM stay neighbours.
        _specs = [.. specs.OrderBy(spec => spec.Decays ? 0 : 1)];
        Values = zeros(_specs.Sum(spec => spec.Count), type, device).DetachFromDisposeScope();
        Gradients = zeros_like(Values).DetachFromDisposeScope();
        DecayedCount = _specs.Where(spec => spec.Decays).Sum(spec => spec.Count);
        long offset = 0;
        foreach (WeightSpec spec in _specs)
        {
            Tensor values = View(Values, offset, spec), gradient = View(Gradients, offset, spec);
            Tensor parameter = Keep(values.detach().requires_grad_(true));
            parameter.grad = gradient;
            _byName.Add(spec.Name, (parameter, values, gradient));
            offset += spec.Count;
        }
    }

    public Device Device { get; }

    /// <summary>All weights, [n].</summary>
    public Tensor Values { get; }

    /// <summary>All gradients, [n]. Backward passes add to them.</summary>
    public Tensor Gradients { get; }

    /// <summary>The first so many of the values decay.</summary>
    public long DecayedCount { get; }

    /// <summary>Filled by the layers as they are made.</summary>
    public List<ITorchConstraint> Constraints { get; } = [];

    public Tensor this[string name] => _byName[name].Parameter;

    /// <summary>Keeps a native module alive for as long as the parameters.</summary>
    public void Own(IDisposable module) => _owned.Add(module);

    /// <summary>Makes a native module's own parameter a view of ours, values and gradient.</summary>
    public void LayOver(string name, Tensor parameter)
    {
        (_, Tensor values, Tensor gradient) = _byName[name];
        using (no_grad())
            parameter.set_(values);
        parameter.grad = gradient;
    }

    public void ClearGradients()
    {
        using var scope = NewDisposeScope();
        Gradients.zero_();
    }

    public void Load(Weights weights)
    {
        using var scope = NewDisposeScope();
        using var noGrad = no_grad();
        foreach ((string name, (_, Tensor values, _)) in _byName)
            values.copy_(from_array(weights[name].Values).view(values.shape));
    }

    /// <summary>The weights as they are, in the order of the layer tree.</summary>
    public Weights Read(IEnumerable<WeightSpec> order)
    {
        using var scope = NewDisposeScope();
        var weights = new Weights();
        foreach (WeightSpec spec in order)
            weights.Add(new Weight(spec.Name, spec.Shape, _byName[spec.Name].Values.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray()));
        return weights;
    }

    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
            owned.Dispose();
        Values.Dispose();
        Gradients.Dispose();
    }

    private Tensor View(Tensor flat, long offset, WeightSpec spec) =>
        Keep(flat.narrow(0, offset, spec.Count).view([.. spec.Shape.Select(size => (long)size)]));

    private Tensor Keep(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }
}
