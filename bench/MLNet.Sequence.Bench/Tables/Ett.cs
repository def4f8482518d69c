using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;

namespace MLNet.Sequence.Bench.Tables;

/// <summary>
/// Forecasts of ETTh1 and ETTm1. A row fits each of its candidates to the training months, and measures them and the means of the best ones on the
/// validation months; what is best there forecasts the test months, once.
/// </summary>
internal static class Ett
{
    private static readonly (string Set, int Horizon, double Aim, string Published)[] Asked =
    [
        ("ETTh1", 96, 0.375, ".370 (PatchTST), .374 (NLinear)"), ("ETTh1", 192, 0.410, ".413 (PatchTST), .408 (NLinear)"),
        ("ETTh1", 336, 0.435, ".422 (PatchTST), .429 (NLinear)"), ("ETTh1", 720, 0.460, ".447 (PatchTST), .440 (NLinear)"),
        ("ETTm1", 96, 0.300, ".290 (PatchTST), .306 (NLinear)"), ("ETTm1", 336, 0.370, ".366 (PatchTST), .375 (NLinear)"),
    ];

    private static readonly int[] Contexts = [336, 512, 720];

    private static readonly WindowNormalization[] Kinds = [WindowNormalization.LastValue, WindowNormalization.MeanAndDeviation];

    public static IEnumerable<TableRow> Rows =>
    [
        .. Asked.Select(asked => Row(asked.Set, asked.Horizon, "", Candidates(asked.Set)) with { Aim = asked.Aim, Published = asked.Published }),
        .. Asked.SelectMany(asked => new Architecture[] { new Lstm { HiddenSize = 64 }, new Tcn { Channels = 32 } }.Select(plain =>
            Row(asked.Set, asked.Horizon, $"-{plain.Name}", [Plain(plain, asked.Set)]))),
    ];

    /// <summary>Prints the validation errors of candidates, without a look at the test months.</summary>
    /// <param name="set">ETTh1 or ETTm1.</param>
    /// <param name="horizon">The steps ahead.</param>
    /// <param name="names">The candidates; none: all.</param>
    public static int Validate(string set, int horizon, IReadOnlyCollection<string> names)
    {
        IEnumerable<EttCandidate> asked = Candidates(set)
            .Where(one => names.Count == 0 || names.Any(name => one.Name.Contains(name, StringComparison.Ordinal)));
        _ = Trials(new EttData(set), horizon, seed: 1, asked).ToArray();
        return 0;
    }

    private static EttCandidate[] Candidates(string set)
    {
        int stride = set == "ETTm1" ? 4 : 1;
        return
        [
            .. Contexts.SelectMany(context => Kinds.Select(kind => Ridge(context, kind, stride))),
            .. Kinds.Select(kind => Ridge(512, kind, stride) with { Name = $"own-ridge-512-{kind}", PerChannel = true }),
        ];
    }

    private static EttCandidate Ridge(int context, WindowNormalization kind, int stride) =>
        new($"ridge-{context}-{kind}", new Ridge(), context) { Normalization = kind, Stride = stride };

    private static EttCandidate Plain(Architecture architecture, string set) => new(architecture.Name, architecture, 96)
    {
        Normalization = WindowNormalization.None,
        Stride = set == "ETTm1" ? 28 : 7,
        Validates = false,
        Training = new TrainingOptions { BatchSize = 64, Epochs = 10, Schedule = new CosineSchedule(), Progress = new EpochLines() },
    };

    private static TableRow Row(string set, int horizon, string suffix, EttCandidate[] candidates) => new()
    {
        Name = $"{set.ToLowerInvariant()}-{horizon}{suffix}",
        Measure = "test MSE, standardised",
        Published = "none",
        Data = EttData.Path(set),
        Settings = "12, 4 and 4 months; each channel is a series, and all have the same weights if nothing else is said. Fitted to the training months; "
            + (candidates is [{ Validates: false } plain] ? $"nothing is chosen: {plain}"
                : $"chosen on all origins of the validation months among: {string.Join("; ", candidates.Select(one => one.ToString()))}; "
                    + "and the means of the best two, three, … of them"),
        Train = seed => Train(seed, set, horizon, candidates),
    };

    private static TableResult Train(int seed, string set, int horizon, EttCandidate[] candidates)
    {
        var data = new EttData(set);
        Trial[] trials = [.. Trials(data, horizon, seed, candidates).OrderBy(trial => trial.Error)];
        var others = trials.ToDictionary(trial => $"validation {trial.Name}", trial => trial.Error);
        int best = 1;
        for (int count = 2; count <= trials.Length; count++)
        {
            double error = data.Error(Mean([.. trials.Take(count).Select(trial => trial.Forecasts)]), data.TrainingEnd, data.ValidationEnd, horizon);
            others[$"validation mean of the best {count}"] = error;
            if (error < others[best == 1 ? $"validation {trials[0].Name}" : $"validation mean of the best {best}"])
                best = count;
        }

        Console.WriteLine($"chosen: {string.Join(" and ", trials.Take(best).Select(trial => trial.Name))}");
        others["mean of the best"] = best;
        others["trainingMinutes"] = Math.Round(trials.Sum(trial => trial.Seconds) / 60, 2);
        float[] test = Mean([.. trials.Take(best).Select(trial => data.Forecast(trial.Models, data.ValidationEnd, data.TestEnd))]);
        double measured = data.Error(test, data.ValidationEnd, data.TestEnd, horizon);
        return new TableResult(measured, [.. trials.Take(best).SelectMany(trial => trial.Models).Select(one => one.Model)], others);
    }

    private static IEnumerable<Trial> Trials(EttData data, int horizon, int seed, IEnumerable<EttCandidate> candidates)
    {
        foreach (EttCandidate candidate in candidates)
        {
            var watch = Stopwatch.StartNew();
            int channels = data.Values.Count;
            ForecastingTransformer[] models = candidate.PerChannel
                ? [.. Enumerable.Range(0, channels).Select(channel => Fit(data, horizon, seed, candidate, channel..(channel + 1)))]
                : [Fit(data, horizon, seed, candidate, ..)];
            SequenceModel model = models[0].Model;
            double seconds = watch.Elapsed.TotalSeconds;
            float[] forecasts = data.Forecast(models, data.TrainingEnd, data.ValidationEnd);
            double error = data.Error(forecasts, data.TrainingEnd, data.ValidationEnd, horizon);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"validation {candidate.Name}: {error:F4} ({model.Report.StoppedBecause} Epoch {model.Report.BestEpoch} "
                    + $"of {model.Report.Epochs.Count}; {seconds:F0} s, {watch.Elapsed.TotalSeconds - seconds:F0} s of scoring)"));
            yield return new Trial(candidate.Name, models, forecasts, error, seconds);
        }
    }

    private static ForecastingTransformer Fit(EttData data, int horizon, int seed, EttCandidate candidate, Range channels)
    {
        var ml = new MLContext(seed);
        return ml.Forecasting.Trainers.Sequence(candidate.Architecture, new ForecastingOptions
        {
            Targets = [nameof(EttData.Reading.Value)],
            SeriesColumnName = nameof(EttData.Reading.Channel),
            Context = candidate.Context,
            Horizon = horizon,
            Stride = candidate.Stride,
            Normalization = candidate.Normalization,
            ValidationSteps = candidate.Validates ? data.ValidationEnd - data.TrainingEnd : null,
            Training = candidate.Training with { Seed = seed, Threads = 1, ShowProgress = false, ValidationFraction = candidate.Validates ? 0.1 : 0 },
        }).Fit(data.Rows(ml, channels, 0, candidate.Validates ? data.ValidationEnd : data.TrainingEnd));
    }

    private static float[] Mean(float[][] forecasts)
    {
        if (forecasts.Length == 1)
            return forecasts[0];
        var mean = new float[forecasts[0].Length];
        foreach (float[] one in forecasts)
        {
            for (int i = 0; i < mean.Length; i++)
                mean[i] += one[i] / forecasts.Length;
        }

        return mean;
    }

    private sealed record Trial(string Name, ForecastingTransformer[] Models, float[] Forecasts, double Error, double Seconds);
}

/// <summary>A way to forecast a channel from its past.</summary>
/// <param name="Name">The name.</param>
/// <param name="Architecture">The architecture.</param>
/// <param name="Context">The steps that it sees.</param>
internal sealed record EttCandidate(string Name, Architecture Architecture, int Context)
{
    public WindowNormalization Normalization { get; init; } = WindowNormalization.MeanAndDeviation;

    public int Stride { get; init; } = 1;

    /// <summary>Whether each channel has weights of its own.</summary>
    public bool PerChannel { get; init; }

    /// <summary>Whether the validation months choose the penalty or the epoch; otherwise all epochs are run.</summary>
    public bool Validates { get; init; } = true;

    public TrainingOptions Training { get; init; } = new() { BatchSize = 256 };

    public override string ToString() => string.Create(CultureInfo.InvariantCulture,
        $"{Name}: {Architecture}, context {Context}, {Normalization}, windows {Stride} steps apart"
            + $"{(PerChannel ? ", weights of its own for each channel" : "")}"
            + $"{(Validates ? "" : $", {Training.Epochs} epochs of Adam {Training.LearningRate} with a cosine schedule, batches of {Training.BatchSize}")}");
}
