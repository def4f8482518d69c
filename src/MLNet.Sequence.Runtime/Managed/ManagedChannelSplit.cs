using System.Numerics.Tensors;

namespace MLNet.Sequence.Managed;

/// <summary>The state is that of head and tail, and a row for the tail if their outputs are added.</summary>
internal sealed class ManagedChannelSplit(IManagedLayer head, IManagedLayer tail, bool sum) : IManagedLayer
{
    public int InputSize => head.InputSize + tail.InputSize;

    public int OutputSize => sum ? head.OutputSize : head.OutputSize + tail.OutputSize;

    public int StateSize => IManagedLayer.Size((long)head.StateSize + tail.StateSize + (sum ? tail.OutputSize : 0));

    public bool CanStep => head.CanStep && tail.CanStep;

    public void Step(ReadOnlySpan<float> input, Span<float> output, Span<float> state, long time)
    {
        head.Step(input[..head.InputSize], output[..head.OutputSize], state[..head.StateSize], time);
        Span<float> other = sum ? state[^tail.OutputSize..] : output[head.OutputSize..];
        tail.Step(input[head.InputSize..], other, state.Slice(head.StateSize, tail.StateSize), time);
        if (sum)
            TensorPrimitives.Add(output, other, output);
    }

    public void Run(ReadOnlySpan<float> input, Span<float> output, int steps)
    {
        float[] first = Of(head, input, 0, steps), second = Of(tail, input, head.InputSize, steps);
        if (sum)
        {
            TensorPrimitives.Add(first, second, output);
            return;
        }

        for (int t = 0; t < steps; t++)
        {
            Span<float> row = output.Slice(t * OutputSize, OutputSize);
            first.AsSpan(t * head.OutputSize, head.OutputSize).CopyTo(row);
            second.AsSpan(t * tail.OutputSize, tail.OutputSize).CopyTo(row[head.OutputSize..]);
        }
    }

    public ISelectedLayer Select(int[] wanted, int steps) =>
        new SelectedParts([(head, 0), (tail, head.InputSize)], InputSize, sum, wanted, steps);

    private float[] Of(IManagedLayer part, ReadOnlySpan<float> input, int from, int steps)
    {
        float[] channels = new float[steps * part.InputSize], outputs = new float[steps * part.OutputSize];
        for (int t = 0; t < steps; t++)
            input.Slice(t * InputSize + from, part.InputSize).CopyTo(channels.AsSpan(t * part.InputSize));
        part.Run(channels, outputs, steps);
        return outputs;
    }
}
