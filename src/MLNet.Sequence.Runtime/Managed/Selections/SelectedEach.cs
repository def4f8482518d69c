namespace MLNet.Sequence.Managed;

/// <summary>A layer whose step depends on the input and the time of that step alone.</summary>
/// <param name="layer">The layer; its state is working space.</param>
/// <param name="wanted">The wanted steps, ascending.</param>
internal sealed class SelectedEach(IManagedLayer layer, int[] wanted) : ISelectedLayer
{
    public int[] Reads => wanted;

    public int WorkSize => layer.StateSize;

    public void Run(ReadOnlySpan<float> input, Span<float> output, Span<float> work)
    {
        int from = layer.InputSize, to = layer.OutputSize;
        for (int i = 0; i < wanted.Length; i++)
            layer.Step(input.Slice(i * from, from), output.Slice(i * to, to), work[..layer.StateSize], wanted[i]);
    }
}

/// <summary>A layer whose step depends on the input of that step alone, and which takes any number of steps at once.</summary>
/// <param name="layer">The layer, without state.</param>
/// <param name="wanted">The wanted steps, ascending.</param>
internal sealed class SelectedTogether(IManagedLayer layer, int[] wanted) : ISelectedLayer
{
    public int[] Reads => wanted;

    public int WorkSize => 0;

    public void Run(ReadOnlySpan<float> input, Span<float> output, Span<float> work) => layer.Run(input, output, wanted.Length);
}
