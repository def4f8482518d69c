using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MLNet.Sequence.Data;
using MLNet.Sequence.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// Sequences of any lengths as batches: input [B, T, C], encoded and padded with zeros behind; target [B, L], the labels; [B]
/// where each sequence has one; [B, T], padded with <see cref="Padding"/>, where each step has one: then a batch weighs the steps
/// that it has. With buckets, sequences of similar length share a batch.
/// </summary>
/// <param name="set">The sequences.</param>
/// <param name="examples">Which of them.</param>
/// <param name="encoding">What the network sees of their values.</param>
/// <param name="channels">A name for each channel of that.</param>
internal sealed class SequenceBatches(SequenceSet set, int[] examples, StepEncoding encoding, IReadOnlyList<string> channels) : IBatchSource
{
    /// <summary>The label of a step that there is not.</summary>
    public const int Padding = -100;

    private readonly bool _variable = examples.Any(example => set.Length(example) != set.Length(examples[0]));

    /// <summary>Whether sequences of similar length share a batch; of no effect where all lengths are equal.</summary>
    public bool BucketByLength { get; init; }

    /// <summary>What the rows of each class count; null: all the same.</summary>
    public float[]? ClassWeights { get; init; }

    /// <summary>By what numbers to predict are standardised; null: labels are left as they are.</summary>
    public ChannelScaling? LabelScaling { get; init; }

    public long Count => examples.Length;

    public double Weight => examples.Sum(RowWeight);

    public IReadOnlyList<string> Channels => channels;

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

    public void AddTo(IncrementalHash hash) => set.AddTo(hash, examples);

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
        Tensor input = zeros(rows.Length, steps, channels.Count);
        // The tensor's own memory is filled: nothing is copied twice.
        Span<float> inputs = MemoryMarshal.Cast<byte, float>(input.bytes);
        for (int i = 0; i < rows.Length; i++)
        {
            encoding.Apply(set.Sequence(rows[i]), inputs.Slice((int)(i * steps) * channels.Count, (int)lengths[i] * channels.Count));
        }

        double[] weights = Array.ConvertAll(rows, RowWeight);
        return new Batch(input.to(device), Labels(rows, (int)steps).to(device), weights.Sum())
        {
            Lengths = lengths.All(length => length == steps) ? null : tensor(lengths).to(device),
            RowWeights = ClassWeights is null && !set.HasWeights ? null : Weights(rows, weights, (int)steps).to(device),
        };
    }

    // [B]; where each step has a label, [B, T] with 0 for padding.
    private Tensor Weights(int[] rows, double[] ofRows, int steps)
    {
        if (set.LabelSize is not null)
            return tensor(Array.ConvertAll(ofRows, weight => (float)weight));
        Tensor weights = zeros(rows.Length, steps);
        Span<float> values = MemoryMarshal.Cast<byte, float>(weights.bytes);
        for (int i = 0; i < rows.Length; i++)
            StepWeights(rows[i]).CopyTo(values[(i * steps)..]);
        return weights;
    }

    private float[] StepWeights(int row) => Array.ConvertAll(set.Labels(row), label => set.Weight(row) * (ClassWeights?[(int)label] ?? 1));

    private Tensor Labels(int[] rows, int steps)
    {
        int size = set.LabelSize ?? steps;
        Tensor labels = HeldNumbers.Full([rows.Length, size], Padding, ScalarType.Float32, CPU);
        Span<float> values = MemoryMarshal.Cast<byte, float>(labels.bytes);
        for (int i = 0; i < rows.Length; i++)
        {
            double[] own = set.Labels(rows[i]);
            (LabelScaling ?? ChannelScaling.None(own.Length)).Apply(own, values.Slice(i * size, own.Length));
        }

        return set.LabelSize == 1 ? labels.squeeze(1) : labels;
    }

    // What a row counts in an epoch's gradient: its weight times that of its class, or of the classes of its steps.
    private double RowWeight(int row) => (set.LabelSize, ClassWeights) switch
    {
        (null, null) => (double)set.Weight(row) * set.Length(row),
        (null, _) => StepWeights(row).Sum(weight => (double)weight),
        _ => set.Weight(row) * (ClassWeights?[(int)set.Label(row)] ?? 1),
    };
}
