using System.Security.Cryptography;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Examples on the device of training. Belongs to the dispose scope of the step.</summary>
/// <param name="Input">[B, T, C].</param>
/// <param name="Target">What the objective compares the output with; its first dimension is B.</param>
/// <param name="Weight">
/// What the batch counts in an epoch's gradient and in means over batches: its examples, the sum of their weights, or where each step
/// has a loss of its own its steps.
/// </param>
internal sealed record Batch(Tensor Input, Tensor Target, double Weight)
{
    /// <summary>What is read beside the input, row by row: [B, …]; null: nothing.</summary>
    public Tensor? Beside { get; init; }

    /// <summary>The valid steps of each row, [B] of int64; null: all.</summary>
    public Tensor? Lengths { get; init; }

    /// <summary>What each row counts in the loss, [B], or each of its steps, [B, T], where each has a label; null: all the same.</summary>
    public Tensor? RowWeights { get; init; }

    /// <summary>The examples in it, for speed; of chunks the parts of their rows' steps.</summary>
    public double Examples { get; init; } = Input.shape[0];

    /// <summary>Whether some targets are NaN and are not counted.</summary>
    public bool HasGaps { get; init; }

    /// <summary>Each row goes on where the same row of the batch before ended: recurrent state is carried over.</summary>
    public bool Continues { get; init; }
}

/// <summary>Examples that can be had in any order, batch by batch.</summary>
internal interface IBatchSource
{
    /// <summary>Examples in all.</summary>
    long Count { get; }

    /// <summary>The names of the input's channels, for messages.</summary>
    IReadOnlyList<string> Channels { get; }

    /// <summary>
    /// Whether batches are chunks of longer sequences, whose state is carried from one to the next and back-propagated
    /// through within a chunk only.
    /// </summary>
    bool CarriesState => false;

    /// <summary>
    /// The batches of one epoch, as lists of example numbers that together name every example once, or where batches are
    /// chunks once for each chunk of its batch; in an order that follows from the seed alone, or in order where it is null.
    /// </summary>
    IEnumerable<long[]> Order(int batchSize, long? seed);

    /// <summary>What all examples together weigh, as <see cref="Batch.Weight"/>.</summary>
    double Weight => Count;

    /// <summary>
    /// What a full batch of average examples weighs. The gradient of a batch is that of its mean loss, times its weight, divided by
    /// this: in an epoch every example counts its own weight, whatever batch it is in, the smaller last one or one of short rows too.
    /// </summary>
    double FullWeight(int batchSize) => Math.Min(batchSize, Count) * Weight / Count;

    /// <summary>
    /// The number of batches in the order of a seed, which schedules and progress count with. Where batches are chunks, it differs from
    /// epoch to epoch: a batch has as many as its longest example.
    /// </summary>
    long CountBatches(int batchSize, long? seed) => (Count + batchSize - 1) / batchSize;

    /// <summary>
    /// The part of the steps of an epoch's batches, in the order of <see cref="Order"/>, that is padding; null where none
    /// can be.
    /// </summary>
    double? PaddedPart(int batchSize, long? seed) => null;

    /// <summary>Adds all that the examples are made of to a hash.</summary>
    void AddTo(IncrementalHash hash) => hash.AppendData(BitConverter.GetBytes(Count));

    /// <summary>Gathers examples.</summary>
    Batch Load(ReadOnlySpan<long> examples, Device device);
}
