using System.Globalization;
using Microsoft.ML;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Comparison;

/// <summary>A training of a comparison.</summary>
/// <param name="Task">What is learnt.</param>
/// <param name="Architecture">By what.</param>
/// <param name="Name">Its name in progress and folders.</param>
/// <param name="Round">Which seed it has, from 0.</param>
internal sealed record ComparedTraining(ComparedTask Task, Architecture Architecture, string Name, int Round)
{
    /// <summary>The epochs of a trial; null: those of the task, and more for as long as it still learns.</summary>
    public int? TrialEpochs { get; init; }

    /// <summary>Null: that of the task.</summary>
    public float? LearningRate { get; init; }

    /// <summary>How long it is expected to take, in any unit: of trainings side by side those that take long are begun first. Default 0.</summary>
    public double Cost { get; init; }
}

/// <summary>
/// The trainings of a comparison, side by side: each with the seed of its round and a folder of its own. Their progress is told one at a time.
/// </summary>
internal sealed class ComparedTrainings
{
    private readonly SequenceHost _host;
    private readonly TrainingOptions _training;
    private readonly CompareOptions _options;
    private readonly IDataView _train;
    private readonly Lock _telling = new();

    /// <param name="host">Where they run.</param>
    /// <param name="training">How the task is trained.</param>
    /// <param name="options">Those of the comparison.</param>
    /// <param name="train">The rows.</param>
    public ComparedTrainings(SequenceHost host, TrainingOptions training, CompareOptions options, IDataView train)
    {
        (_host, _training, _options, _train) = (host, training, options, train);
        Seed = training.Seed ?? host.NextSeed();
    }

    /// <summary>The seed of the first round; those after it count up.</summary>
    public long Seed { get; }

    private int AtOnce =>
        _options.TrainingsAtOnce ?? (_host.GpuDeviceId is null ? Math.Max(1, Environment.ProcessorCount / (_training.Threads ?? 1)) : 1);

    /// <summary>Checks, before anything is read, that trainings can be kept in a folder, and taken up again.</summary>
    /// <exception cref="ArgumentException">There is no seed, or the training has checkpoints of its own.</exception>
    /// <exception cref="IOException">The folder cannot be written to.</exception>
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
                $"{Name} needs a seed, so that trainings are the same when they are taken up again: "
                + $"set Training.{nameof(TrainingOptions.Seed)}, or give the MLContext one.");
        }

        CheckpointFolder.MustBeWritable(folder, Name);
    }

    /// <summary>Trains all, those that take longest first, and gives the models in the order in which they were asked for.</summary>
    /// <param name="trainings">The trainings.</param>
    /// <param name="begins">
    /// Asked of each round but the first, when there is a thread for it, whether it is still begun; rounds then begin one after the other, a next one
    /// while the last trainings of the one before still run, and there are no models of those that were not begun. Null, the default: all are.
    /// </param>
    /// <exception cref="InvalidOperationException">Of one nothing was validated.</exception>
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
        // Test rows would do to choose by, but then say nothing of what was chosen.
        if (fitted.Model.Report.Epochs.All(epoch => epoch.ValidationLoss is null))
        {
            throw new InvalidOperationException(
                "A comparison chooses models by their validation loss, and nothing was validated: there are too few rows to keep some apart, "
                + "or no target varies in the training rows. Give more rows, or a ValidationSet.");
        }

        return fitted.Model;
    }

    // Each training has its own folder, the first one that of its name.
    private TrainingOptions OptionsOf(ComparedTraining asked)
    {
        string own = asked.Round == 0 ? asked.Name : string.Create(CultureInfo.InvariantCulture, $"{asked.Name}-seed-{asked.Round + 1}");
        TrainingOptions training = asked.Task.Training;
        string? kept = _options.Directory is { } folder ? Path.Combine(folder, own) : null;
        return training with
        {
            Seed = Seed + asked.Round,
            LearningRate = asked.LearningRate ?? training.LearningRate,
            Epochs = asked.TrialEpochs ?? training.Epochs,
            MoreEpochs = asked.TrialEpochs is null && _options.TrainOn ? training.Epochs : 0,
            Checkpoints = kept is not null ? new CheckpointOptions { Directory = kept }
                : training.Checkpoints is { } checkpoints ? checkpoints with { Directory = Path.Combine(checkpoints.Directory, own) } : null,
            ResumeFrom = kept is not null ? (Directory.Exists(kept) ? kept : null)
                : training.ResumeFrom is { } resumed ? Path.Combine(resumed, own) : null,
            TensorBoardDirectory = training.TensorBoardDirectory is { } events ? Path.Combine(events, own) : null,
            Progress = _training.Progress is null && _options.Progress is null ? null : new Telling(progress => Tell(asked, progress)),
        };
    }

    private void Tell(ComparedTraining asked, TrainingProgress progress)
    {
        lock (_telling)
        {
            _training.Progress?.Report(progress);
            _options.Progress?.Report(new CompareProgress(asked.Name, asked.Round + 1, _options.Rounds, progress));
        }
    }

    // Calls back at once, on the training thread.
    private sealed class Telling(Action<TrainingProgress> told) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => told(value);
    }
}
