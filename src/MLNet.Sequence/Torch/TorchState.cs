using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// The state that recurrent layers carry from one chunk of a sequence to the next, by the path of the layer. It is detached from its graph:
/// gradients flow only inside a chunk (truncated back-propagation through time).
/// </summary>
/// <param name="keepsGraph">Gradients flow from chunk to chunk: earlier states are kept too, until this is disposed.</param>
internal sealed class TorchState(bool keepsGraph = false) : IDisposable
{
    private readonly SortedDictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);
    private readonly List<Tensor> _earlier = [];

    /// <summary>All carried states, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    /// <summary>The carried state with this name; null at the start of a sequence.</summary>
    public Tensor? Take(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>Stores a copy as the carried state, or the tensor itself if its graph is kept.</summary>
    public void Put(string name, Tensor tensor)
    {
        if (keepsGraph)
        {
            // The first one is a leaf: nothing before it needs gradients.
            Tensor own = tensor.requires_grad ? tensor.alias() : tensor.detach().clone().requires_grad_(true);
            _earlier.Add(_tensors[name] = own.DetachFromDisposeScope());
            return;
        }

        Tensor kept = tensor.detach().clone().DetachFromDisposeScope();
        _tensors.GetValueOrDefault(name)?.Dispose();
        _tensors[name] = kept;
    }

    /// <summary>Resets the state: the next chunk is the first of its sequences.</summary>
    public void Clear()
    {
        foreach (Tensor tensor in keepsGraph ? _earlier : [.. _tensors.Values])
            tensor.Dispose();
        _earlier.Clear();
        _tensors.Clear();
    }

    public void Dispose() => Clear();
}
