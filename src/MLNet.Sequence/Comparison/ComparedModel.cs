namespace MLNet.Sequence;

/// <summary>An architecture in a comparison, and all its measurements.</summary>
public sealed record ComparedModel
{
    /// <summary>The architecture's saved name, with a number if it occurs several times.</summary>
    public required string Name { get; init; }

    /// <summary>The model that was fitted in the first round.</summary>
    public required SequenceModel Model { get; init; }

    /// <summary>Whether the backbone's receptive field is bounded; for pairs, whether neither encoder nor decoder has a recurrent layer.</summary>
    public required bool IsFeedForward { get; init; }

    /// <summary>
    /// Whether it is recurrent and has a proven bound on its network's memory: stable. In a tagger with a conditional random field, the
    /// network outputs the scores that are decoded.
    /// </summary>
    public bool IsStable => !IsFeedForward && Certificate.OfNetwork.IsCertified;

    /// <summary>The proven facts about the memory of the first round's model.</summary>
    public MemoryCertificate Certificate => Model.Certificate;

    /// <summary>
    /// Further metrics of the first round's model on the test rows, by their names in JSON. Forecasts: <c>mse</c>, <c>mae</c>,
    /// <c>rmse</c>, <c>smape</c>, <c>mase</c>, and, in units of the deviation over all series, <c>mseStandardised</c> and
    /// <c>maeStandardised</c>. Regression: <c>mae</c>, <c>mse</c>, <c>rmse</c> and <c>rSquared</c>. Classes: <c>accuracy</c>,
    /// <c>macroF1</c>, <c>cohenKappa</c> and <c>logLoss</c>. Tags: <c>accuracy</c> and, for spans, <c>f1</c>, <c>precision</c> and
    /// <c>recall</c>. Next steps: <c>loss</c> and, for tokens, <c>perplexity</c> and <c>bitsPerToken</c>. Pairs of
    /// tokens: <c>bleu</c>, <c>chrF</c>, <c>exactMatch</c> and <c>tokenAccuracy</c> of the targets that a search finds. An undefined metric is NaN.
    /// </summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init => field = new ValueMap<double>(value); }

    /// <summary>The mean over the test examples of the report's <see cref="RecurrenceReport.Metric"/>, mean over rounds.</summary>
    public required double Error { get; init; }

    /// <summary>
    /// For forecasts of several series: <see cref="Error"/> in units of the deviation over all series instead of each one's own, so that
    /// series of a large scale have a larger weight; else null.
    /// </summary>
    public double? PooledError { get; init; }

    /// <summary>The lower end of the confidence interval of <see cref="Error"/>.</summary>
    public required double ErrorLow { get; init; }

    /// <summary>The upper end of the confidence interval of <see cref="Error"/>.</summary>
    public required double ErrorHigh { get; init; }

    /// <summary>The mean over rounds of the best validation loss. Models are chosen by it.</summary>
    public required double ValidationError { get; init; }

    /// <summary>Whether one of its trainings ended while the validation loss still fell, by more than 2 % in the last quarter of its epochs.</summary>
    public bool StillLearns { get; init; }

    /// <summary>The largest learning rate of the first round's training; 0 if nothing was trained.</summary>
    public double LearningRate => Model.Report.Epochs.Select(epoch => epoch.LearningRate).DefaultIfEmpty(0).Max();

    /// <summary>Wall-clock seconds of training, mean over rounds; other trainings may have run at the same time.</summary>
    public required double TrainingSeconds { get; init; }

    /// <summary>
    /// Microseconds of one step of a session over a growing sequence, in plain C#; NaN if the model reads whole sequences at once. For pairs, of
    /// one step of a target as long as the longest in training, for the longest source of the test rows, whose encoding is not counted.
    /// </summary>
    public required double StepMicroseconds { get; init; }

    /// <summary>
    /// Whether the cost of a step does not depend on the length of the context. Otherwise a forecaster runs its whole context again at each
    /// step, and other models have no steps; a step of a target attends to all of its source.
    /// </summary>
    public required bool StepsInConstantTime { get; init; }

    /// <summary>Windows, or rows that hold a sequence, that a view scores per second; pairs whose loss is computed in a second, by all cores.</summary>
    public required double ExamplesPerSecond { get; init; }

    /// <summary>Bytes of weights, and of one series in a session; 0 if it has none. For pairs, the state of a decoder without its encoded source.</summary>
    public required (long Weights, long Series) Footprint { get; init; }

    /// <summary>How many steps it uses, measured on the test rows; null for models of pairs, whose targets depend on all steps of their sources.</summary>
    public required MemoryReport? Memory { get; init; }
}

/// <summary>The error of a prediction that needs no model, on the same test examples.</summary>
/// <param name="Name">
/// Forecasts: "naive" and "seasonal naive". Regression: "mean of training". Classes: "class frequencies". Tags: "tag frequencies". These
/// are frequencies in training, each count plus one. Next steps: "token frequencies", "value frequencies", or "mean of training" and
/// "last step repeated". Pairs: "token frequencies" of the
/// target, or its "mean of training".
/// </param>
/// <param name="Error">The mean loss over the test examples, as <see cref="ComparedModel.Error"/>.</param>
public sealed record ComparedBaseline(string Name, double Error)
{
    /// <inheritdoc cref="ComparedModel.PooledError"/>
    public double? PooledError { get; init; }

    /// <summary>For a forecast its further metrics, by the names of <see cref="ComparedModel.Metrics"/>; else none.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init => field = new ValueMap<double>(value); } = new ValueMap<double>([]);
}
