using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// The state that recurrent layers carry from one chunk of a sequence to the next, by the path of the layer. It is detached from its graph:
/// gradients flow only inside a chunk (truncated back-propagation through time).
/// </summary>
internal sealed class TorchState : IDisposable
{
    private readonly SortedDictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    /// <summary>All carried states, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    /// <summary>The carried state with this name; null at the start of a sequence.</summary>
    public Tensor? Take(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>Stores a copy as the carried state.</summary>
    public void Put(string name, Tensor tensor)
    {
        Tensor kept = tensor.detach().clone().DetachFromDisposeScope();
        _tensors.GetValueOrDefault(name)?.Dispose();
        _tensors[name] = kept;
    }

    /// <summary>Resets the state: the next chunk is the first of its sequences.</summary>
    public void Clear()
    {
        foreach (Tensor tensor in _tensors.Values)
            tensor.Dispose();
        _tensors.Clear();
    }

    public void Dispose() => Clear();
}
