using System.Security.Cryptography;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Several passes over the same examples as one epoch, each in an order of its own: few examples would make an epoch of few steps.</summary>
internal sealed class RepeatedBatches(IBatchSource batches, int passes) : IBatchSource
{
    // Far apart, so that no pass has the order of another epoch's.
    private const long Between = unchecked((long)0x9E3779B97F4A7C15);

    public long Count => batches.Count;

    public IReadOnlyList<string> Channels => batches.Channels;

    public bool CarriesState => batches.CarriesState;

    public double Weight => passes * batches.Weight;

    /// <summary>The passes that give an epoch at least so many batches.</summary>
    public static int Passes(IBatchSource batches, int batchSize, int leastBatches)
    {
        long own = Math.Max(1, batches.CountBatches(batchSize, null));
        return (int)((leastBatches + own - 1) / own);
    }

    public IEnumerable<long[]> Order(int batchSize, long? seed) =>
        Enumerable.Range(0, passes).SelectMany(pass => batches.Order(batchSize, Seed(seed, pass)));

    public long LargestBatch(int batchSize) => batches.LargestBatch(batchSize);

    public double FullWeight(int batchSize) => batches.FullWeight(batchSize);

    public long CountBatches(int batchSize, long? seed) => Enumerable.Range(0, passes).Sum(pass => batches.CountBatches(batchSize, Seed(seed, pass)));

    public double? PaddedPart(int batchSize, long? seed) => batches.PaddedPart(batchSize, seed);

    public void AddTo(IncrementalHash hash) => batches.AddTo(hash);

    public Batch Load(ReadOnlySpan<long> examples, Device device) => batches.Load(examples, device);

    private static long? Seed(long? seed, int pass) => seed is { } own ? unchecked(own + pass * Between) : null;
}
