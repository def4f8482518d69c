using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MLNet.Sequence.Data;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// Sequences of any lengths as batches: input [B, T, C], encoded and padded with zeros at the end; target [B, L], the labels. The target is
/// [B] if each sequence has one label. It is [B, T], padded with <see cref="Padding"/>, if each step has one; then the weight of a batch is
/// its number of steps. With buckets, sequences of similar length share a batch.
/// </summary>
/// <param name="set">The sequences.</param>
/// <param name="examples">The sequences to use.</param>
/// <param name="encoding">How values are encoded for the network.</param>
/// <param name="channels">A name for each channel of the encoding.</param>
internal sealed class SequenceBatches(SequenceSet set, int[] examples, StepEncoding encoding, IReadOnlyList<string> channels) : IBatchSource
{
    /// <summary>The label of a padding step.</summary>
    public const int Padding = -100;

    /// <inheritdoc cref="SequenceOrder.BucketByLength"/>
    public bool BucketByLength { get; init; }

    /// <summary>Steps per chunk, if each step has a label; null: whole sequences.</summary>
    public int? ChunkSteps { get; init; }

    /// <summary>The weight of each class; null: all equal.</summary>
    public float[]? ClassWeights { get; init; }

    /// <summary>The scaling that standardises numeric labels; null: labels are not changed.</summary>
    public ChannelScaling? LabelScaling { get; init; }

    public long Count => examples.Length;

    public double Weight => examples.Sum(RowWeight);

    public IReadOnlyList<string> Channels => channels;

    public bool CarriesState => ChunkSteps is not null;

    // Created on first use, after the properties are set.
    private SequenceOrder InOrder => field ??= new SequenceOrder(Count, example => set.Length(examples[example]))
    {
        ChunkSteps = ChunkSteps,
        BucketByLength = BucketByLength,
    };

    public double FullWeight(int batchSize) => InOrder.FullWeight(batchSize, Weight);

    public long CountBatches(int batchSize, long? seed) => InOrder.CountBatches(batchSize, seed);

    public IEnumerable<long[]> Order(int batchSize, long? seed) => InOrder.Batches(batchSize, seed);

    public double? PaddedPart(int batchSize, long? seed) => InOrder.PaddedPart(batchSize, seed);

    public void AddTo(IncrementalHash hash) => set.AddTo(hash, examples);

    public Batch Load(ReadOnlySpan<long> batch, Device device)
    {
        var parts = new Part[batch.Length];
        for (int i = 0; i < parts.Length; i++)
        {
            (long number, int first, int length) = InOrder.Place(batch[i]);
            parts[i] = new Part(examples[number], first, length);
        }

        int steps = parts.Max(part => part.Steps);
        Tensor input = zeros(parts.Length, steps, channels.Count);
        // Writes directly to the tensor's memory, without a second copy.
        Span<float> inputs = MemoryMarshal.Cast<byte, float>(input.bytes);
        for (int i = 0; i < parts.Length; i++)
        {
            var values = new double[parts[i].Steps * set.Features];
            set.CopyTo(parts[i].Row, values, parts[i].First);
            encoding.Apply(values, inputs.Slice(i * steps * channels.Count, parts[i].Steps * channels.Count));
        }

        double[] weights = Array.ConvertAll(parts, PartWeight);
        return new Batch(input.to(device), Labels(parts, steps).to(device), weights.Sum())
        {
            Lengths = parts.All(part => part.Steps == steps) ? null : tensor(Array.ConvertAll(parts, part => (long)part.Steps)).to(device),
            RowWeights = ClassWeights is null && !set.HasWeights ? null : Weights(parts, weights, steps).to(device),
            Continues = InOrder.Continues(batch),
            Examples = parts.Sum(part => (double)part.Steps / set.Length(part.Row)),
        };
    }

    // [B]; if each step has a label, [B, T] with 0 for padding.
    private Tensor Weights(Part[] parts, double[] ofRows, int steps)
    {
        if (set.LabelSize is not null)
            return tensor(Array.ConvertAll(ofRows, weight => (float)weight));
        Tensor weights = zeros(parts.Length, steps);
        Span<float> values = MemoryMarshal.Cast<byte, float>(weights.bytes);
        for (int i = 0; i < parts.Length; i++)
            StepWeights(parts[i]).CopyTo(values[(i * steps)..]);
        return weights;
    }

    private float[] StepWeights(Part part) => Array.ConvertAll(LabelsOf(part), label => set.Weight(part.Row) * (ClassWeights?[(int)label] ?? 1));

    private Tensor Labels(Part[] parts, int steps)
    {
        int size = set.LabelSize ?? steps;
        Tensor labels = HeldNumbers.Full([parts.Length, size], Padding, ScalarType.Float32, CPU);
        Span<float> values = MemoryMarshal.Cast<byte, float>(labels.bytes);
        for (int i = 0; i < parts.Length; i++)
        {
            double[] own = LabelsOf(parts[i]);
            (LabelScaling ?? ChannelScaling.None(own.Length)).Apply(own, values.Slice(i * size, own.Length));
        }

        return set.LabelSize == 1 ? labels.squeeze(1) : labels;
    }

    private double[] LabelsOf(Part part) => set.LabelSize is null ? set.Labels(part.Row, part.First, part.Steps) : set.Labels(part.Row);

    private double RowWeight(int row) => PartWeight(new Part(row, 0, set.Length(row)));

    // The weight in an epoch's gradient: the row's weight times the weight of its class, or of the classes of its steps.
    private double PartWeight(Part part) => (set.LabelSize, ClassWeights) switch
    {
        (null, null) => (double)set.Weight(part.Row) * part.Steps,
        (null, _) => StepWeights(part).Sum(weight => (double)weight),
        _ => set.Weight(part.Row) * (ClassWeights?[(int)set.Label(part.Row)] ?? 1),
    };

    // Steps of a row; all of them without chunks.
    private readonly record struct Part(int Row, int First, int Steps);
}
