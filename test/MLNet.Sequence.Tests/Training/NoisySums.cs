using MLNet.Sequence.Data;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Training examples for tests: noise [T, C], and its mean as the target.</summary>
internal sealed class NoisySums : IBatchSource
{
    public const int Steps = 6, Features = 2;

    private readonly float[] _values;

    public NoisySums(int count, long seed)
    {
        var random = new RandomStream(seed);
        _values = new float[count * Steps * Features];
        foreach (ref float value in _values.AsSpan())
            value = (float)random.NextNormal();
        Count = count;
    }

    public long Count { get; }

    public double Weight => Weights?.Sum(weight => (double)weight) ?? Count;

    public IReadOnlyList<string> Channels { get; init; } = ["first", "second"];

    /// <summary>The weight of each example; null: all the same.</summary>
    public float[]? Weights { get; init; }

    /// <summary>Changes the values that are read, to test how the loop handles them.</summary>
    public Action<float[]> Disturb { get; init; } = _ => { };

    /// <summary>Called with the examples of each batch.</summary>
    public Action<long[]> Loaded { get; init; } = _ => { };

    public IEnumerable<long[]> Order(int batchSize, long? seed)
    {
        var order = new Permutation(Count, seed ?? 0);
        return Enumerable.Range(0, (int)Count).Select(i => seed is null ? i : order[i]).Chunk(batchSize);
    }

    public Batch Load(ReadOnlySpan<long> examples, Device device)
    {
        const int size = Steps * Features;
        var input = new float[examples.Length * size];
        var target = new float[examples.Length];
        for (int i = 0; i < examples.Length; i++)
        {
            _values.AsSpan((int)examples[i] * size, size).CopyTo(input.AsSpan(i * size));
            foreach (float value in input.AsSpan(i * size, size))
                target[i] += value / size;
        }

        Loaded(examples.ToArray());
        Disturb(input);
        float[]? weights = Weights is null ? null : [.. examples.ToArray().Select(example => Weights[example])];
        // Copied into libtorch's aligned memory: the rounding of products depends on the addresses of their operands.
        return new Batch(from_array(input).clone().view(examples.Length, Steps, Features), from_array(target).view(-1, 1), weights?.Sum() ?? examples.Length)
        {
            RowWeights = weights is null ? null : from_array(weights),
        };
    }
}
