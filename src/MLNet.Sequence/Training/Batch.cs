using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Examples on the device of training. Belongs to the dispose scope of the step.</summary>
/// <param name="Input">[B, T, C].</param>
/// <param name="Target">What the objective compares the output with; its first dimension is B.</param>
/// <param name="Weight">What the batch counts in means over batches: its examples, or the sum of their weights.</param>
internal sealed record Batch(Tensor Input, Tensor Target, double Weight);

/// <summary>Examples that can be had in any order, batch by batch.</summary>
internal interface IBatchSource
{
    /// <summary>Examples in all.</summary>
    long Count { get; }

    /// <summary>The names of the input's channels, for messages.</summary>
    IReadOnlyList<string> Channels { get; }

    /// <summary>
    /// The batches of one epoch, as lists of example numbers that together name every example once; in an order that follows
    /// from the seed alone, or in order where it is null.
    /// </summary>
    IEnumerable<long[]> Order(int batchSize, long? seed);

    /// <summary>Gathers examples.</summary>
    Batch Load(ReadOnlySpan<long> examples, Device device);
}
