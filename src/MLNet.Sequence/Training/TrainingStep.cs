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
    private readonly Ranks _ranks;
    private readonly int _full;
    private readonly OptimizerState _optimizer;
    // By number; those of this rank alone.
    private readonly SortedDictionary<int, TrainingShard> _shards = [];
    private int _used;

    /// <param name="network">The network to train.</param>
    /// <param name="job">The batches and the objective.</param>
    /// <param name="options">How to train.</param>
    /// <param name="ranks">Those that share the shards; their number changes no bit.</param>
    public TrainingStep(TorchNetwork network, TrainingJob job, TrainingOptions options, Ranks ranks)
    {
        (_network, _job, _options, _ranks) = (network, job, options, ranks);
        _full = BatchShards.Count(job.Training.LargestBatch(options.BatchSize));
        _optimizer = options.Optimizer.Start(network.Parameters);
        Newton = new NewtonTally(options.NewtonIterations);
        // Initial weights, random or from another model, need not fulfil the constraints yet.
        Project();
    }

    public OptimizerState Optimizer => _optimizer;

    /// <summary>What Newton's method reached in the layers of this rank that used it.</summary>
    public NewtonTally Newton { get; }

    /// <summary>The states that the shards of this rank carry, by shard and layer.</summary>
    public IEnumerable<(string Name, Tensor Values)> States => _shards.SelectMany(shard =>
        shard.Value.State is { } state ? state.Tensors.Select(one => (NameOf(shard.Key, one.Key), one.Value)) : []);

    /// <summary>Adds the gradients of one batch.</summary>
    /// <param name="examples">The examples.</param>
    /// <param name="stepWeight">The weight of a full step: the gradients are multiplied by the weight of the batch and divided by it.</param>
    /// <param name="maskSeed">The seed of the dropout masks.</param>
    public ShardLoss Accumulate(long[] examples, double stepWeight, long maskSeed)
    {
        long[][] parts = Cut(examples);
        int[] own = [.. Enumerable.Range(0, parts.Length).Where(IsOwn)];
        var losses = new ShardLoss[parts.Length];
        TorchWorkers.Run(own.Length, _ranks.Threads, k =>
            losses[own[k]] = _shards[own[k]].Accumulate(parts[own[k]], stepWeight, BatchShards.MaskSeed(maskSeed, own[k])));
        _ranks.Share(losses, OwnerOf);
        return losses.Aggregate((all, one) => all + one);
    }

    /// <summary>Clips, steps, projects and clears the gradients. Returns the gradient's norm before clipping, and whether it was clipped.</summary>
    /// <param name="rate">The learning rate.</param>
    public (double Norm, bool IsClipped) Advance(double rate)
    {
        using var scope = NewDisposeScope();
        AddUp();
        Tensor gradients = _network.Parameters.Gradients;
        double norm = gradients.norm().item<float>();
        if (!double.IsFinite(norm))
            return (norm, false);
        double left = norm;
        if (_options.ClipValue is { } limit)
            left = gradients.Clamp_(-limit, limit).norm().item<float>();
        bool isClipped = left != norm;
        if ((float?)_options.ClipNorm is { } most && left > most)
        {
            gradients.Mul_(most / left);
            isClipped = true;
        }

        _optimizer.Step(rate);
        Project();
        _network.Parameters.ClearGradients();
        return (norm, isClipped);
    }

    /// <summary>The states that the shards of a batch leave when they start from zeros: their names and shapes.</summary>
    public Dictionary<string, long[]> StatesAfter(long[] examples)
    {
        var shapes = new Dictionary<string, long[]>(StringComparer.Ordinal);
        long[][] parts = BatchShards.Cut(examples, _network.Device);
        using var any = new TrainingShard(_network, isTwin: false, _job, _options, Newton);
        for (int i = 0; i < parts.Length; i++)
        {
            any.CarryState(parts[i]);
            foreach ((string name, Tensor values) in any.State!.Tensors)
            {
                shapes.Add(NameOf(i, name), values.shape);
                // The states before the last chunks, as far as there were any.
                for (int chunks = 1; chunks <= Math.Min(BackpropWindow.Chunks(_options), examples[0] / _job.Training.Count); chunks++)
                    shapes.Add(NameOf(i, BackpropWindow.Before(chunks, name)), values.shape);
            }

            any.State!.Clear();
        }

        return shapes;
    }

    /// <summary>Sets a state, if its shard is of this rank.</summary>
    public void PutState(string name, Tensor values)
    {
        string[] parts = name.Split('.', 2);
        int shard = int.Parse(parts[0], CultureInfo.InvariantCulture);
        if (IsOwn(shard))
            Shard(shard).State!.Put(parts[1], values);
    }

    public void Dispose()
    {
        foreach (TrainingShard shard in _shards.Values)
            shard.Dispose();
        _optimizer.Dispose();
    }

    private long[][] Cut(long[] examples)
    {
        long[][] parts = BatchShards.Cut(examples, _network.Device);
        foreach (int own in Enumerable.Range(0, parts.Length).Where(IsOwn))
            Shard(own);
        // Rows of an earlier group ended there.
        foreach ((_, TrainingShard shard) in _shards.Where(shard => shard.Key >= parts.Length))
            shard.State?.Clear();
        _used = Math.Max(_used, parts.Length);
        return parts;
    }

    // A shard has the same owner in every batch, so that its state, and its gradients of several batches, are in one place.
    private int OwnerOf(int shard) => _ranks.OwnerOf(shard, _full);

    private bool IsOwn(int shard) => OwnerOf(shard) == _ranks.Rank;

    // One shard of a rank has the network itself. On rank 0 it is the first shard, in which all gradients are added up, whichever shard is made first:
    // a resumed run may begin with the state of a later one.
    private TrainingShard Shard(int number)
    {
        if (!_shards.TryGetValue(number, out TrainingShard? shard))
            _shards.Add(number, shard = new TrainingShard(_network, isTwin: _ranks.IsFirst ? number > 0 : _shards.Count > 0, _job, _options, Newton));
        return shard;
    }

    private void AddUp()
    {
        foreach (ShardPair[] level in BatchShards.Tree(_used))
        {
            ShardPair[] here = [.. level.Where(pair => IsOwn(pair.To) && IsOwn(pair.From))];
            TorchWorkers.Run(here.Length, _ranks.Threads, i =>
            {
                using var scope = NewDisposeScope();
                _shards[here[i].To].Gradients.Add_(_shards[here[i].From].Gradients);
                _shards[here[i].From].Gradients.zero_();
            });
            // All ranks take the pairs of two ranks in the same order, so none waits for one that waits for it.
            foreach (ShardPair pair in level.Except(here))
                AddAcross(pair);
        }

        _used = 0;
        _ranks.FromFirst(_network.Parameters.Gradients);
    }

    private void AddAcross(ShardPair pair)
    {
        if (IsOwn(pair.From))
        {
            _ranks.Send(OwnerOf(pair.To), _shards[pair.From].Gradients);
            _shards[pair.From].Gradients.zero_();
        }
        else if (IsOwn(pair.To))
        {
            using Tensor received = empty_like(_network.Parameters.Gradients);
            _ranks.Receive(OwnerOf(pair.From), received);
            _shards[pair.To].Gradients.Add_(received);
        }
    }

    private static string NameOf(int shard, string name) => FormattableString.Invariant($"{shard}.{name}");

    private void Project()
    {
        foreach (ITorchConstraint constraint in _network.Constraints)
            constraint.Project();
    }
}
