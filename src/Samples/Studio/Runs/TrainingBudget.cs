namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>Epochs, windows and seeds for an effort: the same number of steps for few rows and for many.</summary>
/// <param name="Epochs">Passes over the training examples.</param>
/// <param name="Stride">Rows between neighbouring training windows.</param>
/// <param name="BatchSize">Examples per step.</param>
/// <param name="Rounds">Trainings of each architecture, with different seeds.</param>
internal sealed record TrainingBudget(int Epochs, int Stride, int BatchSize, int Rounds)
{
    private const int FewExamples = 500, SmallBatch = 8, UsualBatch = 32;
    private const int LookExamples = 2_000, LookSteps = 400, CarefulSteps = 6_000;
    private const int LeastEpochs = 4, MostEpochs = 120;
    private const double UsualRate = 1e-3, FastRate = 2e-3;

    public double LearningRate { get; init; } = UsualRate;

    /// <summary>The rates to try; null: none.</summary>
    public IReadOnlyList<double>? Rates { get; init; }

    /// <summary>Training stops after this many epochs without progress.</summary>
    public int Patience => Math.Max(3, Epochs / 8);

    /// <summary>The budget of a question.</summary>
    public static TrainingBudget Of(Question question, long examples, bool maySkip)
    {
        TrainingBudget usual = Of(question.Effort, examples, maySkip);
        return usual with { Epochs = Math.Min(usual.Epochs, question.MaxEpochs ?? int.MaxValue) };
    }

    /// <param name="effort">The user's choice.</param>
    /// <param name="examples">The number of training examples, windows at a stride of 1.</param>
    /// <param name="maySkip">Whether examples are windows, some of which may be left out.</param>
    public static TrainingBudget Of(Effort effort, long examples, bool maySkip)
    {
        bool look = effort == Effort.Look;
        int stride = look && maySkip ? (int)Math.Max(1, examples / LookExamples) : 1;
        long used = Math.Max(1, examples / stride);
        int batch = used < FewExamples ? SmallBatch : UsualBatch;
        long batches = (used + batch - 1) / batch;
        int epochs = (int)Math.Clamp((look ? LookSteps : CarefulSteps) / batches, LeastEpochs, look ? MostEpochs / 2 : MostEpochs);
        return new TrainingBudget(epochs, stride, batch, effort == Effort.Thorough ? 3 : 1)
        {
            LearningRate = look ? FastRate : UsualRate,
            Rates = effort == Effort.Thorough ? [UsualRate, 3 * UsualRate, 0.3 * UsualRate] : null,
        };
    }

    /// <summary>The library's options.</summary>
    public TrainingOptions Training(int seed, CancellationToken cancellation) => new()
    {
        Epochs = Epochs,
        BatchSize = BatchSize,
        LearningRate = LearningRate,
        Seed = seed,
        Patience = Patience,
        ClipNorm = 1,
        CancellationToken = cancellation,
    };
}
