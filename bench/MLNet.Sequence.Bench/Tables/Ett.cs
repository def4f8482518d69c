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

    public static IEnumerable<TableRow> Rows =>
    [
        .. Asked.Select(asked => Row(asked.Set, asked.Horizon, "", Candidates(asked.Set, asked.Horizon)) with { Aim = asked.Aim, Published = asked.Published }),
        .. Asked.SelectMany(asked => new Architecture[] { new Lstm { HiddenSize = 64 }, new Tcn() }.Select(plain =>
            Row(asked.Set, asked.Horizon, $"-{plain.Name}", [Plain(plain, asked.Set)]))),
    ];

    /// <summary>Prints the validation errors of candidates, without a look at the test months.</summary>
    /// <param name="set">ETTh1 or ETTm1.</param>
    /// <param name="horizon">The steps ahead.</param>
    /// <param name="names">The candidates; none: all.</param>
    public static int Validate(string set, int horizon, IReadOnlyCollection<string> names)
    {
        foreach (Trial trial in Trials(new EttData(set), horizon, seed: 1, [.. Candidates(set, horizon).Where(one => names.Count == 0 || names.Contains(one.Name))]))
            trial.Model.Dispose();
        return 0;
    }

    private static EttCandidate[] Candidates(string set, int horizon)
    {
        int stride = set == "ETTm1" ? 4 : 1;
        return
        [
            .. new[] { 336, 512, 720 }.SelectMany(context => new[] { WindowNormalization.LastValue, WindowNormalization.MeanAndDeviation }.Select(kind =>
                new EttCandidate($"ridge-{context}-{kind}", new Ridge(), context) { Normalization = kind, Stride = stride })),
            Mlp("mlp-336", 336, 0.3, 3e-4), Mlp("mlp-512", 512, 0.3, 3e-4), Mlp("mlp-512-d", 512, 0.7, 3e-4), Mlp("mlp-512-lr", 512, 0.5, 1e-4),
            new EttCandidate("linear-512", new Linear { Size = 96 }, 512) { Stride = 4 * stride },
            new EttCandidate("patch-336", new Patched(new Transformer { Channels = 32, Layers = 2, Heads = 4, FeedForward = 64, Dropout = 0.3 }, 32, 16), 336) { Stride = 8 * stride },
            new EttCandidate("patch-gru-512", new Patched(new Gru { HiddenSize = 128 }, 48, 48), 512) { Stride = 8 * stride },
        ];
    }

    private static EttCandidate Mlp(string name, int context, double dropout, double rate) => new(name, new Ensemble(
        new Linear { Size = 96 }, new WindowMlp { HiddenSize = 256, Layers = 1, Dropout = dropout }), context)
    {
        Stride = 8,
        Training = new TrainingOptions { LearningRate = rate, BatchSize = 128, Epochs = int.Parse(Environment.GetEnvironmentVariable("E") ?? "20"), Patience = 4, Progress = new EpochLines() },
    };

    private static EttCandidate Plain(Architecture architecture, string set) => new(architecture.Name, architecture, 96)
    {
        Normalization = WindowNormalization.None,
        Stride = set == "ETTm1" ? 28 : 7,
    };

    private static TableRow Row(string set, int horizon, string suffix, EttCandidate[] candidates) => new()
    {
        Name = $"{set.ToLowerInvariant()}-{horizon}{suffix}",
        Measure = "test MSE, standardised",
        Published = "none",
        Data = EttData.Path(set),
        Settings = "12, 4 and 4 months; one network for all channels, each a series of its own. Fitted to the training months; chosen on all origins of the "
            + $"validation months among: {string.Join("; ", candidates.Select(one => one.ToString()))}"
            + $"{(candidates.Length > 1 ? "; and the means of the best two, three, … of them" : "")}",
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
        float[] test = Mean([.. trials.Take(best).Select(trial => data.Forecast(trial.Model, data.ValidationEnd, data.TestEnd))]);
        double measured = data.Error(test, data.ValidationEnd, data.TestEnd, horizon);
        SequenceModel model = trials[0].Model.Model;
        return new TableResult(measured, model, others);
    }

    private static IEnumerable<Trial> Trials(EttData data, int horizon, int seed, IEnumerable<EttCandidate> candidates)
    {
        foreach (EttCandidate candidate in candidates)
        {
            var ml = new MLContext(seed);
            var watch = Stopwatch.StartNew();
            ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(candidate.Architecture, new ForecastingOptions
            {
                Targets = [nameof(EttData.Reading.Value)],
                SeriesColumnName = nameof(EttData.Reading.Channel),
                Context = candidate.Context,
                Horizon = horizon,
                Stride = candidate.Stride,
                Normalization = candidate.Normalization,
                ValidationSteps = data.ValidationEnd - data.TrainingEnd,
                Training = candidate.Training with { Seed = seed, Threads = 1, ShowProgress = false },
            }).Fit(data.Rows(ml, 0, data.ValidationEnd));
            double seconds = watch.Elapsed.TotalSeconds;
            float[] forecasts = data.Forecast(model, data.TrainingEnd, data.ValidationEnd);
            double error = data.Error(forecasts, data.TrainingEnd, data.ValidationEnd, horizon);
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
                $"validation {candidate.Name}: {error:F4} ({model.Model.Report.StoppedBecause}, epoch {model.Model.Report.BestEpoch} of {model.Model.Report.Epochs.Count}; {seconds:F0} s, {watch.Elapsed.TotalSeconds - seconds:F0} s of scoring)"));
            yield return new Trial(candidate.Name, model, forecasts, error, seconds);
        }
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

    private sealed record Trial(string Name, ForecastingTransformer Model, float[] Forecasts, double Error, double Seconds);
}

/// <summary>A way to forecast a channel from its past.</summary>
/// <param name="Name">The name.</param>
/// <param name="Architecture">The architecture.</param>
/// <param name="Context">The steps that it sees.</param>
internal sealed record EttCandidate(string Name, Architecture Architecture, int Context)
{
    public WindowNormalization Normalization { get; init; } = WindowNormalization.MeanAndDeviation;

    public int Stride { get; init; } = 1;

    public TrainingOptions Training { get; init; } = new() { BatchSize = 128, Epochs = int.Parse(Environment.GetEnvironmentVariable("E") ?? "20"), Patience = 4, Progress = new EpochLines() };
}
