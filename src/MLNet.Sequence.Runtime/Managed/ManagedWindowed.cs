namespace MLNet.Sequence.Managed;

/// <summary>
/// The state is a ring of the last n inputs, and the inner layer's while it runs over them. Every step runs all of them again: no two steps
/// share a window's start, so at least n inner steps per step are needed.
/// </summary>
internal sealed class ManagedWindowed(IManagedLayer inner, int window) : IManagedLayer
{
    public int InputSize => inner.InputSize;

    public int OutputSize => inner.OutputSize;

    public int StateSize => IManagedLayer.Size((long)window * InputSize + inner.StateSize);

    public bool CanStep => inner.CanStep;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        Span<float> ring = state[..(window * InputSize)], within = state[(window * InputSize)..];
        input.CopyTo(ring.Slice((int)(time % window) * InputSize, InputSize));
        within.Clear();
        long first = Math.Max(0, time - window + 1);
        for (long then = first; then <= time; then++)
            inner.Step(ring.Slice((int)(then % window) * InputSize, InputSize), output, within, then - first);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        int head = Math.Min(steps, window);
        inner.Run(input[..(head * InputSize)], output[..(head * OutputSize)], head);
        if (steps <= window)
            return;
        var outputs = new float[window * OutputSize];
        for (int t = window; t < steps; t++)
        {
            inner.Run(input.Slice((t - window + 1) * InputSize, window * InputSize), outputs, window);
            outputs.AsSpan(^OutputSize..).CopyTo(output.Slice(t * OutputSize, OutputSize));
        }
    }

    public ISelectedLayer Select(int[] wanted, int steps)
    {
        var runs = new List<(ISelectedLayer, int[], int[])>();
        int[] early = [.. wanted.Where(step => step < window - 1)];
        if (early.Length > 0)
        {
            ISelectedLayer head = inner.Select(early, early[^1] + 1);
            runs.Add((head, head.Reads, StepPlaces.All(early.Length)));
        }

        // A window may be far longer than the sequence.
        if (early.Length == wanted.Length)
            return new SelectedWindows([.. runs], InputSize, inner);
        ISelectedLayer last = inner.Select([window - 1], window);
        for (int i = early.Length; i < wanted.Length; i++)
            runs.Add((last, Array.ConvertAll(last.Reads, step => wanted[i] - window + 1 + step), [i]));
        return new SelectedWindows([.. runs], InputSize, inner);
    }
}
