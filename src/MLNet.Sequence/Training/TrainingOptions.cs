using MLNet.Sequence.Model;
using MLNet.Sequence.Training;

namespace MLNet.Sequence;

/// <summary>How a network is trained. The same options for every task; validated when an estimator is created.</summary>
public sealed record TrainingOptions
{
    /// <summary>
    /// Maximum number of passes over the training examples; at least 1. Null, the default: 20. A forecaster with few windows then makes several passes
    /// in each of these 20 epochs, so that an epoch has at least <see cref="LeastSteps"/> optimiser steps: with fewer, a short series is hardly learned.
    /// </summary>
    public int? Epochs { get; init; }

    /// <summary>
    /// Maximum number of optimiser steps; at least 1; null, the default: no limit. A schedule with an end, such as
    /// <see cref="CosineSchedule"/>, ends there. A run that this limit stopped, also inside an epoch, can be resumed without the limit. It
    /// then continues as if it had not been stopped, unless its schedule depends on the number of steps.
    /// </summary>
    public long? MaxSteps { get; init; }

    /// <summary>Maximum training time, measured by <see cref="Clock"/> and counted over resumed runs; null, the default: no limit.</summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>
    /// The clock that measures training time, for <see cref="MaxTime"/> and the report. Default the wall clock. A clock of the process's
    /// processor time makes a limit fair on a shared machine.
    /// </summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// Examples per batch; at least 1. Default 32. The last batch of an epoch may be smaller. Its gradient is scaled down in proportion, so
    /// that every example has the same weight in an epoch. Where the loss is per step (next steps, tags), every step has the same weight.
    /// </summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>
    /// Number of batches whose gradients are summed for one optimiser step, as if they were one batch; at least 1. Default 1.
    /// </summary>
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>
    /// Truncated back-propagation through time: sequences are cut into chunks of this many steps, and each chunk is one optimiser step.
    /// Recurrent state is carried from chunk to chunk; gradients are not, except as far as
    /// <see cref="BackpropDepth"/> says. A convolution sees no
    /// further back than its chunk. At least 1;
    /// null, the default: whole sequences. Used by next-step trainers, by taggers that decode each tag independently, and by forecasters
    /// that carry their state (<see cref="ForecastingOptions.CarriesState"/>). For these forecasters, null means their context, but at
    /// least 64 steps. Where a row has one label (classification, regression), it is known only after the last step: there gradients are cut
    /// between the chunks of a row, counted from its first step, and a batch is still one optimiser step; only for architectures whose
    /// recurrent state is their only memory.
    /// </summary>
    public int? BackpropSteps { get; init; }

    /// <summary>
    /// The number of steps that gradients flow back over, counted from the last step of a chunk, if it is not the chunk alone: h of BPTT(h; h′), with
    /// h′ = <see cref="BackpropSteps"/> (Williams and Peng, Neural Computation 2, 1990; k2 and k1 in later texts). The steps before the chunk are run
    /// again with the present weights, from the state stored before them, and are not predicted again. Dropout has new masks
    /// there, also those that are the same at all steps of a row. Only for architectures whose recurrent state is their only memory. At least
    /// <see cref="BackpropSteps"/>, which it needs; null, the default: the same.
    /// </summary>
    public int? BackpropDepth { get; init; }

    /// <summary>
    /// Truncated training: during training, the model computes each output from only this many last steps, and the state of its recurrent
    /// layers is zero before them. This trains the feed-forward counterpart of a recurrent model (Miller and Hardt, arXiv 1805.10369,
    /// section 3.3). The result is the full model with these weights; its <c>Truncate</c> gives the counterpart. At least 1; null, the
    /// default: all steps. Not together with <see cref="BackpropSteps"/>.
    /// </summary>
    public int? Truncation { get; init; }

    /// <summary>
    /// Parallel over time: during training, RNN, GRU and LSTM layers process parts of long sequences in parallel. Each part starts from the
    /// zero state and is warmed up on this many steps before it. For a layer that contracts by λ per step, the error is at most λ to this
    /// power, relative to its largest state. For a stable architecture, log(tolerance) / log(λ) steps are therefore enough. A model that is
    /// not stable loses the steps before the warm-up. Useful if sequences are many times longer. At least 1; null, the default: steps are
    /// processed in order. Not together with <see cref="BackpropSteps"/>.
    /// </summary>
    public int? ParallelWarmUp { get; init; }

    /// <summary>
    /// Parallel over time, without a stability condition: during training, RNN, GRU, LSTM, ParaGRU and ParaLSTM layers find the states of all
    /// steps at once by Newton's method (Lim et al., arXiv 2309.12252), with at most this many iterations. The result is that of the layer step
    /// by step, up to rounding; a pass that does not converge is computed step by step, and <see cref="EpochReport.Newton"/> tells of it. ParaGRU
    /// and ParaLSTM converge in a few iterations, the others too if a step has at most 16 states; with more, each iteration ignores the effect
    /// that units have on each other, and converges only if it is small. For GPUs with long sequences: on a CPU it is slower than step by step.
    /// At least 1; null, the default: not, except ParaGRU and ParaLSTM with 256 steps or more on a CUDA device, with at most 20 iterations. Not
    /// together with <see cref="ParallelWarmUp"/> or <see cref="Truncation"/>.
    /// </summary>
    public int? NewtonIterations { get; init; }

    /// <summary>The factor of the optimiser's step, before the schedule changes it; above 0. Default 0.001.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>The optimiser, which turns gradients into steps. Default <see cref="Adam"/>.</summary>
    public Optimizer Optimizer { get; init; } = new Adam();

    /// <summary>How the learning rate changes over training. Default constant.</summary>
    public Schedule Schedule { get; init; } = new ConstantSchedule();

    /// <summary>
    /// Maximum Euclidean norm of the gradient, above 0: a larger gradient is scaled down; null: no limit. Default 1. With
    /// <see cref="ClipValue"/>, the norm is taken after clipping values; set null to use only <see cref="ClipValue"/>.
    /// </summary>
    public double? ClipNorm { get; init; } = 1;

    /// <summary>
    /// Each value of the gradient is clipped to ± this, above 0; null, the default: no clipping. After that, <see cref="ClipNorm"/>, whose
    /// default is 1, scales the gradient unless it is null.
    /// </summary>
    public double? ClipValue { get; init; }

    /// <summary>
    /// The fraction of the training data that is kept for validation, in [0, 1): the last part of each series in time. For rows that each
    /// hold a sequence it is a random part that depends on the seed; in classification, the same fraction of every class. 0: no validation.
    /// Ignored if a validation set is given. Default 0.1.
    /// </summary>
    public double ValidationFraction { get; init; } = 0.1;

    /// <summary>
    /// The validation metric that decides which epoch is best: <c>loss</c>, the default; <c>accuracy</c> in classification and tagging;
    /// <c>mae</c>, the mean absolute error, in forecasting and regression.
    /// </summary>
    public string Monitor { get; init; } = "loss";

    /// <summary>Training stops when the monitored metric has not improved for this many epochs, at least 1; null: never. Default 5.</summary>
    public int? Patience { get; init; } = 5;

    /// <summary>
    /// The seed of initial weights, order and dropout, any number; null, the default: taken from the MLContext. The same seed and
    /// data give the same weights, bit for bit, on CPUs with the same instruction set, with any number of threads and ranks.
    /// </summary>
    public long? Seed { get; init; }

    /// <summary>
    /// The maximum number of threads, at least 1; null, the default: one for each core, or one for each rank of a <see cref="Cluster"/>. The
    /// shards of a batch, 16 rows or more each, are trained side by side, and validation batches too. The number changes the duration, not the
    /// result: weights are the same, bit for bit, with any number. A GPU trains with one thread.
    /// </summary>
    public int? Threads { get; init; }

    /// <summary>
    /// The processes that train the model together, each some shards of every batch, such as those of the package MLNet.Sequence.Distributed. Their
    /// number changes the duration, not the result: weights are the same, bit for bit, with any number. Each has one thread unless
    /// <see cref="Threads"/> is set. Rank 0 reports and writes checkpoints, in a folder that all ranks can read. CPUs only. A comparison and
    /// references, which are solved, do not use it. Default null: this process alone.
    /// </summary>
    public TrainingCluster? Cluster { get; init; }

    /// <summary>The arithmetic of matrix products and convolutions. Default float32.</summary>
    public Precision Precision { get; init; }

    /// <summary>
    /// What runs recurrent layers and causal convolutions in training on a CPU: this library's kernels, libtorch's, or the faster of both for the
    /// shape of the layer and of the batch. Default <see cref="TrainingKernels.ByShape"/>. Results differ by rounding. CUDA devices use libtorch's.
    /// </summary>
    public TrainingKernels Kernels { get; init; }

    /// <summary>Where and when to write checkpoints; null, the default: none.</summary>
    public CheckpointOptions? Checkpoints { get; init; }

    /// <summary>
    /// A folder of checkpoints, whose newest is used, or the file of one checkpoint: training continues from it as if it had never stopped.
    /// If the folder is empty or missing, training starts from the beginning. A checkpoint of another run is an error that names all
    /// differences: rows, architecture, task, columns, loss, and all options except <see cref="Epochs"/>, <see cref="MaxSteps"/>,
    /// <see cref="MaxTime"/>, <see cref="Patience"/>, <see cref="Threads"/>, <see cref="Cluster"/> and those that only report on training. Default null.
    /// </summary>
    public string? ResumeFrom { get; init; }

    /// <summary>
    /// Training starts from the weights of this model, which has the same architecture, task and column names; null, the default: from new
    /// weights. Scaling is fitted again on the rows.
    /// </summary>
    public SequenceModel? WarmStart { get; init; }

    /// <summary>
    /// The allowed differences between <see cref="WarmStart"/> and the trained model, such as <see cref="ModelDifferences.Columns"/> for
    /// the same quantity under another name. Any other difference is an error that names it, and the weights must have the same names and
    /// shapes. Default: no differences.
    /// </summary>
    public ModelDifferences WarmStartDifferences { get; init; }

    /// <summary>Where TensorBoard event files are written; null, the default: nowhere.</summary>
    public string? TensorBoardDirectory { get; init; }

    /// <summary>Receives progress during training, on the training thread. Default null.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>
    /// Whether training shows a line with epoch, loss and time left in the console, if there is one, its output is not redirected, and
    /// <see cref="Progress"/> is null. <c>MLContext.Log</c> has a line for each epoch in any case. Default true.
    /// </summary>
    public bool ShowProgress { get; init; } = true;

    /// <summary>Stops training within one batch, with an <see cref="OperationCanceledException"/>. Default: never.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>The least number of optimiser steps in an epoch of a forecaster whose <see cref="Epochs"/> are not set: 50.</summary>
    public const int LeastSteps = 50;

    /// <summary><see cref="Epochs"/>, or their default.</summary>
    internal int UsedEpochs => Epochs ?? 20;

    /// <summary>
    /// Maximum number of epochs beyond <see cref="Epochs"/>, while the validation loss still falls; no effect with a schedule that has an end.
    /// </summary>
    internal int MoreEpochs { get; init; }

    /// <summary>When it pauses, and the state that it continues from; null: it runs from start to end.</summary>
    internal TrainingPause? Pause { get; init; }

    /// <summary>Whether all epochs are done.</summary>
    internal bool AreRun(IReadOnlyList<EpochReport> epochs) => epochs.Count >= UsedEpochs
        && (Schedule.HasEnd || epochs.Count >= UsedEpochs + MoreEpochs || !LearningCurve.StillFalls(epochs, Patience));

    /// <summary>All problems, one sentence each; empty if there are none.</summary>
    public IEnumerable<string> Problems()
    {
        var problems = new Problems("Training.");
        problems.Need(Epochs is null or >= 1, $"{nameof(Epochs)} must be at least 1; found {Epochs}.");
        problems.Need(MaxSteps is null or >= 1, $"{nameof(MaxSteps)} must be at least 1; found {MaxSteps}.");
        problems.Need(MaxTime is null || MaxTime > TimeSpan.Zero, $"{nameof(MaxTime)} must be above 0; found {MaxTime}.");
        problems.Need(BatchSize >= 1, $"{nameof(BatchSize)} must be at least 1; found {BatchSize}.");
        problems.Need(AccumulationSteps >= 1, $"{nameof(AccumulationSteps)} must be at least 1; found {AccumulationSteps}.");
        problems.Need(BackpropSteps is null or >= 1, $"{nameof(BackpropSteps)} must be at least 1; found {BackpropSteps}.");
        problems.Need(BackpropDepth is null || BackpropSteps is not null,
            $"{nameof(BackpropDepth)} needs {nameof(BackpropSteps)}, the steps between two updates; found {BackpropDepth} without.");
        problems.Need(!(BackpropDepth < BackpropSteps),
            $"{nameof(BackpropDepth)} must be at least {nameof(BackpropSteps)}, which is {BackpropSteps}: every loss has a gradient; found {BackpropDepth}.");
        problems.Need(Truncation is null or >= 1, $"{nameof(Truncation)} must be at least 1; found {Truncation}.");
        problems.Need(Truncation is null || BackpropSteps is null, $"{nameof(Truncation)} and {nameof(BackpropSteps)} exclude each other.");
        problems.Need(ParallelWarmUp is null or >= 1, $"{nameof(ParallelWarmUp)} must be at least 1; found {ParallelWarmUp}.");
        problems.Need(ParallelWarmUp is null || BackpropSteps is null, $"{nameof(ParallelWarmUp)} and {nameof(BackpropSteps)} exclude each other.");
        problems.Need(NewtonIterations is null or >= 1, $"{nameof(NewtonIterations)} must be at least 1; found {NewtonIterations}.");
        problems.Need(NewtonIterations is null || ParallelWarmUp is null, $"{nameof(NewtonIterations)} and {nameof(ParallelWarmUp)} exclude each other.");
        problems.Need(NewtonIterations is null || Truncation is null, $"{nameof(NewtonIterations)} and {nameof(Truncation)} exclude each other.");
        problems.Need((float)LearningRate is > 0 and < float.PositiveInfinity, $"{nameof(LearningRate)} must be above 0; found {LearningRate}.");
        problems.Need((float?)ClipNorm is null or (> 0 and < float.PositiveInfinity), $"{nameof(ClipNorm)} must be above 0; found {ClipNorm}.");
        problems.Need((float?)ClipValue is null or (> 0 and < float.PositiveInfinity), $"{nameof(ClipValue)} must be above 0; found {ClipValue}.");
        problems.Need(ValidationFraction is >= 0 and < 1, $"{nameof(ValidationFraction)} must be in [0, 1); found {ValidationFraction}.");
        problems.Need(Patience is null or >= 1, $"{nameof(Patience)} must be at least 1; found {Patience}.");
        problems.Need(Threads is null or >= 1, $"{nameof(Threads)} must be at least 1; found {Threads}.");
        problems.Need((WarmStartDifferences & ~(ModelDifferences.Architecture | ModelDifferences.Task | ModelDifferences.Columns)) == 0,
            $"{nameof(WarmStartDifferences)} must be made of Architecture, Task and Columns; found {WarmStartDifferences}.");
        problems.Need(Enum.IsDefined(Precision), $"{nameof(Precision)} must be Float32 or BFloat16; found {Precision}.");
        problems.Need(Enum.IsDefined(Kernels),
            $"{nameof(Kernels)} must be ByShape, Managed or Libtorch; found {Kernels}.");
        problems.Need(ResumeFrom is null || WarmStart is null, $"{nameof(ResumeFrom)} and {nameof(WarmStart)} exclude each other.");
        problems.AddRange(Optimizer.Problems().Concat(Schedule.Problems()).Concat(Checkpoints?.Problems() ?? []).Select(problem => "Training." + problem));
        return problems;
    }

    /// <summary>Problems of <see cref="Monitor"/> for a task with these metrics besides the loss.</summary>
    internal IEnumerable<string> MonitorProblems(params IEnumerable<MetricInfo> metrics)
    {
        string[] known = [.. metrics.Prepend(MetricInfo.Loss).Select(metric => metric.Name)];
        if (!known.Contains(Monitor))
            yield return $"Training.{nameof(Monitor)} must be {(known.Length == 1 ? "" : "one of ")}{string.Join(", ", known)}; found '{Monitor}'.";
    }

    /// <summary>Problems for a task that trains on whole examples.</summary>
    internal IEnumerable<string> ProblemsWithoutChunks() => BackpropSteps is null
        ? Problems()
        : Problems().Append($"Training.{nameof(BackpropSteps)} is used only by next-step trainers (ml.Sequence.Trainers.NextStep), trainers on rows that "
            + "hold a sequence and its label or tags, and forecasters with CarriesState; leave it null.");
}

/// <summary>The arithmetic of matrix products and convolutions in training.</summary>
public enum Precision
{
    /// <summary>32-bit floats in all computations.</summary>
    Float32,

    /// <summary>
    /// Matrix products and convolutions in bfloat16, forward and backward. Weights, sums, the optimiser and libtorch's own recurrent layers
    /// stay in 32 bits. Only on CUDA devices.
    /// </summary>
    BFloat16,
}

/// <summary>The allowed differences between a model and the model that is trained from its weights.</summary>
[Flags]
public enum ModelDifferences
{
    /// <summary>No differences: architecture, task and columns are the same.</summary>
    None = 0,

    /// <summary>The kind of architecture or its hyper-parameters.</summary>
    Architecture = 1,

    /// <summary>The task or its properties, such as horizon, normalisation, classes or tokens.</summary>
    Task = 2,

    /// <summary>The columns that are read, or their order.</summary>
    Columns = 4,
}
