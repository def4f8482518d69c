using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MLNet.Sequence.Data;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// Sequences as batches of all steps except the last and, as targets, all except the first: [B, T − 1, F + K] and [B, T − 1, F], standardised and padded
/// with zeros at the end. The weight of a batch is the number of predicted steps.
/// </summary>
/// <param name="set">The sequences, with at least 2 steps each.</param>
/// <param name="examples">The sequences to use.</param>
/// <param name="scaling">The scaling of the features.</param>
/// <param name="features">A name for each feature.</param>
internal sealed class NextStepBatches(SequenceSet set, int[] examples, ChannelScaling scaling, IReadOnlyList<string> features) : IBatchSource
{
    /// <summary>What is known besides the steps: it is read and not predicted. Null: nothing.</summary>
    public StepConditions? Conditions { get; init; }

    /// <summary>Steps per chunk; null: whole sequences.</summary>
    public int? ChunkSteps { get; init; }

    /// <inheritdoc cref="SequenceOrder.BucketByLength"/>
    public bool BucketByLength { get; init; }

    public long Count => examples.Length;

    public IReadOnlyList<string> Channels => features;

    public double Weight => examples.Sum(example => set.Length(example) - 1.0);

    public bool CarriesState => ChunkSteps is not null;

    // Created on first use, after the properties are set.
    private SequenceOrder InOrder => field ??= new SequenceOrder(Count, example => set.Length(examples[example]))
    {
        ChunkSteps = ChunkSteps,
        Ahead = 1,
        BucketByLength = BucketByLength,
    };

    public double FullWeight(int batchSize) => InOrder.FullWeight(batchSize, Weight);

    public long CountBatches(int batchSize, long? seed) => InOrder.CountBatches(batchSize, seed);

    public IEnumerable<long[]> Order(int batchSize, long? seed) => InOrder.Batches(batchSize, seed);

    public double? PaddedPart(int batchSize, long? seed) => InOrder.PaddedPart(batchSize, seed);

    public void AddTo(IncrementalHash hash) => set.AddTo(hash, examples);

    public Batch Load(ReadOnlySpan<long> batch, Device device)
    {
        var lengths = new long[batch.Length];
        double rows = 0;
        for (int i = 0; i < lengths.Length; i++)
        {
            (int sequence, _, lengths[i]) = Place(batch[i]);
            rows += lengths[i] / (set.Length(sequence) - 1.0);
        }

        int steps = (int)lengths.Max(), width = set.Features, apart = Conditions?.StaticSize ?? 0, past = width - apart, own = width - (Conditions?.Size ?? 0);
        Tensor input = zeros(batch.Length, steps, past), target = zeros(batch.Length, steps, own), beside = zeros(batch.Length, apart);
        // Writes directly to the tensors' memory.
        Span<float> inputs = MemoryMarshal.Cast<byte, float>(input.bytes), targets = MemoryMarshal.Cast<byte, float>(target.bytes);
        Span<float> others = apart == 0 ? [] : MemoryMarshal.Cast<byte, float>(beside.bytes);
        var row = new double[(steps + 1) * set.Features];
        var standardized = new float[row.Length];
        for (int i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] == 0)
                continue;
            (int sequence, int first, _) = Place(batch[i]);
            Span<double> data = row.AsSpan(0, (int)(lengths[i] + 1) * set.Features);
            Span<float> values = standardized.AsSpan(0, data.Length);
            set.CopyTo(sequence, data, first);
            scaling.ApplyOrMean(data, values);
            StepConditions.Split(values[..^width], inputs.Slice(i * steps * past, (int)lengths[i] * past), others.Slice(i * apart, apart));
            for (int step = 0; step < lengths[i]; step++)
                values.Slice((step + 1) * width, own).CopyTo(targets[((i * steps + step) * own)..]);
        }

        return new Batch(input.to(device), target.to(device), lengths.Sum())
        {
            Beside = apart == 0 ? null : beside.to(device),
            Lengths = lengths.All(length => length == steps) ? null : tensor(lengths).to(device),
            Continues = InOrder.Continues(batch),
            Examples = rows,
        };
    }

    private (int Sequence, int First, int Steps) Place(long example)
    {
        (long number, int first, int steps) = InOrder.Place(example);
        return (examples[number], first, steps);
    }
}
