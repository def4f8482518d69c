namespace MLNet.Sequence.Samples.Commands.Options;

/// <summary>How models are trained: the user's choices and the defaults.</summary>
internal sealed record TrainingPlan
{
    // With --optimizer sgd, users expect momentum.
    private const double SgdMomentum = 0.9;

    // Of --schedule inverse-root: a rise over a few hundred steps suits small data; the library's default of 4000 is the paper's.
    private const int WarmUpSteps = 400;

    public static IReadOnlyDictionary<string, Func<Optimizer>> Optimizers { get; } = new SortedDictionary<string, Func<Optimizer>>(StringComparer.Ordinal)
    {
        ["adam"] = () => new Adam(),
        ["adamw"] = () => new AdamW(),
        ["sgd"] = () => new Sgd { Momentum = SgdMomentum },
        ["rmsprop"] = () => new RmsProp(),
    };

    public static IReadOnlyDictionary<string, Func<Schedule>> Schedules { get; } = new SortedDictionary<string, Func<Schedule>>(StringComparer.Ordinal)
    {
        ["constant"] = () => new ConstantSchedule(),
        ["step"] = () => new StepSchedule(),
        ["cosine"] = () => new CosineSchedule(),
        ["inverse-root"] = () => new InverseRootSchedule { WarmUpSteps = WarmUpSteps },
        ["one-cycle"] = () => new OneCycleSchedule(),
        ["plateau"] = () => new PlateauSchedule(),
    };

    /// <summary>Whether --quick is given.</summary>
    public required bool Quick { get; init; }

    public required int Epochs { get; init; }

    public required int Stride { get; init; }

    public required int BatchSize { get; init; }

    public required double LearningRate { get; init; }

    public required int Seed { get; init; }

    public required int? Threads { get; init; }

    /// <summary>The number of the CUDA device; null: the CPU.</summary>
    public int? Gpu { get; init; }

    public required string Optimizer { get; init; }

    public required string Schedule { get; init; }

    public int? Patience { get; init; }

    public double? Clip { get; init; }

    /// <summary>Each model has its own folder below this one.</summary>
    public string? Checkpoints { get; init; }

    public bool Resume { get; init; }

    public string? TensorBoard { get; init; }

    public TimeSpan? MaxTime { get; init; }

    /// <summary>The library's options for one model, with its own folders for checkpoints and events.</summary>
    public TrainingOptions For(string architecture, IProgress<TrainingProgress> progress, CancellationToken cancellation) =>
        (this with { Checkpoints = Own(Checkpoints, architecture), TensorBoard = Own(TensorBoard, architecture) }).Shared(
            cancellation) with
        { Progress = progress };

    /// <summary>The library's options for several models, which create their own folders.</summary>
    public TrainingOptions Shared(CancellationToken cancellation) => new()
    {
        Epochs = Epochs,
        BatchSize = BatchSize,
        LearningRate = LearningRate,
        Seed = Seed,
        Threads = Threads,
        Optimizer = Optimizers[Optimizer](),
        Schedule = Schedules[Schedule](),
        Patience = Patience,
        ClipNorm = Clip,
        Checkpoints = Checkpoints is null ? null : new CheckpointOptions { Directory = Checkpoints },
        ResumeFrom = Resume ? Checkpoints : null,
        TensorBoardDirectory = TensorBoard,
        MaxTime = MaxTime,
        CancellationToken = cancellation,
    };

    private static string? Own(string? folder, string architecture) => folder is null ? null : Path.Combine(folder, architecture);
}
