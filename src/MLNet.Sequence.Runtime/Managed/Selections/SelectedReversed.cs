namespace MLNet.Sequence.Managed;

/// <summary>A layer that reads the sequence from its end.</summary>
internal sealed class SelectedReversed : ISelectedLayer
{
    private readonly ISelectedLayer _inner;
    private readonly int _inputs, _outputs, _wanted;

    /// <param name="inner">The layer.</param>
    /// <param name="wanted">The wanted steps, ascending.</param>
    /// <param name="steps">The steps of the sequence.</param>
    public SelectedReversed(IManagedLayer inner, int[] wanted, int steps)
    {
        int[] Mirrored(int[] some) => [.. some.Reverse().Select(step => steps - 1 - step)];
        _inner = inner.Select(Mirrored(wanted), steps);
        Reads = Mirrored(_inner.Reads);
        (_inputs, _outputs, _wanted) = (inner.InputSize, inner.OutputSize, wanted.Length);
    }

    public int[] Reads { get; }

    public int WorkSize => Reads.Length * _inputs + _wanted * _outputs + _inner.WorkSize;

    public void Run(ReadOnlySpan<float> input, Span<float> output, Span<float> work)
    {
        Span<float> backwards = work[..(Reads.Length * _inputs)], outputs = work.Slice(backwards.Length, _wanted * _outputs);
        ManagedReversed.CopyReversed(input, backwards, _inputs);
        _inner.Run(backwards, outputs, work[(backwards.Length + outputs.Length)..]);
        ManagedReversed.CopyReversed(outputs, output, _outputs);
    }
}
