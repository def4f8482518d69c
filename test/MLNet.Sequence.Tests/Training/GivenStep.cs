using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using static TorchSharp.torch;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Steps of training on batches that are at hand, each as one shard.</summary>
internal sealed class GivenStep : IDisposable
{
    private readonly Source _source;
    private readonly TrainingStep _step;

    public GivenStep(TorchNetwork network, IObjective objective, TrainingOptions options, bool carriesState = false)
    {
        _source = new Source(carriesState);
        var job = new TrainingJob { Training = _source, Objective = objective, Seed = 0 };
        _step = new TrainingStep(network, job, options, new Ranks(cluster: null, threads: 1));
    }

    /// <summary>Adds the gradients of a batch, times a factor, and gives its mean loss.</summary>
    public double Accumulate(Batch batch, double factor, long maskSeed)
    {
        _source.Given = batch;
        return _step.Accumulate([0], batch.Weight / factor, maskSeed).Mean;
    }

    public double Advance(double rate) => _step.Advance(rate).Norm;

    public void Dispose() => _step.Dispose();

    private sealed class Source(bool carriesState) : IBatchSource
    {
        public Batch? Given { get; set; }

        public long Count => 1;

        public IReadOnlyList<string> Channels => ["x"];

        public bool CarriesState => carriesState;

        public IEnumerable<long[]> Order(int batchSize, long? seed) => [[0]];

        public Batch Load(ReadOnlySpan<long> examples, Device device) => Given!;
    }
}
