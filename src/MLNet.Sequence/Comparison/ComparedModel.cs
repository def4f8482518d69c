namespace MLNet.Sequence;

/// <summary>An architecture in a comparison, and all that was measured of it.</summary>
public sealed record ComparedModel
{
    /// <summary>The architecture's saved name, with a number where there are several of it.</summary>
    public required string Name { get; init; }

    /// <summary>The model that was fitted in the first round.</summary>
    public required SequenceModel Model { get; init; }

    /// <summary>Whether the backbone's receptive field is bounded.</summary>
    public required bool IsFeedForward { get; init; }

    /// <summary>
    /// Whether it is recurrent and a bound of its network's memory is proved: stable. Of a tagger with a conditional random field the
    /// network gives the scores that are decoded.
    /// </summary>
    public bool IsStable => !IsFeedForward && Certificate.OfNetwork.IsCertified;

    /// <summary>What is proved about the memory of the first round's model.</summary>
    public MemoryCertificate Certificate => Model.Certificate;

    /// <summary>
    /// Other measures of the first round's model on the test rows, by the names that they have in JSON: of forecasts <c>mse</c>, <c>mae</c>,
    /// <c>rmse</c>, <c>smape</c>, <c>mase</c>, and, in units of the deviation over all series, <c>mseStandardised</c> and
    /// <c>maeStandardised</c>; of regression <c>mae</c>, <c>mse</c>, <c>rmse</c> and <c>rSquared</c>; of classes <c>accuracy</c>,
    /// <c>macroF1</c>, <c>cohenKappa</c> and <c>logLoss</c>; of tags <c>accuracy</c> and, of spans, <c>f1</c>, <c>precision</c> and
    /// <c>recall</c>; of next steps <c>loss</c> and, of tokens, <c>perplexity</c> and <c>bitsPerToken</c>. A measure that nothing
    /// defines is NaN.
    /// </summary>
    public required IReadOnlyDictionary<string, double> Metrics { get; init => field = new ValueMap<double>(value); }

    /// <summary>The mean over the test examples of the report's <see cref="RecurrenceReport.Metric"/>, mean over rounds.</summary>
    public required double Error { get; init; }

    /// <summary>
    /// Of forecasts of several series: <see cref="Error"/> in units of the deviation over all of them in place of each one's own, so that
    /// series of a large scale count for more; else null.
    /// </summary>
    public double? PooledError { get; init; }

    /// <summary>The lower end of the confidence interval of <see cref="Error"/>.</summary>
    public required double ErrorLow { get; init; }

    /// <summary>The upper end of the confidence interval of <see cref="Error"/>.</summary>
    public required double ErrorHigh { get; init; }

    /// <summary>The mean over rounds of the best validation loss: what models are chosen by.</summary>
    public required double ValidationError { get; init; }

    /// <summary>Whether one of its trainings ended while the validation loss still fell, by more than 2 % in the last quarter of its epochs.</summary>
    public bool StillLearns { get; init; }

    /// <summary>The largest learning rate of the first round's training; 0 where nothing was trained.</summary>
    public double LearningRate => Model.Report.Epochs.Select(epoch => epoch.LearningRate).DefaultIfEmpty(0).Max();

    /// <summary>Seconds of training, mean over rounds; of the clock, beside the trainings that ran at the same time.</summary>
    public required double TrainingSeconds { get; init; }

    /// <summary>
    /// Microseconds of one step of a session over a growing sequence, in plain C#; NaN where the model reads its sequences as a whole.
    /// </summary>
    public required double StepMicroseconds { get; init; }

    /// <summary>
    /// Whether a step costs the same however long the context is; otherwise a forecaster's context is run anew at each step, and other models
    /// are not stepped.
    /// </summary>
    public required bool StepsInConstantTime { get; init; }

    /// <summary>Windows, or rows that hold a sequence, that a view scores per second.</summary>
    public required double ExamplesPerSecond { get; init; }

    /// <summary>Bytes of weights, and of one series in a session; 0 where there is none.</summary>
    public required (long Weights, long Series) Footprint { get; init; }

    /// <summary>How many steps it uses, measured on the test rows.</summary>
    public required MemoryReport Memory { get; init; }
}

/// <summary>What a prediction costs that needs no model, on the same test examples.</summary>
/// <param name="Name">
/// Of forecasts "naive" and "seasonal naive"; of regression "mean of training"; of classes "class frequencies" and of tags "tag frequencies",
/// those of training, each counted once more; of next steps "token frequencies", "value frequencies", or "mean of training" and
/// "last step repeated".
/// </param>
/// <param name="Error">The mean loss over the test examples, as <see cref="ComparedModel.Error"/>.</param>
public sealed record ComparedBaseline(string Name, double Error)
{
    /// <inheritdoc cref="ComparedModel.PooledError"/>
    public double? PooledError { get; init; }

    /// <summary>Of a forecast its other measures, by the names of <see cref="ComparedModel.Metrics"/>; else none.</summary>
    public IReadOnlyDictionary<string, double> Metrics { get; init => field = new ValueMap<double>(value); } = new ValueMap<double>([]);
}
