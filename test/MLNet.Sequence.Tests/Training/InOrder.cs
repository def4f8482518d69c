using System.Security.Cryptography;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

/// <summary>The batches of another source in ascending order, in every epoch.</summary>
internal sealed class InOrder(IBatchSource source) : IBatchSource
{
    public long Count => source.Count;

    public IReadOnlyList<string> Channels => source.Channels;

    public bool CarriesState => source.CarriesState;

    public double Weight => source.Weight;

    public IEnumerable<long[]> Order(int batchSize, long? seed) => source.Order(batchSize, seed: null);

    public double FullWeight(int batchSize) => source.FullWeight(batchSize);

    public long CountBatches(int batchSize, long? seed) => source.CountBatches(batchSize, seed: null);

    public void AddTo(IncrementalHash hash) => source.AddTo(hash);

    public Batch Load(ReadOnlySpan<long> examples, Device device) => source.Load(examples, device);
}
