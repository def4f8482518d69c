using System.Runtime.CompilerServices;

namespace MLNet.Sequence.Managed;

/// <summary>Layers one after the other: each reads what the next one reads of it. The working space is two blocks for values, and a layer's own.</summary>
internal sealed class SelectedSequence : ISelectedLayer
{
    private readonly ISelectedLayer[] _layers;
    private readonly int[] _sizes;
    private readonly int _most;

    /// <param name="layers">The layers.</param>
    /// <param name="wanted">The wanted steps of the last one's output, ascending.</param>
    /// <param name="steps">The steps of the sequence.</param>
    public SelectedSequence(IManagedLayer[] layers, int[] wanted, int steps)
    {
        var given = new int[layers.Length];
        for (int i = 0; i < layers.Length; i++)
            (given[i], steps) = (steps, layers[i].OutputSteps(steps));
        (_layers, _sizes) = (new ISelectedLayer[layers.Length], new int[layers.Length]);
        for (int i = layers.Length - 1; i >= 0; i--)
        {
            _sizes[i] = wanted.Length * layers[i].OutputSize;
            _layers[i] = layers[i].Select(wanted, given[i]);
            wanted = _layers[i].Reads;
        }

        _most = _sizes.Length == 1 ? 0 : _sizes[..^1].Max();
        WorkSize = 2 * _most + _layers.Max(layer => layer.WorkSize);
    }

    public int[] Reads => _layers[0].Reads;

    public int WorkSize { get; }

    [MethodImpl(MethodImplOptions.AggressiveOptimization)]
    public void Run(ReadOnlySpan<float> input, Span<float> output, Span<float> work)
    {
        Span<float> here = work[.._most], there = work.Slice(_most, _most), own = work[(2 * _most)..];
        for (int i = 0; i < _layers.Length; i++)
        {
            Span<float> next = i == _layers.Length - 1 ? output : here[.._sizes[i]];
            _layers[i].Run(input, next, own);
            input = next;
            Span<float> other = there;
            there = here;
            here = other;
        }
    }
}
