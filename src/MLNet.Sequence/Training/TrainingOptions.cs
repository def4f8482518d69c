using MLNet.Sequence.Model;
using MLNet.Sequence.Training;

namespace MLNet.Sequence;

/// <summary>How a network is trained. The same in every task; validated when an estimator is made.</summary>
public sealed record TrainingOptions
{
    /// <summary>Passes over the training examples, at most; at least 1. Default 20.</summary>
    public int Epochs { get; init; } = 20;

    /// <summary>
    /// Optimiser steps, at most; at least 1, and null, the default: no limit. A schedule that ends, as <see cref="CosineSchedule"/>, ends there. A run
    /// that is stopped so, also inside an epoch, and resumed without the limit goes on as if it had not been stopped where its schedule
    /// does not depend on the number of steps.
    /// </summary>
    public long? MaxSteps { get; init; }

    /// <summary>Time of training by <see cref="Clock"/>, at most, counted over resumed runs; null, the default: no limit.</summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>
    /// What the time of training is read from, for <see cref="MaxTime"/> and the report. Default the wall clock; a clock of the process's
    /// processor time makes a limit fair on a machine that others use too.
    /// </summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>
    /// Examples per batch; at least 1. Default 32. The last batch of an epoch may be smaller: its gradient is smaller by as much, so
    /// that in an epoch every example counts the same or, where a loss is of steps (next steps, tags), every step.
    /// </summary>
    public int BatchSize { get; init; } = 32;

    /// <summary>
    /// Batches whose gradients are added up for one step, as if they were one batch; at least 1. Default 1.
    /// </summary>
    public int AccumulationSteps { get; init; } = 1;

    /// <summary>
    /// Truncated back-propagation through time: sequences are cut into chunks of this many steps, each chunk is one step of
    /// the optimiser, and recurrent state is carried from chunk to chunk while gradients are not. A convolution sees no
    /// further back than its chunk. At least 1; null, the default: whole sequences. Used by next-step trainers, by taggers whose tags are
    /// decoded each on its own, and by forecasters that carry their state
    /// (<see cref="ForecastingOptions.CarriesState"/>), of which null is their context and at least 64 steps.
    /// </summary>
    public int? BackpropSteps { get; init; }

    /// <summary>
    /// Truncated training: while it is trained, the model computes each of its outputs from the last so many steps alone,
    /// with its recurrent layers at zero before them: the feed-forward counterpart of a recurrent model (Miller and Hardt, arXiv 1805.10369,
    /// section 3.3). What comes out is the whole model, with the weights found so; its <c>Truncate</c> gives the counterpart.
    /// At least 1; null, the default: all steps. Not together with <see cref="BackpropSteps"/>.
    /// </summary>
    public int? Truncation { get; init; }

    /// <summary>
    /// Parallel over time: while training, recurrent layers of the kinds RNN, GRU and LSTM run parts of long sequences side by side,
    /// each warmed up from the zero state on the so many steps before it. A layer that contracts by λ per step is then
    /// within λ to this power of its largest state, so that of a stable architecture log(tolerance) / log(λ) steps are enough;
    /// a model that is not stable forgets. Pays where sequences are many times longer. At least 1; null, the default: steps are taken
    /// in turn. Not together with <see cref="BackpropSteps"/>.
    /// </summary>
    public int? ParallelWarmUp { get; init; }

    /// <summary>What the optimiser's step is multiplied by, before the schedule changes it; above 0. Default 0.001.</summary>
    public float LearningRate { get; init; } = 1e-3f;

    /// <summary>How gradients become steps. Default <see cref="Adam"/>.</summary>
    public Optimizer Optimizer { get; init; } = new Adam();

    /// <summary>How the learning rate changes over training. Default constant.</summary>
    public Schedule Schedule { get; init; } = new ConstantSchedule();

    /// <summary>
    /// The gradient's Euclidean norm is scaled down to this, above 0; null: not. Default 1. With <see cref="ClipValue"/> it is the norm of
    /// what that has left; set null for <see cref="ClipValue"/> alone.
    /// </summary>
    public float? ClipNorm { get; init; } = 1;

    /// <summary>
    /// Each value of the gradient is cut to ± this, above 0; null, the default: not. The gradient is then scaled by <see cref="ClipNorm"/>,
    /// whose default is 1, unless that is null.
    /// </summary>
    public float? ClipValue { get; init; }

    /// <summary>
    /// The part of the training data that is kept apart to validate on, in [0, 1): the tail in time of each series; of rows
    /// that hold a sequence each a random part that follows from the seed, of every class the same part in classification.
    /// 0: no validation. Not used when a validation set is given. Default 0.1.
    /// </summary>
    public double ValidationFraction { get; init; } = 0.1;

    /// <summary>
    /// The validation metric that decides which epoch is best: <c>loss</c>, the default; <c>accuracy</c> in classification and tagging;
    /// <c>mae</c>, the mean absolute error, in forecasting and regression.
    /// </summary>
    public string Monitor { get; init; } = "loss";

    /// <summary>Training stops when the monitored metric has not improved for so many epochs, at least 1; null: never. Default 5.</summary>
    public int? Patience { get; init; } = 5;

    /// <summary>
    /// The seed of first weights, order and dropout, any number; null, the default: taken from the MLContext. The same seed, data and
    /// thread count give the same weights, bit for bit, on a CPU.
    /// </summary>
    public long? Seed { get; init; }

    /// <summary>
    /// Threads of libtorch, at least 1; null, the default: 1 where a seed is given (here or to the MLContext), so that runs repeat;
    /// otherwise a few steps are timed with 1 and with all cores, and the faster is kept.
    /// </summary>
    public int? Threads { get; init; }

    /// <summary>The arithmetic of matrix products and convolutions. Default float32.</summary>
    public Precision Precision { get; init; }

    /// <summary>Where and when to write checkpoints; null, the default: none.</summary>
    public CheckpointOptions? Checkpoints { get; init; }

    /// <summary>
    /// A folder of checkpoints, whose newest is taken up, or one checkpoint's file: training goes on from there as if it had
    /// never stopped. A folder without checkpoints, or that is not there yet, starts from the beginning. A checkpoint of another run is
    /// an error that names all that differs: rows, architecture, task, columns, loss, and all options but <see cref="Epochs"/>,
    /// <see cref="MaxSteps"/>, <see cref="MaxTime"/>, <see cref="Patience"/>, <see cref="Threads"/> and those that only tell of
    /// training. Default null.
    /// </summary>
    public string? ResumeFrom { get; init; }

    /// <summary>
    /// Training starts from the weights of this model of the same architecture and task, on columns of the same names; null, the
    /// default: from new ones. Scaling is fitted anew on the rows.
    /// </summary>
    public SequenceModel? WarmStart { get; init; }

    /// <summary>
    /// In what <see cref="WarmStart"/> is meant to differ from what is trained, as <see cref="ModelDifferences.Columns"/> for the same
    /// quantity under another name. What else differs is an error that names it, and the weights must have the same names and shapes.
    /// Default: nothing.
    /// </summary>
    public ModelDifferences WarmStartDifferences { get; init; }

    /// <summary>Where TensorBoard event files are written; null, the default: nowhere.</summary>
    public string? TensorBoardDirectory { get; init; }

    /// <summary>Told of progress during training, from the training thread. Default null.</summary>
    public IProgress<TrainingProgress>? Progress { get; init; }

    /// <summary>Stops training within one batch, with an <see cref="OperationCanceledException"/>. Default: never.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Tries the folders that training will write to, before it begins.</summary>
    /// <exception cref="IOException">One cannot be made or written to; names it.</exception>
    internal void MustBeWritable()
    {
        CheckpointFolder.MustBeWritable(Checkpoints?.Directory, "Training.Checkpoints.Directory");
        CheckpointFolder.MustBeWritable(TensorBoardDirectory, "Training.TensorBoardDirectory");
    }

    /// <summary>
    /// Epochs beyond <see cref="Epochs"/>, at most, for as long as the validation loss still falls; of no effect with a schedule that ends.
    /// </summary>
    internal int MoreEpochs { get; init; }

    /// <summary>Whether no further epoch is due.</summary>
    internal bool AreRun(IReadOnlyList<EpochReport> epochs) => epochs.Count >= Epochs
        && (Schedule.HasEnd || epochs.Count >= Epochs + MoreEpochs || !LearningCurve.StillFalls(epochs, Patience));

    /// <summary>What is wrong, one sentence each; empty when nothing is.</summary>
    public IEnumerable<string> Problems()
    {
        var problems = new Problems("Training.");
        problems.Need(Epochs >= 1, $"{nameof(Epochs)} must be at least 1; found {Epochs}.");
        problems.Need(MaxSteps is null or >= 1, $"{nameof(MaxSteps)} must be at least 1; found {MaxSteps}.");
        problems.Need(MaxTime is null || MaxTime > TimeSpan.Zero, $"{nameof(MaxTime)} must be above 0; found {MaxTime}.");
        problems.Need(BatchSize >= 1, $"{nameof(BatchSize)} must be at least 1; found {BatchSize}.");
        problems.Need(AccumulationSteps >= 1, $"{nameof(AccumulationSteps)} must be at least 1; found {AccumulationSteps}.");
        problems.Need(BackpropSteps is null or >= 1, $"{nameof(BackpropSteps)} must be at least 1; found {BackpropSteps}.");
        problems.Need(Truncation is null or >= 1, $"{nameof(Truncation)} must be at least 1; found {Truncation}.");
        problems.Need(Truncation is null || BackpropSteps is null, $"{nameof(Truncation)} and {nameof(BackpropSteps)} exclude each other.");
        problems.Need(ParallelWarmUp is null or >= 1, $"{nameof(ParallelWarmUp)} must be at least 1; found {ParallelWarmUp}.");
        problems.Need(ParallelWarmUp is null || BackpropSteps is null, $"{nameof(ParallelWarmUp)} and {nameof(BackpropSteps)} exclude each other.");
        problems.Need(LearningRate > 0 && float.IsFinite(LearningRate), $"{nameof(LearningRate)} must be above 0; found {LearningRate}.");
        problems.Need(ClipNorm is null or (> 0 and < float.PositiveInfinity), $"{nameof(ClipNorm)} must be above 0; found {ClipNorm}.");
        problems.Need(ClipValue is null or (> 0 and < float.PositiveInfinity), $"{nameof(ClipValue)} must be above 0; found {ClipValue}.");
        problems.Need(ValidationFraction is >= 0 and < 1, $"{nameof(ValidationFraction)} must be in [0, 1); found {ValidationFraction}.");
        problems.Need(Patience is null or >= 1, $"{nameof(Patience)} must be at least 1; found {Patience}.");
        problems.Need(Threads is null or >= 1, $"{nameof(Threads)} must be at least 1; found {Threads}.");
        problems.Need((WarmStartDifferences & ~(ModelDifferences.Architecture | ModelDifferences.Task | ModelDifferences.Columns)) == 0,
            $"{nameof(WarmStartDifferences)} must be made of Architecture, Task and Columns; found {WarmStartDifferences}.");
        problems.Need(Enum.IsDefined(Precision), $"{nameof(Precision)} must be Float32 or BFloat16; found {Precision}.");
        problems.Need(ResumeFrom is null || WarmStart is null, $"{nameof(ResumeFrom)} and {nameof(WarmStart)} exclude each other.");
        problems.AddRange(Optimizer.Problems().Concat(Schedule.Problems()).Concat(Checkpoints?.Problems() ?? []).Select(problem => "Training." + problem));
        return problems;
    }

    /// <summary>What is wrong with <see cref="Monitor"/> for a task with these metrics beside the loss.</summary>
    internal IEnumerable<string> MonitorProblems(params IEnumerable<MetricInfo> metrics)
    {
        string[] known = [.. metrics.Prepend(MetricInfo.Loss).Select(metric => metric.Name)];
        if (!known.Contains(Monitor))
            yield return $"Training.{nameof(Monitor)} must be {(known.Length == 1 ? "" : "one of ")}{string.Join(", ", known)}; found '{Monitor}'.";
    }

    /// <summary>What is wrong for a task whose examples are trained on whole.</summary>
    internal IEnumerable<string> ProblemsWithoutChunks() => BackpropSteps is null
        ? Problems()
        : Problems().Append($"Training.{nameof(BackpropSteps)} is used by next-step trainers (ml.Sequence.Trainers.NextStep), taggers (SequenceTagger) and "
            + "forecasters with CarriesState alone; leave it null.");
}

/// <summary>The arithmetic of matrix products and convolutions in training.</summary>
public enum Precision
{
    /// <summary>Floats of 32 bits in all that is computed.</summary>
    Float32,

    /// <summary>
    /// Matrix products and convolutions in bfloat16, forward and backward, with weights, sums, optimiser and libtorch's own
    /// recurrent layers in 32 bits. Only on CUDA devices.
    /// </summary>
    BFloat16,
}

/// <summary>In what a model may differ from what is trained from its weights.</summary>
[Flags]
public enum ModelDifferences
{
    /// <summary>In nothing: architecture, task and columns are the same.</summary>
    None = 0,

    /// <summary>In the kind of architecture or its hyper-parameters.</summary>
    Architecture = 1,

    /// <summary>In the task or its properties, as horizon, normalisation, classes or tokens.</summary>
    Task = 2,

    /// <summary>In the columns that are read, or their order.</summary>
    Columns = 4,
}

/// <summary>Where and when training writes checkpoints; whenever it stops, whatever stops it, it writes one too.</summary>
public sealed record CheckpointOptions
{
    /// <summary>
    /// The folder; made if it is not there. It may hold checkpoints of other runs, which are left as they are: a file's name says
    /// which run it is of.
    /// </summary>
    public required string Directory { get; init; }

    /// <summary>Epochs between checkpoints, at least 1; null: none by epochs. Default 1.</summary>
    public int? EveryEpochs { get; init; } = 1;

    /// <summary>Time between checkpoints, also inside an epoch; null, the default: none by time.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>How many of the last of this run are kept, at least 1, beside the best. Default 2.</summary>
    public int Keep { get; init; } = 2;

    internal IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Directory))
            yield return "Checkpoints.Directory must name a folder.";
        if (EveryEpochs is < 1)
            yield return $"Checkpoints.EveryEpochs must be at least 1; found {EveryEpochs}.";
        if (Every <= TimeSpan.Zero)
            yield return $"Checkpoints.Every must be above 0; found {Every}.";
        if (Keep < 1)
            yield return $"Checkpoints.Keep must be at least 1; found {Keep}.";
    }
}
