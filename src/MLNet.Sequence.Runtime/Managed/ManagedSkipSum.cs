namespace MLNet.Sequence.Managed;

/// <summary>
/// The children of each block: inner, skip and, except for the last block, residual. The state is that of the inner layers, one after the
/// other, and two rows: the input and the output of a block.
/// </summary>
internal sealed class ManagedSkipSum : IManagedLayer
{
    private readonly IManagedLayer[] _inner;
    private readonly ManagedDense[] _skips, _residuals;
    private readonly int _width;

    public ManagedSkipSum(IManagedLayer[] children, int inputSize)
    {
        InputSize = inputSize;
        _inner = [.. children.Where((_, i) => i % 3 == 0)];
        _skips = [.. children.Where((_, i) => i % 3 == 1).Cast<ManagedDense>()];
        _residuals = [.. children.Where((_, i) => i % 3 == 2).Cast<ManagedDense>()];
        _width = _inner.Max(inner => inner.OutputSize);
        StateSize = IManagedLayer.Size(_inner.Sum(inner => (long)inner.StateSize) + inputSize + _width);
    }

    public int InputSize { get; }

    public int OutputSize => _skips[0].OutputSize;

    public int StateSize { get; }

    public bool CanStep => _inner.All(inner => inner.CanStep);

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        Span<float> x = state[^InputSize..], room = state[^(InputSize + _width)..^InputSize];
        input.CopyTo(x);
        output.Clear();
        for (int i = 0; i < _inner.Length; i++)
        {
            IManagedLayer inner = _inner[i];
            Span<float> inside = room[..inner.OutputSize];
            inner.Step(x, inside, state[..inner.StateSize], time);
            state = state[inner.StateSize..];
            _skips[i].Add(inside, output);
            if (i < _residuals.Length)
                _residuals[i].Add(inside, x[.._residuals[i].OutputSize]);
        }
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        float[] x = input.ToArray(), room = new float[steps * _width];
        output.Clear();
        for (int i = 0; i < _inner.Length; i++)
        {
            Span<float> inside = room.AsSpan(0, steps * _inner[i].OutputSize);
            _inner[i].Run(x, inside, steps);
            _skips[i].Add(inside, output, steps);
            for (int t = 0; i < _residuals.Length && t < steps; t++)
                _residuals[i].Add(inside.Slice(t * _inner[i].OutputSize, _inner[i].OutputSize), x.AsSpan(t * InputSize, _residuals[i].OutputSize));
        }
    }

    public ISelectedLayer Select(int[] wanted, int steps) => new SelectedSkipSum(_inner, (_skips, _residuals), wanted, steps);
}
