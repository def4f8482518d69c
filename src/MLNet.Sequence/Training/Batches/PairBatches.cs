using System.Runtime.InteropServices;
using System.Security.Cryptography;
using MLNet.Sequence.Data;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Sources and their targets, by the same number.</summary>
internal sealed record PairSet(SequenceSet Source, SequenceSet Target)
{
    /// <summary>The steps of each source and target as they were given, before long ones were cut.</summary>
    public List<(int Source, int Target)> Given { get; } = [];

    /// <summary>The row that each pair was read from, counted from 0: rows may be left out.</summary>
    public List<int> Rows { get; } = [];

    /// <summary>The steps of a pair: the longer of the source and the target with its boundary.</summary>
    /// <param name="pair">The pair.</param>
    /// <param name="ends">The steps of a boundary: 1, or 0 if the target has no end.</param>
    public int Length(int pair, int ends = 1) => Math.Max(Source.Length(pair), Target.Length(pair) + ends);
}

/// <summary>
/// Pairs as batches: input [B, S, C], the sources, padded with zeros; beside [B, U], the targets behind the boundary symbol; target [B, U],
/// the targets followed by the boundary symbol, padded with <see cref="SequenceBatches.Padding"/>. U is one more than the tokens of the
/// longest target. The weight of a batch is the number of predicted tokens. Targets of numbers have no end: beside [B, U × K], zeros and then all
/// numbers but those of the last step; target [B, U, K], padded with NaN; the weight is the number of their steps.
/// </summary>
/// <param name="pairs">The pairs.</param>
/// <param name="examples">The pairs to use.</param>
/// <param name="encoding">How the values of sources are encoded for the network.</param>
/// <param name="channels">A name for each channel of the encoding.</param>
internal sealed class PairBatches(PairSet pairs, int[] examples, StepEncoding encoding, IReadOnlyList<string> channels) : IBatchSource
{
    /// <summary>The index of the boundary symbol: the number of tokens; null: targets are numbers.</summary>
    public required int? Boundary { get; init; }

    /// <summary>The scaling of targets of numbers; null: they are tokens.</summary>
    public ChannelScaling? TargetScaling { get; init; }

    /// <inheritdoc cref="SequenceOrder.BucketByLength"/>
    public bool BucketByLength { get; init; }

    /// <summary>The largest number of steps in a batch: pairs times the longest of them, padding included; null: a fixed number of pairs.</summary>
    public int? MostSteps { get; init; }

    public long Count => examples.Length;

    public double Weight => examples.Sum(pair => (double)pairs.Target.Length(pair) + Ends);

    public IReadOnlyList<string> Channels => channels;

    private int Ends => Boundary is null ? 0 : 1;

    // Created on first use, after the properties are set.
    private SequenceOrder InOrder => field ??= new SequenceOrder(Count, Length) { BucketByLength = BucketByLength };

    public double FullWeight(int batchSize) => MostSteps is null ? InOrder.FullWeight(batchSize, Weight) : Weight / CountBatches(batchSize, seed: null);

    public long LargestBatch(int batchSize) => MostSteps is null ? Math.Min(batchSize, Count) : Order(batchSize, seed: null).Max(batch => batch.LongLength);

    public string LimitingOption => MostSteps is null ? "Training.BatchSize" : "StepsPerBatch";

    public long CountBatches(int batchSize, long? seed) => MostSteps is null ? InOrder.CountBatches(batchSize, seed) : Order(batchSize, seed).Count();

    public IEnumerable<long[]> Order(int batchSize, long? seed) =>
        MostSteps is { } most ? BatchOrder.ByTokens(Count, Length, most, seed) : InOrder.Batches(batchSize, seed);

    public double? PaddedPart(int batchSize, long? seed)
    {
        double valid = 0, all = 0;
        foreach (long[] batch in Order(batchSize, seed))
        {
            int[] sources = Array.ConvertAll(batch, example => pairs.Source.Length(examples[example])),
                targets = Array.ConvertAll(batch, example => pairs.Target.Length(examples[example]) + Ends);
            valid += sources.Sum() + targets.Sum();
            all += (double)batch.Length * (sources.Max() + targets.Max());
        }

        return valid == all ? null : 1 - valid / all;
    }

    public void AddTo(IncrementalHash hash)
    {
        pairs.Source.AddTo(hash, examples);
        pairs.Target.AddTo(hash, examples);
    }

    public Batch Load(ReadOnlySpan<long> batch, Device device)
    {
        var numbers = new int[batch.Length];
        for (int i = 0; i < numbers.Length; i++)
            numbers[i] = examples[batch[i]];
        long[] lengths = Array.ConvertAll(numbers, pair => (long)pairs.Source.Length(pair));
        int steps = (int)lengths.Max();
        Tensor input = zeros(numbers.Length, steps, channels.Count);
        // Writes directly to the tensors' memory.
        Span<float> inputs = Values(input);
        for (int i = 0; i < numbers.Length; i++)
            encoding.Apply(pairs.Source.Sequence(numbers[i]), inputs.Slice(i * steps * channels.Count, (int)lengths[i] * channels.Count));
        (Tensor before, Tensor target) = Boundary is { } boundary ? Tokens(numbers, boundary) : Numbers(numbers, TargetScaling!);
        return new Batch(input.to(device), target.to(device), numbers.Sum(pair => (double)pairs.Target.Length(pair) + Ends))
        {
            Beside = before.to(device),
            Lengths = lengths.All(length => length == steps) ? null : tensor(lengths).to(device),
        };
    }

    // [B, U] twice
    private (Tensor Before, Tensor Target) Tokens(int[] numbers, int boundary)
    {
        int tokens = numbers.Max(pairs.Target.Length) + 1;
        Tensor before = zeros(numbers.Length, tokens),
            target = HeldNumbers.Full([numbers.Length, tokens], SequenceBatches.Padding, ScalarType.Float32, CPU);
        Span<float> befores = Values(before), targets = Values(target);
        for (int i = 0; i < numbers.Length; i++)
        {
            float[] own = Array.ConvertAll(pairs.Target.Sequence(numbers[i]), token => (float)token);
            befores[i * tokens] = targets[i * tokens + own.Length] = boundary;
            own.CopyTo(befores[(i * tokens + 1)..]);
            own.CopyTo(targets[(i * tokens)..]);
        }

        return (before, target);
    }

    // [B, U × K] and [B, U, K]
    private (Tensor Before, Tensor Target) Numbers(int[] numbers, ChannelScaling scaling)
    {
        int width = pairs.Target.Features, row = numbers.Max(pairs.Target.Length) * width;
        Tensor before = zeros(numbers.Length, row),
            target = HeldNumbers.Full([numbers.Length, row / width, width], float.NaN, ScalarType.Float32, CPU);
        Span<float> befores = Values(before), targets = Values(target);
        for (int i = 0; i < numbers.Length; i++)
        {
            Span<float> own = targets.Slice(i * row, pairs.Target.Length(numbers[i]) * width);
            scaling.Apply(pairs.Target.Sequence(numbers[i]), own);
            own[..^width].CopyTo(befores[(i * row + width)..]);
        }

        return (before, target);
    }

    private static Span<float> Values(Tensor tensor) => MemoryMarshal.Cast<byte, float>(tensor.bytes);

    private int Length(long example) => pairs.Length(examples[example], Ends);
}
