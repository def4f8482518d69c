using System.Runtime.InteropServices;
using MLNet.Sequence.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// Sequences of any lengths as batches: input [B, T, F], standardised and padded with zeros behind; target [B], the labels.
/// With buckets, sequences of similar length share a batch.
/// </summary>
/// <param name="set">The sequences.</param>
/// <param name="examples">Which of them.</param>
/// <param name="scaling">Of the features.</param>
/// <param name="features">A name for each feature.</param>
internal sealed class SequenceBatches(SequenceSet set, int[] examples, ChannelScaling scaling, IReadOnlyList<string> features) : IBatchSource
{
    private readonly bool _variable = examples.Any(example => set.Length(example) != set.Length(examples[0]));

    /// <summary>Whether sequences of similar length share a batch; of no effect where all lengths are equal.</summary>
    public bool BucketByLength { get; init; }

    /// <summary>What the rows of each class count; null: all the same.</summary>
    public float[]? ClassWeights { get; init; }

    public long Count => examples.Length;

    public IReadOnlyList<string> Channels => features;

    public IEnumerable<long[]> Order(int batchSize, long? seed) => BucketByLength && _variable
        ? BatchOrder.ByLength(Count, example => set.Length(examples[example]), batchSize, seed)
        : BatchOrder.Shuffled(Count, batchSize, seed);

    public double? PaddedPart(int batchSize, long? seed)
    {
        if (!_variable)
            return null;
        long valid = 0, all = 0;
        foreach (long[] batch in Order(batchSize, seed))
        {
            valid += batch.Sum(example => (long)set.Length(examples[example]));
            all += batch.Length * batch.Max(example => (long)set.Length(examples[example]));
        }

        return 1 - (double)valid / all;
    }

    public Batch Load(ReadOnlySpan<long> batch, Device device)
    {
        var rows = new int[batch.Length];
        var lengths = new long[batch.Length];
        for (int i = 0; i < rows.Length; i++)
        {
            rows[i] = examples[batch[i]];
            lengths[i] = set.Length(rows[i]);
        }

        long steps = lengths.Max();
        Tensor input = zeros(rows.Length, steps, set.Features);
        // The tensor's own memory is filled: nothing is copied twice.
        Span<float> inputs = MemoryMarshal.Cast<byte, float>(input.bytes);
        for (int i = 0; i < rows.Length; i++)
        {
            Span<float> values = inputs.Slice((int)(i * steps) * set.Features, (int)lengths[i] * set.Features);
            set.CopyTo(rows[i], values);
            scaling.ApplyOrMean(values);
        }

        float[]? weights = ClassWeights is null && !set.HasWeights ? null : [.. rows.Select(Weight)];
        return new Batch(input.to(device), tensor([.. rows.Select(set.Label)]).to(device), weights?.Sum(weight => (double)weight) ?? rows.Length)
        {
            Lengths = lengths.All(length => length == steps) ? null : tensor(lengths).to(device),
            RowWeights = weights is null ? null : tensor(weights).to(device),
        };
    }

    private float Weight(int row) => set.Weight(row) * (ClassWeights?[(int)set.Label(row)] ?? 1);
}
