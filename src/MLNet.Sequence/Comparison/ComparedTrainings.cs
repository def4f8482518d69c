using System.Globalization;
using Microsoft.ML;
using MLNet.Sequence.Fitting;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Comparison;

/// <summary>A training of a comparison.</summary>
/// <param name="Task">The task to learn.</param>
/// <param name="Architecture">The architecture to train.</param>
/// <param name="Name">Its name in progress and folders.</param>
/// <param name="Round">The round, which determines the seed; from 0.</param>
internal sealed record ComparedTraining(ComparedTask Task, Architecture Architecture, string Name, int Round)
{
    /// <summary>The epochs of a trial; null: those of the task, and more while it still learns.</summary>
    public int? TrialEpochs { get; init; }

    /// <summary>What it continues from, and after how many epochs it pauses; null: it runs from start to end.</summary>
    public TrainingPause? Pause { get; init; }

    /// <summary>The learning rate; null: that of the task.</summary>
    public double? LearningRate { get; init; }

    /// <summary>The expected duration, in any unit: the longest of parallel trainings start first. Default 0.</summary>
    public double Cost { get; init; }
}

/// <summary>
/// The trainings of a comparison, in parallel: each with the seed of its round and its own folder. Progress is reported by one at a time.
/// </summary>
internal sealed class ComparedTrainings
{
    private readonly SequenceHost _host;
    private readonly TrainingOptions _training;
    private readonly CompareOptions _options;
    private readonly IDataView _train;
    private readonly Lock _reporting = new();

    /// <param name="host">The host that they run in.</param>
    /// <param name="training">How the task is trained.</param>
    /// <param name="options">The options of the comparison.</param>
    /// <param name="train">The rows.</param>
    public ComparedTrainings(SequenceHost host, TrainingOptions training, CompareOptions options, IDataView train)
    {
        (_host, _training, _options, _train) = (host, training, options, train);
        Seed = training.Seed ?? host.NextSeed();
    }

    /// <summary>The seed of the first round; later rounds count up.</summary>
    public long Seed { get; }

    private int AtOnce =>
        _options.TrainingsAtOnce ?? (_host.GpuDeviceId is null ? Math.Max(1, Environment.ProcessorCount / (_training.Threads ?? 1)) : 1);

    /// <summary>Checks, before anything is read, that trainings can be stored in a folder and resumed.</summary>
    /// <exception cref="ArgumentException">There is no seed, or the training has its own checkpoints.</exception>
    /// <exception cref="IOException">The folder cannot be written.</exception>
    public static void CheckFolder(SequenceHost host, TrainingOptions training, string? folder)
    {
        const string Name = $"CompareOptions.{nameof(CompareOptions.Directory)}";
        if (folder is null)
            return;
        if (training.Checkpoints is not null || training.ResumeFrom is not null)
        {
            throw new ArgumentException(
                $"{Name} keeps the trainings: leave Training.{nameof(TrainingOptions.Checkpoints)} and Training.{nameof(TrainingOptions.ResumeFrom)} out.");
        }

        if (training.Seed is null && host.Seed is null)
        {
            throw new ArgumentException(
                $"{Name} needs a seed, so that trainings are the same when they are resumed: "
                + $"set Training.{nameof(TrainingOptions.Seed)}, or give the MLContext one.");
        }

        CheckpointFolder.MustBeWritable(folder, Name);
    }

    /// <summary>Trains all, the longest first, and returns the models in the order of <paramref name="trainings"/>.</summary>
    /// <param name="trainings">The trainings.</param>
    /// <param name="begins">
    /// Decides for each round after the first, when a thread is free, whether to start it. Rounds then start one after the other, the next one
    /// while the last trainings of the previous one still run; rounds that were not started have no models. Null, the default: all start.
    /// </param>
    /// <exception cref="InvalidOperationException">A training validated nothing.</exception>
    public SequenceModel[] Run(IEnumerable<ComparedTraining> trainings, Func<int, bool>? begins = null)
    {
        ComparedTraining[] all = [.. trainings];
        int[] order = [.. Enumerable.Range(0, all.Length).OrderBy(i => begins is null ? 0 : all[i].Round).ThenByDescending(i => all[i].Cost)];
        int last = 0;
        bool Begins(int place)
        {
            if (all[order[place]].Round > last && begins?.Invoke(last + 1) != false)
                last++;
            return begins is null || all[order[place]].Round <= last;
        }

        SequenceModel?[] models = SideBySide.Run(
            [.. order.Select(i => (Func<CancellationToken, SequenceModel?>)(stop => Train(all[i], stop)))], AtOnce, _training.CancellationToken, Begins);
        return [.. order.Zip(models).OrderBy(one => one.First).Select(one => one.Second).OfType<SequenceModel>()];
    }

    private SequenceModel Train(ComparedTraining training, CancellationToken stop)
    {
        TrainingOptions options = OptionsOf(training) with { CancellationToken = stop };
        using SequenceTransformer fitted = training.Task.Fit(_train, training.Architecture, options, training.Round);
        // Choosing by test rows would work, but the test rows would then no longer measure the chosen model.
        if (fitted.Model.Report.Epochs.All(epoch => epoch.ValidationLoss is null))
        {
            throw new InvalidOperationException(
                "A comparison chooses models by their validation loss, and nothing was validated: there are too few rows to keep some for validation, "
                + "or no target varies in the training rows. Give more rows, or a ValidationSet.");
        }

        return fitted.Model;
    }

    // Each training has its own folder; the first one has the plain name.
    private TrainingOptions OptionsOf(ComparedTraining job)
    {
        string own = job.Round == 0 ? job.Name : string.Create(CultureInfo.InvariantCulture, $"{job.Name}-seed-{job.Round + 1}");
        TrainingOptions training = job.Task.Training;
        // A resumed comparison finds the state in which a training paused, even if that training then continued.
        string paused = job.TrialEpochs is null && job.Pause?.After is { } epochs ? string.Create(CultureInfo.InvariantCulture, $"{own}-to-{epochs}") : own;
        string? kept = _options.Directory is { } folder ? Path.Combine(folder, paused) : null;
        return training with
        {
            Seed = Seed + job.Round,
            LearningRate = job.LearningRate ?? training.LearningRate,
            Epochs = job.TrialEpochs ?? training.UsedEpochs,
            MoreEpochs = job.TrialEpochs is null && _options.TrainOn ? training.UsedEpochs : 0,
            Checkpoints = kept is not null ? new CheckpointOptions { Directory = kept }
                : training.Checkpoints is { } checkpoints ? checkpoints with { Directory = Path.Combine(checkpoints.Directory, paused) } : null,
            ResumeFrom = kept is not null ? (Directory.Exists(kept) ? kept : null)
                : training.ResumeFrom is { } resumed ? Path.Combine(resumed, paused) : null,
            TensorBoardDirectory = training.TensorBoardDirectory is { } events ? Path.Combine(events, own) : null,
            Pause = job.Pause,
            // The memory ladder's networks of the last steps have no state that gradients could flow through.
            BackpropDepth = training.BackpropDepth is not null && ArchitectureProblems.CarriesAll(job.Architecture) ? training.BackpropDepth : null,
            // Trainings that run side by side have no line of their own.
            ShowProgress = false,
            Progress = _training.Progress is null && _options.Progress is null ? null : new ImmediateProgress(progress => Report(job, progress)),
        };
    }

    private void Report(ComparedTraining training, TrainingProgress progress)
    {
        lock (_reporting)
        {
            _training.Progress?.Report(progress);
            _options.Progress?.Report(new CompareProgress(training.Name, training.Round + 1, _options.Rounds, progress));
        }
    }

    // Calls back immediately, on the training thread.
    private sealed class ImmediateProgress(Action<TrainingProgress> report) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => report(value);
    }
}
