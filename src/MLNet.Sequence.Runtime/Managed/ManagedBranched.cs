namespace MLNet.Sequence.Managed;

/// <summary>The state is that of the branches, one after the other.</summary>
internal sealed class ManagedBranched(IManagedLayer[] branches) : IManagedLayer
{
    public int InputSize => branches[0].InputSize;

    public int OutputSize { get; } = branches.Sum(branch => branch.OutputSize);

    public int StateSize { get; } = IManagedLayer.Size(branches.Sum(branch => (long)branch.StateSize));

    public bool CanStep => branches.All(branch => branch.CanStep);

    public int OutputSteps(int steps) => branches[0].OutputSteps(steps);

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        foreach (IManagedLayer branch in branches)
        {
            branch.Step(input, output[..branch.OutputSize], state[..branch.StateSize], time);
            output = output[branch.OutputSize..];
            state = state[branch.StateSize..];
        }
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        int from = 0;
        foreach (IManagedLayer branch in branches)
        {
            int width = branch.OutputSize;
            var own = new float[OutputSteps(steps) * width];
            branch.Run(input, own, steps);
            for (int t = 0; t < own.Length / width; t++)
                own.AsSpan(t * width, width).CopyTo(output[(t * OutputSize + from)..]);
            from += width;
        }
    }

    public ISelectedLayer Select(int[] wanted, int steps) =>
        new SelectedParts(Array.ConvertAll(branches, branch => (branch, 0)), InputSize, false, wanted, steps);
}
