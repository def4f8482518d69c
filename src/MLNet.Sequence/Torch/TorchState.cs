using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// What recurrent layers carry from one chunk of a sequence to the next, by the path of the layer and cut off from the
/// graph that made it: gradients flow inside a chunk only (truncated back-propagation through time).
/// </summary>
internal sealed class TorchState : IDisposable
{
    private readonly SortedDictionary<string, Tensor> _tensors = new(StringComparer.Ordinal);

    /// <summary>All that is carried, by name.</summary>
    public IReadOnlyDictionary<string, Tensor> Tensors => _tensors;

    /// <summary>What was carried under this name; null at the start of a sequence.</summary>
    public Tensor? Take(string name) => _tensors.GetValueOrDefault(name);

    /// <summary>Carries a copy.</summary>
    public void Put(string name, Tensor tensor)
    {
        Tensor kept = tensor.detach().clone().DetachFromDisposeScope();
        _tensors.GetValueOrDefault(name)?.Dispose();
        _tensors[name] = kept;
    }

    /// <summary>The next chunk is the first of its sequences.</summary>
    public void Clear()
    {
        foreach (Tensor tensor in _tensors.Values)
            tensor.Dispose();
        _tensors.Clear();
    }

    public void Dispose() => Clear();
}
