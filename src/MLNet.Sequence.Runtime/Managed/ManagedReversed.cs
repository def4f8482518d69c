namespace MLNet.Sequence.Managed;

/// <summary>The first output needs the last step, so it cannot run step by step.</summary>
internal sealed class ManagedReversed(IManagedLayer inner) : IManagedLayer
{
    public int InputSize => inner.InputSize;

    public int OutputSize => inner.OutputSize;

    public int StateSize => 0;

    public bool CanStep => false;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time) =>
        throw new NotSupportedException("A sequence that is read backwards cannot be fed step by step: run the whole sequence.");

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        var backwards = new float[input.Length];
        CopyReversed(input, backwards, InputSize);
        var outputs = new float[output.Length];
        inner.Run(backwards, outputs, steps);
        CopyReversed(outputs, output, OutputSize);
    }

    public ISelectedLayer Select(int[] wanted, int steps) => new SelectedReversed(inner, wanted, steps);

    /// <summary>Copies steps, the last one first.</summary>
    public static void CopyReversed(ReadOnlySpan<float> from, Span<float> to, int width)
    {
        for (int t = 0; t < from.Length; t += width)
            from.Slice(t, width).CopyTo(to[(to.Length - t - width)..]);
    }
}
