using System.Runtime.InteropServices;
using MLNet.Sequence.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Windows of series as batches: input [B, context, C] and target [B, horizon · targets], both standardised.</summary>
internal sealed class WindowBatches(Windows windows, WindowShape shape, SeriesScaling scaling, IReadOnlyList<string> channels) : IBatchSource
{
    /// <summary>The first channels that are targets.</summary>
    public required int Targets { get; init; }

    public long Count => windows.Count;

    public IReadOnlyList<string> Channels => channels;

    public IEnumerable<long[]> Order(int batchSize, long? seed) => BatchOrder.Shuffled(Count, batchSize, seed);

    public Batch Load(ReadOnlySpan<long> examples, Device device)
    {
        int width = channels.Count;
        // The tensors' own memory is filled: nothing is copied twice.
        Tensor input = empty(examples.Length, shape.Context, width), target = empty(examples.Length, shape.Horizon * Targets);
        Span<float> inputs = MemoryMarshal.Cast<byte, float>(input.bytes), targets = MemoryMarshal.Cast<byte, float>(target.bytes);
        var future = new float[shape.Horizon * width];
        for (int i = 0; i < examples.Length; i++)
        {
            Window window = windows[examples[i]];
            ChannelScaling scale = scaling[window.Series.Key];
            Span<float> past = inputs.Slice(i * shape.Context * width, shape.Context * width);
            window.Series.Rows.CopyTo(window.Origin + 1 - shape.Context, past);
            scale.Apply(past);
            window.Series.Rows.CopyTo(window.Origin + 1, future);
            scale.Apply(future);
            for (int step = 0; step < shape.Horizon; step++)
                future.AsSpan(step * width, Targets).CopyTo(targets[((i * shape.Horizon + step) * Targets)..]);
        }

        return new Batch(input.to(device), target.to(device), examples.Length);
    }
}
