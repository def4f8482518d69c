using System.Security.Cryptography;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Examples on the training device. They belong to the dispose scope of the step.</summary>
/// <param name="Input">[B, T, C].</param>
/// <param name="Target">What the objective compares the output with; its first dimension is B.</param>
/// <param name="Weight">
/// The weight of the batch in an epoch's gradient and in means over batches: the number of its examples, the sum of their weights, or its
/// number of steps where each step has its own loss.
/// </param>
internal sealed record Batch(Tensor Input, Tensor Target, double Weight)
{
    /// <summary>Additional inputs of each row: [B, …]; null: none.</summary>
    public Tensor? Beside { get; init; }

    /// <summary>The valid steps of each row, [B] of int64; null: all.</summary>
    public Tensor? Lengths { get; init; }

    /// <summary>The weight of each row in the loss, [B], or of each step, [B, T], where each step has a label; null: all equal.</summary>
    public Tensor? RowWeights { get; init; }

    /// <summary>Mean and deviation of the targets of each row, [B, 2, targets], if the loss is in the data's units; else null.</summary>
    public Tensor? Units { get; init; }

    /// <summary>The unit of the errors of each target in each row, [B, targets], in standardised numbers; null: they are standardised themselves.</summary>
    public Tensor? ErrorUnits { get; init; }

    /// <summary>The number of examples, for the reported speed; a chunk counts as its share of the steps of its row.</summary>
    public double Examples { get; init; } = Input.shape[0];

    /// <summary>Whether some targets are NaN, which are ignored.</summary>
    public bool HasGaps { get; init; }

    /// <summary>Each row continues where the same row of the previous batch ended: recurrent state is carried over.</summary>
    public bool Continues { get; init; }
}

/// <summary>Examples that can be loaded in any order, batch by batch.</summary>
internal interface IBatchSource
{
    /// <summary>The total number of examples.</summary>
    long Count { get; }

    /// <summary>The names of the input's channels, for messages.</summary>
    IReadOnlyList<string> Channels { get; }

    /// <summary>
    /// Whether batches are chunks of longer sequences. State is carried from chunk to chunk; gradients stay within a chunk.
    /// </summary>
    bool CarriesState => false;

    /// <summary>
    /// The batches of one epoch, as lists of example numbers. Together they contain every example once, or once for each chunk of its batch
    /// if batches are chunks. The order depends only on the seed; null: ascending order.
    /// </summary>
    IEnumerable<long[]> Order(int batchSize, long? seed);

    /// <summary>The total weight of all examples, as in <see cref="Batch.Weight"/>.</summary>
    double Weight => Count;

    /// <summary>
    /// The weight of a full batch of average examples. The gradient of a batch is the gradient of its mean loss, times its weight, divided
    /// by this value. So every example counts with its own weight in an epoch, also in the smaller last batch or in a batch of short rows.
    /// </summary>
    double FullWeight(int batchSize) => Math.Min(batchSize, Count) * Weight / Count;

    /// <summary>
    /// The number of examples of the largest batch in ascending order; other orders have about as many. It decides how shards are shared among ranks.
    /// </summary>
    long LargestBatch(int batchSize) => Math.Min(batchSize, Count);

    /// <summary>The option that limits the batches, for messages.</summary>
    string LimitingOption => "Training.BatchSize";

    /// <summary>
    /// The number of batches in the order of a seed; schedules and progress use it. If batches are chunks, it differs from epoch to epoch:
    /// a batch has as many chunks as its longest example.
    /// </summary>
    long CountBatches(int batchSize, long? seed) => (Count + batchSize - 1) / batchSize;

    /// <summary>
    /// The share of padding in the steps of an epoch's batches, in the order of <see cref="Order"/>; null if padding is impossible.
    /// </summary>
    double? PaddedPart(int batchSize, long? seed) => null;

    /// <summary>Adds the content of all examples to a hash.</summary>
    void AddTo(IncrementalHash hash) => hash.AppendData(BitConverter.GetBytes(Count));

    /// <summary>Loads examples as a batch.</summary>
    Batch Load(ReadOnlySpan<long> examples, Device device);
}
