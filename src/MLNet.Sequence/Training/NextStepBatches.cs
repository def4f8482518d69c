using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MLNet.Sequence.Data;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// Sequences as batches of all steps but the last and, as targets, all but the first: both [B, T − 1, F], standardised and
/// padded with zeros behind. A batch weighs the steps that it predicts. With chunks, the same rows come again and again
/// with their next steps, until the longest has ended; rows that ended before have no steps. The number of an example is
/// then its sequence's plus the number of sequences for each chunk before.
/// </summary>
/// <param name="set">The sequences, of at least 2 steps each.</param>
/// <param name="examples">Which of them.</param>
/// <param name="scaling">Of the features.</param>
/// <param name="features">A name for each feature.</param>
internal sealed class NextStepBatches(SequenceSet set, int[] examples, ChannelScaling scaling, IReadOnlyList<string> features) : IBatchSource
{
    private readonly bool _variable = examples.Any(example => set.Length(example) != set.Length(examples[0]));

    /// <summary>Steps of a chunk; null: whole sequences.</summary>
    public int? ChunkSteps { get; init; }

    /// <summary>Whether sequences of similar length share a batch; of no effect where all lengths are equal.</summary>
    public bool BucketByLength { get; init; }

    public long Count => examples.Length;

    public IReadOnlyList<string> Channels => features;

    public double Weight => examples.Sum(example => set.Length(example) - 1.0);

    public bool CarriesState => ChunkSteps is not null;

    // Of chunks an average one that has steps: rows that have ended weigh nothing.
    public double FullWeight(int batchSize) => Math.Min(batchSize, Count) * Weight / examples.Sum(example => (double)Chunks(set.Length(example) - 1L));

    public long CountBatches(int batchSize, long? seed) => ChunkSteps is null
        ? (Count + batchSize - 1) / batchSize
        : Groups(batchSize, seed).Sum(Chunks);

    public IEnumerable<long[]> Order(int batchSize, long? seed) => Groups(batchSize, seed).SelectMany(
        group => Enumerable.Range(0, Chunks(group)).Select(chunk => Array.ConvertAll(group, example => example + chunk * Count)));

    public double? PaddedPart(int batchSize, long? seed)
    {
        if (!_variable)
            return null;
        long valid = 0, all = 0;
        foreach (long[] batch in Order(batchSize, seed))
        {
            long[] steps = Array.ConvertAll(batch, example => Place(example).Steps);
            valid += steps.Sum();
            all += steps.Length * steps.Max();
        }

        return 1 - (double)valid / all;
    }

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

        int steps = (int)lengths.Max();
        Tensor input = zeros(batch.Length, steps, set.Features), target = zeros(batch.Length, steps, set.Features);
        // The tensors' own memory is filled.
        Span<float> inputs = MemoryMarshal.Cast<byte, float>(input.bytes), targets = MemoryMarshal.Cast<byte, float>(target.bytes);
        var row = new double[(steps + 1) * set.Features];
        var standardized = new float[row.Length];
        for (int i = 0; i < lengths.Length; i++)
        {
            if (lengths[i] == 0)
                continue;
            (int sequence, long first, _) = Place(batch[i]);
            Span<double> data = row.AsSpan(0, (int)(lengths[i] + 1) * set.Features);
            Span<float> values = standardized.AsSpan(0, data.Length);
            set.CopyTo(sequence, data, first);
            scaling.ApplyOrMean(data, values);
            values[..^set.Features].CopyTo(inputs[(i * steps * set.Features)..]);
            values[set.Features..].CopyTo(targets[(i * steps * set.Features)..]);
        }

        return new Batch(input.to(device), target.to(device), lengths.Sum())
        {
            Lengths = lengths.All(length => length == steps) ? null : tensor(lengths).to(device),
            Continues = batch[0] >= Count,
            Examples = rows,
        };
    }

    private IEnumerable<long[]> Groups(int batchSize, long? seed) => BucketByLength && _variable
        ? BatchOrder.ByLength(Count, example => set.Length(examples[example]), batchSize, seed)
        : BatchOrder.Shuffled(Count, batchSize, seed);

    private int Chunks(long[] group) => Chunks(group.Max(example => set.Length(examples[example]) - 1L));

    private int Chunks(long predicted) => ChunkSteps is { } steps ? (int)((predicted + steps - 1) / steps) : 1;

    // Its sequence, the first step that the network sees, and how many it sees.
    private (int Sequence, long First, long Steps) Place(long example)
    {
        int sequence = examples[example % Count];
        long all = set.Length(sequence) - 1, first = example / Count * (ChunkSteps ?? 0);
        return (sequence, first, Math.Clamp(all - first, 0, ChunkSteps ?? all));
    }
}
