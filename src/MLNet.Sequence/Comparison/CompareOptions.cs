namespace MLNet.Sequence;

/// <summary>The budget of a comparison of architectures, and how its results are interpreted.</summary>
public sealed record CompareOptions
{
    /// <summary>
    /// Trainings of each architecture, each with its own seed; at least 1. Without a validation set each round also has other validation
    /// rows: forecasters roll, so that each round ends one validation tail earlier than the previous one; for rows that hold a sequence, each
    /// round draws another random part. Default 3.
    /// </summary>
    public int Rounds { get; init; } = 3;

    /// <summary>
    /// Trainings that run at the same time, at least 1; the results equal those of one after the other, bit for bit. Null, the default:
    /// the number of cores, divided by <see cref="TrainingOptions.Threads"/> if that is set; on a GPU 1.
    /// </summary>
    public int? TrainingsAtOnce { get; init; }

    /// <summary>
    /// Learning rates to try for every architecture, each above 0. A trial takes an eighth of the epochs (at least two), with the first
    /// seed. Of the rates whose validation losses are within <see cref="Margin"/> of the lowest, the first one is used for all trainings of
    /// the architecture. Null, the default: the rate of the training options. A single rate is used without a trial. Additional models,
    /// such as one with a shorter window, have the rate of their architecture.
    /// </summary>
    public IReadOnlyList<double>? LearningRates { get; init => field = ValueList.Of(value); }

    /// <summary>
    /// A folder that stores the trainings, each in its own folder. A comparison that was cancelled or failed continues from there, and
    /// completed trainings are not repeated. Needs a seed, in <see cref="TrainingOptions.Seed"/> or the MLContext. A folder of another
    /// comparison (other rows, task, architectures or options) is an error that names the difference. Null, the default:
    /// none.
    /// </summary>
    public string? Directory { get; init; }

    /// <summary>
    /// Whether a model trains on if its validation loss still falls at the end of its epochs (by more than 2 % in the last quarter). At most
    /// the same number of epochs is added, within <see cref="TrainingOptions.MaxTime"/>, unless the schedule has an end. Default true.
    /// </summary>
    /// <remarks>
    /// A model that still learns then is left out of the verdict, unless its validation loss is already the best; the report names it.
    /// </remarks>
    public bool TrainOn { get; init; } = true;

    /// <summary>
    /// Whether an architecture stops after a quarter of its epochs if it is beaten on the validation rows in every round: it would still be
    /// worse than the best architecture by more than <see cref="Margin"/> if its loss fell to the end as fast as in these epochs, and by at
    /// least 2 % in each quarter. One with more than twice the loss of the best goes on: it may not have begun to learn. Only losses decide,
    /// not time or threads. No architecture stops with a schedule that has an end, or with fewer than 12 epochs. Default true.
    /// </summary>
    /// <remarks>
    /// The report says which models stopped, when and why (<see cref="RecurrenceReport.Stopped"/>); their errors are those of these epochs. If
    /// the recommendation depends on such a model, and the test rows do not show that it is worse, it is trained to its end.
    /// </remarks>
    public bool StopBeaten { get; init; } = true;

    /// <summary>
    /// Wall-clock time of all rounds together. A round that would not end in time is not started; the first one always is.
    /// Null, the default: no limit.
    /// </summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>
    /// The number of rows in a season, for the seasonal naive forecast and MASE; at least 1. Only in forecasting. The season before a test
    /// window also comes from the training and validation rows, if the time column shows that the test rows follow them; without a time
    /// column this is assumed. Windows with no season before them are left out for all models. If this holds for most windows, the seasonal
    /// naive forecast is left out instead. The report says so. Default 1.
    /// </summary>
    public int Seasonality { get; init; } = 1;

    /// <summary>A relative difference of errors that does not matter; 0 or above. Default 0.02.</summary>
    public double Margin { get; init; } = 0.02;

    /// <summary>
    /// The probability that an interval holds the true value, in (0, 1); for the pairs of the verdict, that all of them do. Default 0.95.
    /// </summary>
    public double Confidence { get; init; } = 0.95;

    /// <summary>
    /// Whether to measure how much of the past carries information. Forecasts: models that see 0, 1, 2, 4, … last steps, one training each,
    /// and whether a state carried beyond the window helps (the best recurrent architecture, in all rounds). Next steps and tags: models of
    /// up to 32 last steps (a WindowMlp each). <see cref="MaxTime"/> does not count these trainings. No effect if forecasters carry their
    /// state, or on rows with one label. Default true.
    /// </summary>
    public bool DataMemory { get; init; } = true;

    /// <summary>
    /// How memory is measured; the label column is that of the task. Default: on 256 examples.
    /// </summary>
    public MemoryOptions Memory { get; init; } = new() { Examples = 256 };

    /// <summary>Ends the comparison, like the token of its trainings (<see cref="TrainingOptions.CancellationToken"/>). Default: never.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Receives the progress of each training, on the training threads, one call at a time. Default null.</summary>
    public IProgress<CompareProgress>? Progress { get; init; }

    /// <exception cref="ArgumentException">Lists all problems.</exception>
    internal void Validate(int architectures)
    {
        var problems = new Problems();
        problems.Need(architectures >= 1,
            $"At least one trained architecture is needed, in addition to references, which are always compared; found {architectures}.");
        problems.Need(Rounds >= 1, $"{nameof(Rounds)} must be at least 1; found {Rounds}.");
        problems.Need(TrainingsAtOnce is null or >= 1, $"{nameof(TrainingsAtOnce)} must be at least 1; found {TrainingsAtOnce}.");
        double[] wrong = [.. (LearningRates ?? []).Where(rate => (float)rate is not (> 0 and < float.PositiveInfinity))];
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

/// <summary>The progress of a comparison, reported for each of its trainings.</summary>
/// <param name="Model">The name of the architecture that is trained, with a number if there are several.</param>
/// <param name="Round">The number of this training's round, counted from 1.</param>
/// <param name="Rounds">The number of rounds, unless time ends them earlier.</param>
/// <param name="Training">The progress of this training: epoch, batch, loss.</param>
public sealed record CompareProgress(string Model, int Round, int Rounds, TrainingProgress Training);
