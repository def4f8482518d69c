using MLNet.Sequence.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Training;

/// <summary>
/// The only training loop. It knows a network, an objective, batches, constraints and progress receivers, but no architecture, no task and
/// no ML.NET. The order of examples and the dropout masks depend only on seed and position, so the state of a run is its counters, its
/// weights and its optimiser's tensors.
/// </summary>
internal sealed class Trainer : IDisposable
{
    private readonly TorchNetwork _network;
    private readonly TrainingJob _job;
    private readonly TrainingOptions _options;
    private readonly ThreadChoice _threads;
    private readonly Ranks _ranks;
    private readonly TrainingStep _step;
    private readonly BestWeights _best;
    private readonly TrainingCheckpoints? _checkpoints;
    private readonly TrainingSignals _signals;
    private readonly double _stepWeight;
    private readonly Lazy<long> _totalSteps;
    private long _epochBatches;
    private TrainingState _state;
    private bool _cut;

    public Trainer(TorchNetwork network, TrainingJob job, TrainingOptions options)
    {
        (_network, _job, _options) = (network, job.On(options.Cluster), options);
        if (options.Precision == Precision.BFloat16 && network.Device.type != DeviceType.CUDA)
            throw new InvalidOperationException($"Training.Precision BFloat16 needs a CUDA device; training runs on {network.Device}. Set "
                + "MLContext.GpuDeviceId, or use Float32.");
        if (options.Cluster is { Size: > 1 } && network.Device.type != DeviceType.CPU)
            throw new InvalidOperationException($"Training.Cluster trains on CPUs; training runs on {network.Device}. Leave MLContext.GpuDeviceId null.");
        // Read only if it is needed: there may be many rows.
        bool kept = options.Checkpoints is not null || options.ResumeFrom is not null;
        _state = new TrainingState
        {
            Seed = job.Seed,
            AskedSeed = options.Seed,
            Fingerprints = kept ? TrainingFingerprint.Of(network, job, options) : new Dictionary<string, string>(),
            Run = CheckpointFolder.NewRun(),
            Plan = TrainingSummary.Plan(options),
        };
        _threads = ThreadChoice.Make(network.Device, _job, options);
        _ranks = new Ranks(options.Cluster, _threads.Threads) { Cancellation = options.CancellationToken };
        _step = new TrainingStep(network, _job, options, _ranks);
        _best = new BestWeights(network.Parameters, job, options);
        _checkpoints = options.Checkpoints is { } checkpoints ? new TrainingCheckpoints(checkpoints, _ranks) : null;
        _signals = new TrainingSignals(_job, options.Cluster is { Rank: > 0 } ? TrainingSignals.None(options) : options);
        _totalSteps = new Lazy<long>(() => TrainingSummary.CountSteps(_job, options, _state.Derived));
        _stepWeight = Math.Min(options.AccumulationSteps * job.Training.FullWeight(options.BatchSize), job.Training.Weight);
    }

    /// <summary>Trains to the end; the network then has the best weights.</summary>
    public TrainingReport Run() => _ranks.Run(TrainToTheEnd);

    private TrainingReport TrainToTheEnd()
    {
        using TorchThreads one = TorchThreads.Use(1);
        using IDisposable core = TorchWorkers.Occupy();
        _ranks.MustAgree(() => RankFacts.Of(_network, _job, _options));
        TellOfRanks();
        Resume();
        TellOfOthers();
        // An epoch that has begun is always measured, also if it is stopped.
        string? stopped = _state.Batch > 0 ? null : WhyStop();
        try
        {
            while (stopped is null)
            {
                bool whole = RunEpoch();
                WeightsMustBeFinite();
                if (!whole)
                    Checkpoint();
                _cut = !whole;
                FinishEpoch();
                stopped = WhyStop();
                if (stopped is not null || _checkpoints?.IsDueAfterEpoch(_state) == true)
                    Checkpoint();
            }
        }
        catch (OperationCanceledException canceled) when (_ranks.IsAgreed(canceled))
        {
            Checkpoint();
            throw;
        }

        if (_options.Pause is { After: not null } pause)
        {
            pause.IsPaused = WhyEnd() is null;
            using var written = new MemoryStream();
            TrainingCheckpoints.Write(written, _state, This);
            pause.State = written.ToArray();
        }

        _best.Restore();
        return TrainingSummary.Make(_state, _job, _options, new(_network.Device.ToString(), _threads.ToString(), stopped, _state.Derived(1)));
    }

    private CheckpointedRun This => new(_state, _network, _step, _best, _job, _options);

    public void Dispose()
    {
        _step.Dispose();
        _best.Dispose();
        _signals.Dispose();
    }

    private void Resume()
    {
        string? file = null;
        if (_options.ResumeFrom is { } path)
        {
            _ranks.Together(() => file = TrainingCheckpoints.Newest(path));
            file = _ranks.FromFirst(file);
        }

        if (file is null && _options.Pause?.From is { } paused)
        {
            _state = TrainingCheckpoints.Load(paused, This);
            return;
        }

        if (file is null)
        {
            if (_options.ResumeFrom is not null)
                _job.Warn($"There is no checkpoint in '{_options.ResumeFrom}': training starts from the beginning.");
            return;
        }

        (string run, string? plan) = (_state.Run, _state.Plan);
        _ranks.Together(() => _state = TrainingCheckpoints.Load(file, This));
        // From an earlier checkpoint a new run starts: the later checkpoints belong to the old run.
        if (!CheckpointFolder.IsLast(file))
            _state.Run = run;
        if (_state.Plan != plan)
            _job.Warn($"{_options.Schedule.GetType().Name} was planned for {_state.Plan}, and is now for {plan}: the steps so far had "
                + "other learning rates than in a run with this plan from the start.");
        _state.Plan = plan;
        _job.Info($"Resumed from '{file}': epoch {_state.Epoch}, batch {_state.Batch}, step {_state.Step}.");
    }

    private void TellOfRanks()
    {
        if (_options.Cluster is { Size: 1 })
            _job.Info("Training.Cluster has one rank: this process trains alone. A launcher such as mpirun starts several.");
        else if (IdleRanks.Warning(_job.Training, _options.BatchSize, _ranks.Size) is { } warning)
            _job.Warn(warning);
    }

    private void TellOfOthers()
    {
        if (_options.Checkpoints is not { Directory: var folder } || CheckpointFolder.Foreign(folder, _state.Run) is not { Length: > 0 } others)
            return;
        string names = string.Join(", ", others.Take(5)) + (others.Length > 5 ? $" and {others.Length - 5} more" : "");
        _job.Warn($"'{folder}' holds checkpoints of other runs, which are not changed: {names}. Resuming from the folder resumes the run "
            + "that wrote last.");
    }

    // Returns whether the epoch was completed.
    private bool RunEpoch()
    {
        long seed = _state.Derived(_state.Epoch);
        _epochBatches = _job.Training.CountBatches(_options.BatchSize, seed);
        IEnumerable<long[]> order = _job.Training.Order(_options.BatchSize, seed);
        long[][] group = [];
        foreach (long[][] next in order.Skip((int)_state.Batch).Chunk(_options.AccumulationSteps))
        {
            group = next;
            if (OutOfBudget())
                return false;
            long start = _options.Clock.GetTimestamp();
            TakeStep(group);
            double seconds = _ranks.FromFirst(SecondsSince(start));
            _state.EpochSeconds += seconds;
            _state.Seconds += seconds;
            _signals.Tell(_state, _epochBatches, finished: null);
            if (_checkpoints?.IsDue(_state) == true)
                Checkpoint();
        }

        return true;
    }

    private void TakeStep(long[][] group)
    {
        (_state.Rate, _state.Norm) = (Rate(), double.NaN);
        // Counted only after the step: a run that is stopped inside a group repeats the whole group.
        var counts = new List<ShardLoss>(group.Length);
        foreach (long[] examples in group)
        {
            // A group that carries state is not stopped inside: its initial state is lost after its first batch.
            if (counts.Count == 0 || !_job.Training.CarriesState)
                _ranks.CheckCancelled(_signals.CheckCancelled);
            ShardLoss loss = _step.Accumulate(examples, _stepWeight, _state.Derived(~(_state.TotalBatches + counts.Count)));
            _state.EpochDataSeconds += loss.DataSeconds;
            if (!double.IsFinite(loss.Mean))
                throw _ranks.Agreed(NotFinite.Explain("loss", loss.Mean, _state, Loaded(examples)));
            counts.Add(loss);
        }

        (_state.Norm, bool isClipped) = _step.Advance(_state.Rate);
        if (!double.IsFinite(_state.Norm))
            throw _ranks.Agreed(NotFinite.Explain("gradient norm", _state.Norm, _state, Loaded(group[^1])));
        foreach (ShardLoss loss in counts)
            _state.Count(loss);
        _state.CountStep(_step.Newton.Take(), isClipped);
    }

    // No loss has been computed yet with the weights of the last step.
    private void WeightsMustBeFinite()
    {
        using var scope = NewDisposeScope();
        if (!_network.Parameters.Values.isfinite().all().item<bool>())
            throw _ranks.Agreed(NotFinite.Weights(_state));
        // A fault of a machine would otherwise make the ranks train apart, unseen.
        _ranks.MustAgree(() => new Dictionary<string, string> { [$"weights after step {_state.Step}"] = RankFacts.HashOf(_network.Parameters) });
    }

    private (Func<Batch> Batch, IReadOnlyList<string> Channels) Loaded(long[] examples) =>
        (() => _job.Training.Load(examples, _network.Device), _job.Training.Channels);

    private void FinishEpoch()
    {
        long start = _options.Clock.GetTimestamp();
        (double? loss, Dictionary<string, double> metrics) = Validation.Measure(_network, _job, _options, _ranks, _signals.CheckCancelled);
        double validation = _ranks.FromFirst(SecondsSince(start));
        var report = new EpochReport
        {
            Epoch = _state.Epoch,
            Step = _state.Step,
            Loss = _state.Loss,
            ValidationLoss = loss,
            Metrics = metrics,
            LearningRate = _state.Rate,
            GradientNorm = _state.NormSum / Math.Max(1, _state.EpochSteps),
            Gradients = _state.Gradients(),
            Newton = _state.Newton.Passes > 0 ? _state.Newton : null,
            Seconds = _state.EpochSeconds + validation,
            DataSeconds = _state.EpochDataSeconds,
            SamplesPerSecond = _state.SamplesPerSecond,
        };
        _state.Seconds += validation;
        WarnOfSlowNewton(report);
        _best.Consider(_state, report);
        _state.Finish(report);
        _signals.Tell(_state, _epochBatches, report);
    }

    // Once: the report has the numbers of each epoch.
    private void WarnOfSlowNewton(EpochReport report)
    {
        if (report.Newton is not { StepByStep: > 0 } newton || _state.Epochs.Exists(epoch => epoch.Newton is { StepByStep: > 0 }))
            return;
        _job.Warn($"Newton's method did not converge within {_step.Newton.Most} iterations in {newton.StepByStep} of {newton.Passes} passes of epoch "
            + $"{report.Epoch}. They were computed step by step, with the same result but more slowly. Set Training.NewtonIterations higher, or null for "
            + "all passes step by step.");
    }

    // An epoch that was cut short already has its checkpoint. A checkpoint after its measurement would skip the rest of the epoch.
    private void Checkpoint()
    {
        if (!_cut)
            _checkpoints?.Save(_state, This);
    }

    private string? WhyStop() => WhyEnd() ?? (_state.Epochs.Count >= _options.Pause?.After
        ? $"Training was stopped after {_state.Epochs.Count} of {_options.UsedEpochs} epochs."
        : null);

    // Without a pause.
    private string? WhyEnd()
    {
        if (_options.AreRun(_state.Epochs))
            return $"All {_state.Epochs.Count} epochs were run.";
        if (_options.MaxSteps is { } steps && _state.Step >= steps)
            return $"The limit of {steps} steps was reached.";
        if (_options.MaxTime is { } time && _state.Seconds >= time.TotalSeconds)
            return FormattableString.Invariant($"The limit of {time.TotalMinutes:0.##} minutes was reached.");
        if (_job.Validation is not null && _options.Patience is { } patience && _state.Epochs.Count - _state.BestEpoch >= patience && _state.BestEpoch > 0)
            return $"{_options.Monitor} had not improved for {patience} epochs.";
        return null;
    }

    private bool OutOfBudget() =>
        _options.AreRun(_state.Epochs) || _state.Epochs.Count >= _options.Pause?.After
        || _state.Step >= _options.MaxSteps || _state.Seconds >= _options.MaxTime?.TotalSeconds;

    private double SecondsSince(long start) => _options.Clock.GetElapsedTime(start).TotalSeconds;

    private double Rate() => (float)_options.LearningRate * _options.Schedule.Factor(new TrainingMoment(_state.Step, _totalSteps, _state.Epochs));
}
