namespace MLNet.Sequence.Managed;

/// <summary>A layer that does nothing outside of training.</summary>
internal sealed class ManagedIdentity(int size) : IManagedLayer
{
    public int InputSize => size;

    public int OutputSize => size;

    public int StateSize => 0;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time) => input.CopyTo(output);

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps) => input.CopyTo(output);

    public ISelectedLayer Select(int[] wanted, int steps) => new SelectedTogether(this, wanted);
}

/// <summary>In a stream every step is the last one so far; for a whole sequence only the last step remains.</summary>
internal sealed class ManagedLastStep(int size) : IManagedLayer
{
    public int InputSize => size;

    public int OutputSize => size;

    public int StateSize => 0;

    public int OutputSteps(int steps) => 1;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time) => input.CopyTo(output);

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps) => input.Slice((steps - 1) * size, size).CopyTo(output);

    public ISelectedLayer Select(int[] wanted, int steps) => new SelectedTogether(new ManagedIdentity(size), [steps - 1]);
}
