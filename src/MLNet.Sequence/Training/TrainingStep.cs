using System.Globalization;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>Batches forward and backward, in shards, and one step of the optimiser: shared by the loop and the learning-rate finder.</summary>
internal sealed class TrainingStep : IDisposable
{
    private readonly TorchNetwork _network;
    private readonly TrainingJob _job;
    private readonly TrainingOptions _options;
    private readonly int _threads;
    private readonly OptimizerState _optimizer;
    private readonly List<TrainingShard> _shards = [];
    private int _used;

    /// <param name="network">The network to train.</param>
    /// <param name="job">The batches and the objective.</param>
    /// <param name="options">How to train.</param>
    /// <param name="threads">The maximum number of shards at the same time; it changes no bit.</param>
    public TrainingStep(TorchNetwork network, TrainingJob job, TrainingOptions options, int threads)
    {
        (_network, _job, _options, _threads) = (network, job, options, threads);
        _optimizer = options.Optimizer.Start(network.Parameters);
        Newton = new NewtonTally(options.NewtonIterations);
        // Initial weights, random or from another model, need not fulfil the constraints yet.
        Project();
    }

    public OptimizerState Optimizer => _optimizer;

    /// <summary>What Newton's method reached in the layers that used it.</summary>
    public NewtonTally Newton { get; }

    /// <summary>The states that the shards carry, by shard and layer.</summary>
    public IEnumerable<(string Name, Tensor Values)> States => _shards.SelectMany((shard, i) =>
        shard.State is { } state ? state.Tensors.Select(one => (NameOf(i, one.Key), one.Value)) : []);

    /// <summary>Adds the gradients of one batch.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="stepWeight">The weight of a full step: the gradients are multiplied by the weight of the batch and divided by it.</param>
    /// <param name="maskSeed">The seed of the dropout masks.</param>
    public ShardLoss Accumulate(long[] examples, double stepWeight, long maskSeed)
    {
        long[][] parts = Cut(examples);
        var losses = new ShardLoss[parts.Length];
        TorchWorkers.Run(parts.Length, _threads, i => losses[i] = _shards[i].Accumulate(parts[i], stepWeight, BatchShards.MaskSeed(maskSeed, i)));
        return losses.Aggregate((all, one) => all + one);
    }

    /// <summary>Clips, steps, projects and clears the gradients. Returns the gradient's norm before clipping.</summary>
    /// <param name="rate">The learning rate.</param>
    public double Advance(double rate)
    {
        using var scope = NewDisposeScope();
        AddUp();
        Tensor gradients = _network.Parameters.Gradients;
        double norm = gradients.norm().item<float>();
        if (!double.IsFinite(norm))
            return norm;
        double left = norm;
        if (_options.ClipValue is { } limit)
            left = gradients.Clamp_(-limit, limit).norm().item<float>();
        if ((float?)_options.ClipNorm is { } most && left > most)
            gradients.Mul_(most / left);
        _optimizer.Step(rate);
        Project();
        _network.Parameters.ClearGradients();
        return norm;
    }

    /// <summary>The states that the shards of a batch leave when they start from zeros: their names and shapes.</summary>
    public Dictionary<string, long[]> StatesAfter(long[] examples)
    {
        var shapes = new Dictionary<string, long[]>(StringComparer.Ordinal);
        long[][] parts = Cut(examples);
        for (int i = 0; i < parts.Length; i++)
        {
            _shards[i].CarryState(parts[i]);
            foreach ((string name, Tensor values) in _shards[i].State!.Tensors)
                shapes.Add(NameOf(i, name), values.shape);
            _shards[i].State!.Clear();
        }

        _used = 0;
        return shapes;
    }

    /// <summary>Sets one of <see cref="States"/>.</summary>
    public void PutState(string name, Tensor values)
    {
        string[] parts = name.Split('.', 2);
        _shards[int.Parse(parts[0], CultureInfo.InvariantCulture)].State!.Put(parts[1], values);
    }

    public void Dispose()
    {
        foreach (TrainingShard shard in _shards)
            shard.Dispose();
        _optimizer.Dispose();
    }

    // The first shard has the network itself; the gradients are added up there.
    private long[][] Cut(long[] examples)
    {
        long[][] parts = BatchShards.Cut(examples, _network.Device);
        while (_shards.Count < parts.Length)
            _shards.Add(new TrainingShard(_network, _shards.Count, _job, _options, Newton));
        // Rows of an earlier group ended there.
        foreach (TrainingShard shard in _shards.Skip(parts.Length))
            shard.State?.Clear();
        _used = Math.Max(_used, parts.Length);
        return parts;
    }

    private void AddUp()
    {
        BatchShards.AddUp(_used, _threads, (to, from) =>
        {
            using var scope = NewDisposeScope();
            _shards[to].Gradients.Add_(_shards[from].Gradients);
            _shards[from].Gradients.zero_();
        });
        _used = 0;
    }

    private static string NameOf(int shard, string name) => FormattableString.Invariant($"{shard}.{name}");

    private void Project()
    {
        foreach (ITorchConstraint constraint in _network.Constraints)
            constraint.Project();
    }
}
