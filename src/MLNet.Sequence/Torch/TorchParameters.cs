using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// All weights of a network as views of one flat tensor, in the order of the layer tree, and their gradients as views of another. The
/// gradient's norm, a checkpoint and the copy of the best weights are then one operation each for any number of layers, and an optimiser
/// step is only a few. The weights of a layer are adjacent, so that libtorch's own layers have them as one storage.
/// </summary>
internal sealed class TorchParameters : IDisposable
{
    // A layer's weights begin at a multiple of 64 values, 256 bytes of float32: kernels that read several values at once expect the
    // alignment of a separate allocation. The values between layers are 0 and stay 0.
    private const long Alignment = 64;

    private readonly Dictionary<string, (Tensor Parameter, Tensor Values, Tensor Gradient)> _byName = new(StringComparer.Ordinal);
    private readonly Dictionary<string, StepTable> _tables = new(StringComparer.Ordinal);
    private readonly List<IDisposable> _owned = [];

    public TorchParameters(IEnumerable<WeightSpec> specs, Device device, ScalarType type = ScalarType.Float32)
        : this([.. Placed(specs)], size => zeros(size, type, device))
    {
    }

    /// <summary>The same weights in memory, with gradients of their own.</summary>
    public TorchParameters(IEnumerable<WeightSpec> specs, TorchParameters weights) : this([.. Placed(specs)], _ => weights.Values.alias())
    {
    }

    private TorchParameters((WeightSpec Spec, long Start)[] places, Func<long, Tensor> values)
    {
        Values = values(places.Length == 0 ? 0 : places[^1].Start + places[^1].Spec.Count).DetachFromDisposeScope();
        Device = Values.device;
        Gradients = zeros_like(Values).DetachFromDisposeScope();
        foreach ((WeightSpec spec, long start) in places)
        {
            Tensor own = View(Values, start, spec), gradient = View(Gradients, start, spec);
            Tensor parameter = Keep(own.detach().requires_grad_(true));
            parameter.grad = gradient;
            _byName.Add(spec.Name, (parameter, own, gradient));
        }

        Decayed = [.. DecayedRanges(places).Select(range => (Part(Values, range), Part(Gradients, range)))];
    }

    public Device Device { get; }

    /// <summary>All weights, [n], and zeros between layers.</summary>
    public Tensor Values { get; }

    /// <summary>All gradients, [n]. Backward passes add to them.</summary>
    public Tensor Gradients { get; }

    /// <summary>The parts of the weights with weight decay, [m] each, and of their gradients; adjacent parts are merged.</summary>
    public IReadOnlyList<(Tensor Values, Tensor Gradients)> Decayed { get; }

    /// <summary>Filled by the layers when they are created.</summary>
    public List<ITorchConstraint> Constraints { get; } = [];

    public Tensor this[string name] => _byName[name].Parameter;

    /// <summary>Keeps a native module alive for as long as the parameters.</summary>
    public void Own(IDisposable module) => _owned.Add(module);

    /// <summary>
    /// Replaces all parameters of a native module with ours, values and gradients. The values have a storage with only these parameters,
    /// one after the other from its start. So cuDNN uses recurrent weights directly; views of the flat tensor would be copied at each call.
    /// </summary>
    /// <param name="module">Our names and the module's parameters: adjacent here, in this order.</param>
    public void LayOver(IReadOnlyList<(string Name, Tensor Parameter)> module)
    {
        long start = _byName[module[0].Name].Values.storage_offset(), count = module.Sum(own => own.Parameter.numel());
        Tensor storage = Keep(TorchMemory.Over(Values, start, count));
        using var noGrad = no_grad();
        foreach ((string name, Tensor parameter) in module)
        {
            (_, Tensor values, Tensor gradient) = _byName[name];
            using Tensor part = storage.narrow(0, values.storage_offset() - start, values.numel());
            using Tensor shaped = part.view(values.shape);
            parameter.set_(shaped);
            parameter.grad = gradient;
        }
    }

    /// <summary>The table with this name, shared by all layers that use it.</summary>
    /// <param name="name">Describes the result of <paramref name="row"/>.</param>
    /// <param name="row">The numbers of a step.</param>
    public StepTable Table(string name, Func<int, double[]> row)
    {
        if (!_tables.TryGetValue(name, out StepTable? table))
            _owned.Add(_tables[name] = table = new StepTable(row, Device, Values.dtype));
        return table;
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
            values.copy_(from_array(weights[name].Values.Items).view(values.shape));
    }

    /// <summary>The current weights, in the order of the layer tree.</summary>
    public Weights Read(IEnumerable<WeightSpec> order)
    {
        using var scope = NewDisposeScope();
        var weights = new Weights();
        foreach (WeightSpec spec in order)
            weights.Add(new Weight(spec.Name, spec.Shape, new(_byName[spec.Name].Values.to(ScalarType.Float32).cpu().contiguous().data<float>().ToArray())));
        return weights;
    }

    public void Dispose()
    {
        foreach (IDisposable owned in _owned)
            owned.Dispose();
        Values.Dispose();
        Gradients.Dispose();
    }

    private static IEnumerable<(WeightSpec Spec, long Start)> Placed(IEnumerable<WeightSpec> specs)
    {
        long next = 0;
        string? layer = null;
        foreach (WeightSpec spec in specs)
        {
            string path = spec.Name[..(spec.Name.LastIndexOf('.') + 1)];
            if (path != layer)
                next = (next + Alignment - 1) / Alignment * Alignment;
            layer = path;
            yield return (spec, next);
            next += spec.Count;
        }
    }

    private static List<(long Start, long End)> DecayedRanges((WeightSpec Spec, long Start)[] places)
    {
        var ranges = new List<(long Start, long End)>();
        bool before = false;
        foreach ((WeightSpec spec, long start) in places)
        {
            if (spec.Decays && before)
                ranges[^1] = (ranges[^1].Start, start + spec.Count);
            else if (spec.Decays)
                ranges.Add((start, start + spec.Count));
            before = spec.Decays;
        }

        return ranges;
    }

    private Tensor Part(Tensor flat, (long Start, long End) range) => Keep(flat.narrow(0, range.Start, range.End - range.Start));

    private Tensor View(Tensor flat, long offset, WeightSpec spec) =>
        Keep(flat.narrow(0, offset, spec.Count).view([.. spec.Shape.Select(size => (long)size)]));

    private Tensor Keep(Tensor tensor)
    {
        _owned.Add(tensor.DetachFromDisposeScope());
        return tensor;
    }
}
