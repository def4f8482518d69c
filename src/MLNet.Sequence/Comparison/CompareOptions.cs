namespace MLNet.Sequence;

/// <summary>What a comparison of architectures may cost, and how its results are read.</summary>
public sealed record CompareOptions
{
    /// <summary>
    /// Trainings of each architecture, with a seed each; at least 1. Without a validation set each is also validated on other rows:
    /// forecasters roll, each round ends one validation tail earlier than the one before; of rows that hold a sequence each round
    /// keeps another random part apart. Default 3.
    /// </summary>
    public int Rounds { get; init; } = 3;

    /// <summary>
    /// Trainings that run at the same time, at least 1, with the results of one after the other, bit for bit. Null, the default: as many as
    /// there are cores, over <see cref="TrainingOptions.Threads"/> where that is set; on a GPU 1.
    /// </summary>
    public int? TrainingsAtOnce { get; init; }

    /// <summary>
    /// Learning rates, above 0 each, that every architecture is tried with, for an eighth of the epochs (at least two) with the first seed: of those
    /// whose validation losses are within <see cref="Margin"/> of the least it takes the first for all its trainings. Null, the default, or one
    /// alone: it has that of the training options, or that one. What is trained beside the architectures, as a window of fewer steps, has the rate of
    /// its architecture.
    /// </summary>
    public IReadOnlyList<float>? LearningRates { get; init => field = ValueList.Of(value); }

    /// <summary>
    /// A folder in which trainings are kept, each in a folder of its own: a comparison that was cancelled or failed goes on where it stood,
    /// and what has been trained to its end is not trained again. Needs a seed, in <see cref="TrainingOptions.Seed"/> or the MLContext. A
    /// folder of another comparison (other rows, task, architectures or options) is an error that names what differs. Null, the default:
    /// none.
    /// </summary>
    public string? Directory { get; init; }

    /// <summary>
    /// Whether a model whose validation loss still falls when its epochs are over (by more than 2 % in the last quarter) trains on, for at
    /// most as many epochs again, within <see cref="TrainingOptions.MaxTime"/>, and unless the schedule has an end. Default true.
    /// </summary>
    /// <remarks>
    /// One that still learns then is left out of the verdict, unless its validation loss is the best already; the report names it.
    /// </remarks>
    public bool TrainOn { get; init; } = true;

    /// <summary>
    /// Wall-clock time of all rounds together: a round that would not end within it is not begun, and the first one always is.
    /// Null, the default: no limit.
    /// </summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>
    /// Rows in a season, for the seasonal naive forecast and MASE; at least 1. Only in forecasting. The season before a test window also
    /// comes from the training and validation rows, where the time column says that the test rows follow them; without a time column they
    /// are taken to follow. Windows with no season before them are left out for all, or, where they are the most, the seasonal naive
    /// forecast is; the report says so. Default 1.
    /// </summary>
    public int Seasonality { get; init; } = 1;

    /// <summary>A relative difference of errors that does not matter; 0 or above. Default 0.02.</summary>
    public double Margin { get; init; } = 0.02;

    /// <summary>
    /// How often an interval holds the true value, in (0, 1); those of the pairs that the verdict looks at, all together. Default 0.95.
    /// </summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>
    /// Whether forecasts also say how much of the past carries information (models that see 0, 1, 2, 4, … last steps, one training each)
    /// and whether a state that is carried beyond the window helps (the best recurrent architecture, in all rounds), and next steps and tags
    /// how many of the last steps do, up to 32 (a WindowMlp each); <see cref="MaxTime"/> does
    /// not count these trainings. Of no effect where forecasters carry their state, and of rows with one label. Default true.
    /// </summary>
    public bool DataMemory { get; init; } = true;

    /// <summary>
    /// How memory is measured; the label's column is that of the task. Default: on 256 examples.
    /// </summary>
    public MemoryOptions Memory { get; init; } = new() { Examples = 256 };

    /// <summary>Ends the comparison, as that of its trainings does (<see cref="TrainingOptions.CancellationToken"/>). Default: never.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Told of the progress of each training, from the training threads, by one at a time. Default null.</summary>
    public IProgress<CompareProgress>? Progress { get; init; }

    /// <exception cref="ArgumentException">Lists all problems.</exception>
    internal void Validate(int architectures)
    {
        var problems = new Problems();
        problems.Need(architectures >= 1, $"At least one architecture that is trained is needed, beside references, which are always compared; found {architectures}.");
        problems.Need(Rounds >= 1, $"{nameof(Rounds)} must be at least 1; found {Rounds}.");
        problems.Need(TrainingsAtOnce is null or >= 1, $"{nameof(TrainingsAtOnce)} must be at least 1; found {TrainingsAtOnce}.");
        float[] wrong = [.. (LearningRates ?? []).Where(rate => !(rate > 0 && float.IsFinite(rate)))];
        problems.Need(wrong.Length == 0, $"{nameof(LearningRates)} must be above 0; found {string.Join(", ", wrong)}.");
        problems.Need(LearningRates is null or { Count: > 0 }, $"{nameof(LearningRates)} must be null or name at least one rate.");
        problems.Need(Directory is null || !string.IsNullOrWhiteSpace(Directory), $"{nameof(Directory)} must name a folder.");
        problems.Need(MaxTime is null || MaxTime > TimeSpan.Zero, $"{nameof(MaxTime)} must be above 0; found {MaxTime}.");
        problems.Need(Seasonality >= 1, $"{nameof(Seasonality)} must be at least 1; found {Seasonality}.");
        problems.Need(Margin >= 0 && double.IsFinite(Margin), $"{nameof(Margin)} must be 0 or above; found {Margin}.");
        problems.Need(Confidence is > 0 and < 1, $"{nameof(Confidence)} must be in (0, 1); found {Confidence}.");
        problems.ThrowIfAny("The options of the comparison are wrong.");
        Memory.Validate();
    }
}

/// <summary>Where a comparison stands: told of each of its trainings.</summary>
/// <param name="Model">The name of the architecture that is trained, with its place where there are several.</param>
/// <param name="Round">The number of the round that the training is of, from 1.</param>
/// <param name="Rounds">The number of rounds, if time does not end them earlier.</param>
/// <param name="Training">Where this training stands: epoch, batch, loss.</param>
public sealed record CompareProgress(string Model, int Round, int Rounds, TrainingProgress Training);
