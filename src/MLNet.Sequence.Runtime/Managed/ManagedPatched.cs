using MLNet.Sequence.Layers;

namespace MLNet.Sequence.Managed;

/// <summary>
/// The state is the patch that ends at the last step, oldest step first, and one state of the inner layer for each sequence of patches. A
/// step costs one inner step.
/// </summary>
internal sealed class ManagedPatched(PatchedLayer layer, IManagedLayer inner, int inputSize) : IManagedLayer
{
    public int InputSize => inputSize;

    public int OutputSize => inner.OutputSize;

    public int StateSize => IManagedLayer.Size(inner.InputSize + (long)layer.Stride * inner.StateSize);

    public bool CanStep => inner.CanStep;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        (long before, long sequence) = Math.DivRem(time, layer.Stride);
        Span<float> patch = state[..inner.InputSize];
        patch[inputSize..].CopyTo(patch);
        input.CopyTo(patch[^inputSize..]);
        inner.Step(patch, output, state.Slice(inner.InputSize + (int)sequence * inner.StateSize, inner.StateSize), before);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        int width = inner.InputSize, most = (steps - 1) / layer.Stride + 1;
        float[] patches = new float[most * width], outputs = new float[most * OutputSize];
        for (int sequence = 0; sequence < Math.Min(steps, layer.Stride); sequence++)
        {
            int count = (steps - 1 - sequence) / layer.Stride + 1;
            for (int i = 0; i < count; i++)
                CopyPatch(input, patches.AsSpan(i * width, width), sequence + i * layer.Stride);
            inner.Run(patches.AsSpan(0, count * width), outputs.AsSpan(0, count * OutputSize), count);
            for (int i = 0; i < count; i++)
                outputs.AsSpan(i * OutputSize, OutputSize).CopyTo(output[((sequence + i * layer.Stride) * OutputSize)..]);
        }
    }

    public ISelectedLayer Select(int[] wanted, int steps) =>
        new SelectedWindows([.. wanted.GroupBy(step => step % layer.Stride).Select(phase => Phase(phase.Key, [.. phase], wanted, steps))], inputSize, inner);

    // The patches that end at steps of one phase are a sequence.
    private (ISelectedLayer Layer, int[] Rows, int[] Outputs) Phase(int phase, int[] ends, int[] wanted, int steps)
    {
        ISelectedLayer selected = inner.Select([.. ends.Select(step => step / layer.Stride)], (steps - 1 - phase) / layer.Stride + 1);
        return (selected,
            [.. selected.Reads.SelectMany(patch => Enumerable.Range(phase + patch * layer.Stride - layer.Length + 1, layer.Length))],
            [.. ends.Select(step => Array.IndexOf(wanted, step))]);
    }

    private void CopyPatch(ReadOnlySpan<float> input, Span<float> patch, int last)
    {
        int from = Math.Max(0, last - layer.Length + 1);
        ReadOnlySpan<float> known = input[(from * inputSize)..((last + 1) * inputSize)];
        patch[..^known.Length].Clear();
        known.CopyTo(patch[^known.Length..]);
    }
}
