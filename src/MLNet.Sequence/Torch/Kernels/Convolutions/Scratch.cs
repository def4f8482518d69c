using static TorchSharp.torch;

namespace MLNet.Sequence.Torch;

/// <summary>
/// Memory for the time of a kernel, all zeros at first, in parts. It is libtorch's: each part begins at a multiple of 64 bytes, so that no
/// vector lies across two cache lines, which arrays do not guarantee.
/// </summary>
internal readonly ref struct Scratch : IDisposable
{
    private const int Alignment = 16;

    private readonly Tensor _memory;
    private readonly int[] _starts;
    private readonly Span<float> _values;

    /// <param name="lengths">The number of values of each part.</param>
    public Scratch(params ReadOnlySpan<int> lengths)
    {
        _starts = new int[lengths.Length + 1];
        for (int i = 0; i < lengths.Length; i++)
            _starts[i + 1] = checked(_starts[i] + (lengths[i] + Alignment - 1) / Alignment * Alignment);
        _memory = zeros(_starts[^1]);
        _values = TorchMemory.Floats(_memory);
    }

    public Span<float> this[int part] => _values[_starts[part].._starts[part + 1]];

    public void Dispose() => _memory.Dispose();
}
