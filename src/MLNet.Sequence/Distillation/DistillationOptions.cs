using MLNet.Sequence.Tasks;

namespace MLNet.Sequence;

/// <summary>How a student is distilled from a teacher. Each step draws pieces of the rows, for their conditions and for the power loss.</summary>
public sealed record DistillationOptions
{
    /// <summary>Steps of Adam; at least 1. Default 1000.</summary>
    public int Steps { get; init; } = 1000;

    /// <summary>Pieces in a step; at least 1. Default 4.</summary>
    public int BatchSize { get; init; } = 4;

    /// <summary>Samples in a piece; at least <see cref="PowerWindow"/>. Rows that are not longer are left out. Default 2048.</summary>
    public int PieceLength { get; init; } = 2048;

    /// <summary>The first learning rate, above 0; it falls to a twentieth along a half cosine. Default 1e-3.</summary>
    public double LearningRate { get; init; } = 1e-3;

    /// <summary>
    /// The factor of the power loss (arXiv 1711.10433, section 4.2), 0 or above: the mean over frequencies of the squared difference of
    /// logarithms of the power of student and row, each averaged over the time of a piece. Default 1. Without it a student may whisper.
    /// </summary>
    public double PowerWeight { get; init; } = 1;

    /// <summary>Samples in a window of the power spectrum; at least 16. Default 256.</summary>
    public int PowerWindow { get; init; } = 256;

    /// <summary>The norm to which gradients of a flow are clipped; above 0. Default 1.</summary>
    public double ClipNorm { get; init; } = 1;

    /// <summary>The seed of weights, noise and choice of pieces; any number. Null, the default: drawn from the context's.</summary>
    public long? Seed { get; init; }

    /// <summary>Called after each step with its number and its divergence in nats per sample. Default null.</summary>
    public Action<int, double>? Progress { get; init; }

    /// <summary>Stops before the next step. Default: never.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <summary>Checks these options together with a student.</summary>
    /// <exception cref="ArgumentException">Lists all problems in one message.</exception>
    internal void Validate(ParallelWaveNet student)
    {
        var problems = new Problems();
        problems.AddRange(student.Problems().Select(problem => $"{nameof(ParallelWaveNet)}.{problem}"));
        problems.Need(Steps >= 1, $"{nameof(Steps)} must be at least 1; found {Steps}.");
        problems.Need(BatchSize >= 1, $"{nameof(BatchSize)} must be at least 1; found {BatchSize}.");
        problems.Need(PowerWindow >= 16, $"{nameof(PowerWindow)} must be at least 16; found {PowerWindow}.");
        problems.Need(PieceLength >= PowerWindow, $"{nameof(PieceLength)} must be at least {nameof(PowerWindow)} = {PowerWindow}; found {PieceLength}.");
        problems.Need(LearningRate > 0 && double.IsFinite(LearningRate), $"{nameof(LearningRate)} must be above 0; found {LearningRate}.");
        problems.Need(PowerWeight >= 0 && double.IsFinite(PowerWeight), $"{nameof(PowerWeight)} must be 0 or above; found {PowerWeight}.");
        problems.Need(ClipNorm > 0, $"{nameof(ClipNorm)} must be above 0; found {ClipNorm}.");
        problems.ThrowIfAny("The options of the distillation are wrong.");
    }
}
