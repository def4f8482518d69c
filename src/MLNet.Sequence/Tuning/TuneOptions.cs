using System.Globalization;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>The measure that decides between trials; the lowest is best.</summary>
public enum TuneMetric
{
    /// <summary>The mean absolute scaled error, MASE, which counts every series alike.</summary>
    MeanAbsoluteScaledError,

    /// <summary>MAE, in the unit of the data: large series count most.</summary>
    MeanAbsoluteError,

    /// <summary>RMSE, in the unit of the data: large errors of large series count most.</summary>
    RootMeanSquaredError,

    /// <summary>sMAPE, in %: for positive values of any level.</summary>
    SymmetricMeanAbsolutePercentageError,
}

/// <summary>How a search for a forecaster spends its time: how many trials, how they are judged, and what ends it.</summary>
/// <remarks>
/// Successive halving (Jamieson and Talwalkar, arXiv 1502.07943): all trials are trained for a few epochs, the best of them for more, and the last ones
/// for all epochs of the options. A rung trains anew from the same seed, so that a search can go on after any stop.
/// </remarks>
public sealed record TuneOptions
{
    /// <summary>The number of trials that start; at least 1. Default 27.</summary>
    public int Trials { get; init; } = 27;

    /// <summary>Of how many trials one goes on to the next rung, with so many times the epochs; at least 2. Default 3.</summary>
    public int Reduction { get; init; } = 3;

    /// <summary>
    /// The time for all trials, measured by <see cref="Clock"/> and counted over resumed searches; what trains when it ends does not count, except the
    /// first trial. Above 0; null, the default: no limit. The final model is fitted after it.
    /// </summary>
    public TimeSpan? MaxTime { get; init; }

    /// <summary>The folds on which a trial is judged, all before the end of the data. Default: three folds of a horizon each.</summary>
    public BacktestOptions Validation { get; init; } = new() { Folds = 3 };

    /// <summary>The measure over all folds that decides. Default <see cref="TuneMetric.MeanAbsoluteScaledError"/>.</summary>
    public TuneMetric Metric { get; init; }

    /// <summary>
    /// Makes the chain of a trial from its forecaster, as <c>forecaster => ml.Transforms.NormalizeMinMax("y").Append(forecaster)</c>. It is called by one
    /// trial after the other. Null, the default: the forecaster alone.
    /// </summary>
    public Func<SequenceForecaster, Microsoft.ML.IEstimator<Microsoft.ML.ITransformer>>? Chain { get; init; }

    /// <summary>
    /// A file that keeps the results so far: a search that finds it goes on where it ended. A file of another search is an error that names the
    /// differences. Null, the default: none.
    /// </summary>
    public string? File { get; init; }

    /// <summary>
    /// The number of trials that are trained at the same time, at least 1; the results are the same. Null, the default: the number of cores, and 1 with a
    /// <see cref="Chain"/>, whose transforms draw random numbers one after the other, and on a GPU.
    /// </summary>
    public int? TrialsAtOnce { get; init; }

    /// <summary>
    /// The seed of settings and trainings, any number; null, the default: that of the <see cref="File"/> if there is one, else taken from the MLContext. The
    /// same seed gives the same trials.
    /// </summary>
    public long? Seed { get; init; }

    /// <summary>The clock of <see cref="MaxTime"/>. Default the wall clock.</summary>
    public TimeProvider Clock { get; init; } = TimeProvider.System;

    /// <summary>Receives every result, on the thread of its trial. Default null.</summary>
    public IProgress<TuneTrial>? Progress { get; init; }

    /// <summary>Stops the search with an <see cref="OperationCanceledException"/>; results in <see cref="File"/> stay. Default: never.</summary>
    public CancellationToken CancellationToken { get; init; }

    /// <exception cref="ArgumentException">Lists all problems.</exception>
    internal void Validate()
    {
        var problems = new Problems();
        string Found(int value) => string.Create(CultureInfo.InvariantCulture, $"found {value}");
        problems.Need(Trials >= 1, $"{nameof(Trials)} must be at least 1; {Found(Trials)}.");
        problems.Need(Reduction >= 2, $"{nameof(Reduction)} must be at least 2; {Found(Reduction)}.");
        problems.Need(MaxTime is null || MaxTime > TimeSpan.Zero, $"{nameof(MaxTime)} must be above 0; found {MaxTime}.");
        problems.Need(TrialsAtOnce is null or >= 1, $"{nameof(TrialsAtOnce)} must be at least 1; found {TrialsAtOnce}.");
        problems.AddRange(Limits.Defined(Metric, nameof(Metric)));
        problems.Need(File is null || !string.IsNullOrWhiteSpace(File), $"{nameof(File)} must name a file.");
        problems.ThrowIfAny("The options of the search are wrong.");
    }

    internal double Of(ForecastingMetrics metrics) => Metric switch
    {
        TuneMetric.MeanAbsoluteError => metrics.MeanAbsoluteError,
        TuneMetric.RootMeanSquaredError => metrics.RootMeanSquaredError,
        TuneMetric.SymmetricMeanAbsolutePercentageError => metrics.SymmetricMeanAbsolutePercentageError,
        _ => metrics.MeanAbsoluteScaledError,
    };
}
