using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;

namespace MLNet.Sequence.Bench.Tables;

/// <summary>
/// Forecasts of the M4 competition. A row measures its candidates, and the means of the best ones, on the last steps of the training series, on which
/// they are not fitted; what is best there forecasts the test steps from the whole training series, once.
/// </summary>
internal static class M4
{
    public static IEnumerable<TableRow> Rows =>
    [
        Row(M4Data.Hourly) with { Aim = 0.5, Published = ".410 (Doornik et al., the best of hours); .440, sMAPE 9.328, MASE .893 (Smyl, the winner of M4)" },
        Row(M4Data.Weekly) with { Aim = 0.9, Published = ".739 (Darin & Stellwagen, the best of weeks); .851 (Smyl, the winner of M4); .971 (Theta)" },
    ];

    /// <summary>Prints the figures of candidates on the validation steps.</summary>
    /// <param name="hourly">M4 Hourly; otherwise Weekly.</param>
    /// <param name="names">The candidates; none: all.</param>
    public static int Validate(bool hourly, IReadOnlyCollection<string> names)
    {
        M4Data set = hourly ? M4Data.Hourly : M4Data.Weekly;
        _ = Trials(set, seed: 1, Candidates(set).Where(one => names.Count == 0 || names.Any(name => one.Name.StartsWith(name, StringComparison.Ordinal))));
        return 0;
    }

    private static TableRow Row(M4Data set) => new()
    {
        Name = $"m4-{set.Name.ToLowerInvariant()}",
        Measure = "test OWA",
        Published = "none",
        Data = set.TrainingPath,
        Settings = $"The last {set.Horizon} steps of each training series validate, and are not trained on. Candidates: "
            + $"{string.Join("; ", Candidates(set).Select(one => one.ToString()))}; and the means of the best two, three, … of them",
        Train = seed => Train(set, seed),
    };

    private static M4Candidate[] Candidates(M4Data set) => set.Name == "Hourly" ? Hourly : Weekly;

    private static M4Candidate[] Hourly =>
    [
        new("ridge-168", new Ridge(), 168) { Normalization = WindowNormalization.LastValue },
        new("ridge-336", new Ridge(), 336),
        new("ridge-336-abs", new Ridge(), 336) { Scaling = ScalingKind.MeanAbsolute },
        Mlp("mlp-168", 168, RegressionLoss.AbsoluteScaled(24)),
        Mlp("mlp-168-log", 168, RegressionLoss.Absolute) with { Scaling = ScalingKind.Log1p },
        Mlp("mlp-96-log", 96, RegressionLoss.Absolute) with { Scaling = ScalingKind.Log1p },
    ];

    private static M4Candidate[] Weekly =>
    [
        new("ridge-52", new Ridge(), 52) { Normalization = WindowNormalization.LastValue, Stride = 1 },
        new("ridge-52-m", new Ridge(), 52) { Stride = 1 },
        new("ridge-26", new Ridge(), 26) { Normalization = WindowNormalization.LastValue, Stride = 1 },
        new("ridge-13", new Ridge(), 13) { Normalization = WindowNormalization.LastValue, Stride = 1 },
        Mlp("mlp-52", 52, RegressionLoss.AbsoluteScaled(1)),
        Mlp("mlp-52-log", 52, RegressionLoss.Absolute) with { Scaling = ScalingKind.Log1p },
        new("theta", new Theta()),
        new("theta-52", new Theta { Season = 52 }),
        new("smoothing", new ExponentialSmoothing()),
    ];

    private static M4Candidate Mlp(string name, int context, RegressionLoss loss) =>
        new(name, new Ensemble(new Linear(), new WindowMlp { HiddenSize = 256, Layers = 2, Dropout = 0.1 }), context) { Loss = loss };

    private static TableResult Train(M4Data set, int seed)
    {
        Trial[] trials = [.. Trials(set, seed, Candidates(set)).OrderBy(trial => trial.Score.Owa)];
        (Dictionary<string, double[]> training, Dictionary<string, double[]> before, Dictionary<string, double[]> last) = Split(set);
        var others = trials.ToDictionary(trial => $"validation OWA {trial.Name}", trial => trial.Score.Owa);
        double[] means = [.. Enumerable.Range(1, trials.Length).Select(count =>
            set.Score(Mean(trials.Take(count).Select(trial => trial.Forecasts)), before, last).Owa)];
        for (int count = 2; count <= trials.Length; count++)
            others[$"validation OWA of the mean of the best {count}"] = means[count - 1];
        int best = 1 + Array.IndexOf(means, means.Min());
        Console.WriteLine($"chosen: {string.Join(" and ", trials.Take(best).Select(trial => trial.Name))}");
        others["mean of the best"] = best;
        others["trainingMinutes"] = Math.Round(trials.Sum(trial => trial.Seconds) / 60, 2);
        M4Score score = set.Score(Mean(trials.Take(best).Select(trial => trial.Forecast(training))), training, set.Test());
        Console.WriteLine($"test: {score}");
        (others["test sMAPE"], others["test MASE"]) = (score.Smape, score.Mase);
        return new TableResult(score.Owa, [.. trials.Take(best).Select(trial => trial.Model?.Model).OfType<SequenceModel>()], others);
    }

    private static (Dictionary<string, double[]> Training, Dictionary<string, double[]> Before, Dictionary<string, double[]> Last) Split(M4Data set)
    {
        Dictionary<string, double[]> training = set.Training();
        return (training, training.ToDictionary(one => one.Key, one => one.Value[..^set.Horizon]),
            training.ToDictionary(one => one.Key, one => one.Value[^set.Horizon..]));
    }

    private static List<Trial> Trials(M4Data set, int seed, IEnumerable<M4Candidate> candidates)
    {
        (Dictionary<string, double[]> training, Dictionary<string, double[]> before, Dictionary<string, double[]> last) = Split(set);
        var trials = new List<Trial>();
        foreach (M4Candidate candidate in candidates)
        {
            var watch = Stopwatch.StartNew();
            ForecastingTransformer? model = candidate.Architecture is null ? null : Fit(set, seed, candidate, training);
            Func<Dictionary<string, double[]>, Dictionary<string, double[]>> forecast = model is null
                ? histories => set.Forecast(candidate.Local!, histories)
                : histories => model.Forecast(M4Data.Rows(new MLContext(), histories)).GroupBy(row => row.Series!)
                    .ToDictionary(group => group.Key, group => group.Select(row => row.Forecast).ToArray());
            Dictionary<string, double[]> forecasts = forecast(before);
            trials.Add(new Trial(candidate.Name, model, forecast, forecasts, set.Score(forecasts, before, last), watch.Elapsed.TotalSeconds));
            string stopped = model?.Model.Report is { } report ? $"{report.StoppedBecause} Epoch {report.BestEpoch} of {report.Epochs.Count}; " : "";
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"validation {candidate.Name}: {trials[^1].Score} ({stopped}{watch.Elapsed.TotalSeconds:F0} s)"));
        }

        return trials;
    }

    private static ForecastingTransformer Fit(M4Data set, int seed, M4Candidate candidate, Dictionary<string, double[]> training)
    {
        var ml = new MLContext(seed);
        return ml.Forecasting.Trainers.Sequence(candidate.Architecture!, new ForecastingOptions
        {
            Targets = [nameof(M4Data.Row.Value)],
            SeriesColumnName = nameof(M4Data.Row.Series),
            Context = candidate.Context,
            Horizon = set.Horizon,
            Stride = candidate.Stride,
            Normalization = candidate.Normalization,
            Scaling = candidate.Scaling,
            Loss = candidate.Loss,
            ValidationSteps = set.Horizon,
            Training = candidate.Training with { Seed = seed, Threads = 1, ShowProgress = false },
        }).Fit(M4Data.Rows(ml, training));
    }

    private static Dictionary<string, double[]> Mean(IEnumerable<Dictionary<string, double[]>> forecasts) => forecasts.SelectMany(one => one)
        .GroupBy(one => one.Key, one => one.Value)
        .ToDictionary(group => group.Key, group => group.First().Select((_, step) => group.Average(forecast => forecast[step])).ToArray());

    private sealed record Trial(string Name, ForecastingTransformer? Model, Func<Dictionary<string, double[]>, Dictionary<string, double[]>> Forecast,
        Dictionary<string, double[]> Forecasts, M4Score Score, double Seconds);
}

/// <summary>A way to forecast all series: a network, or a method that is fitted to each series.</summary>
internal sealed record M4Candidate(string Name, Architecture? Architecture, int Context)
{
    public M4Candidate(string name, LocalModel local)
        : this(name, null, 0) => Local = local;

    public LocalModel? Local { get; init; }

    public WindowNormalization Normalization { get; init; } = WindowNormalization.MeanAndDeviation;

    public ScalingKind Scaling { get; init; }

    public RegressionLoss Loss { get; init; } = RegressionLoss.Squared;

    public int Stride { get; init; } = 11;

    public TrainingOptions Training { get; init; } = new()
    {
        BatchSize = 128,
        Epochs = 12,
        Patience = null,
        Schedule = new CosineSchedule(),
        Progress = new EpochLines(),
    };

    public override string ToString() => Architecture is null ? $"{Name}: {Local}" : string.Create(CultureInfo.InvariantCulture,
        $"{Name}: {Architecture}, context {Context}, {Normalization}, scaling {Scaling}, windows {Stride} steps apart"
            + $"{(Architecture is Reference ? "" : $", {Loss}, {Training.Epochs} epochs of Adam {Training.LearningRate} with a cosine schedule, "
                + $"batches of {Training.BatchSize}")}");
}
