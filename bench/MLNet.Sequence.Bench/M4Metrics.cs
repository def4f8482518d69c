using System.Globalization;
using MLNet.Sequence.Comparison;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// The competition's own benchmark forecasts, scored by <see cref="ForecastingEvaluator"/>, compared with the scores that the organisers
/// published ("Evaluation and Ranks.xlsx" in github.com/Mcompetitions/M4-methods). The evaluator itself also makes Naive and sNaive from
/// the training series; the library's Naive2 and Theta have the published scores.
/// </summary>
internal static class M4Metrics
{
    private sealed record Score(string Method, double Smape, double Mase);

    private sealed record Frequency(string Name, int Seasonality, int Horizon, Score[] Published);

    private static readonly Frequency[] Frequencies =
    [
        new("Hourly", 24, 48, [new("Naive", 43.003, 11.608), new("sNaive", 13.912, 1.193), new("Naive2", 18.383, 2.395), new("SES", 18.094, 2.385)]),
        new("Weekly", 1, 13, [new("Naive", 9.161, 2.777), new("sNaive", 9.161, 2.777), new("Naive2", 9.161, 2.777), new("SES", 9.012, 2.685)]),
    ];

    public static int Run()
    {
        var figures = new List<Figure>();
        foreach (Frequency frequency in Frequencies)
        {
            string[] missing = [.. Files(frequency).Where(file => !File.Exists(file)).Select(file => Path.GetFileName(file))];
            if (missing.Length > 0)
                Console.WriteLine($"SKIPPED: M4 {frequency.Name}, because {DataFiles.Shared("m4")} lacks {string.Join(", ", missing)}");
            else
                figures.AddRange(Compare(frequency));
        }

        return figures.Count == 0 ? 0 : Figure.Report(figures);
    }

    private static IEnumerable<Figure> Compare(Frequency frequency)
    {
        var training = Read(Training(frequency));
        var test = Read(Test(frequency));
        foreach (Figure own in OfTheLibrary(frequency, training, test))
            yield return own;
        foreach (Score published in frequency.Published)
        {
            var metrics = Evaluate(frequency, Read(Forecasts(published.Method)), training, test);
            string name = $"{frequency.Name} {published.Method} ({metrics.Count} series)";
            yield return new($"{name} sMAPE", metrics.SymmetricMeanAbsolutePercentageError, published.Smape, 3);
            yield return new($"{name} MASE", metrics.MeanAbsoluteScaledError, published.Mase, 3);

            var own = published.Method switch { "Naive" => metrics.Naive, "sNaive" => metrics.SeasonalNaive, _ => null };
            if (own is null)
                continue;
            name = $"{frequency.Name} {published.Method} of the evaluator ({own.Count} series)";
            yield return new($"{name} sMAPE", own.SymmetricMeanAbsolutePercentageError, published.Smape, 3);
            yield return new($"{name} MASE", own.MeanAbsoluteScaledError, published.Mase, 3);
        }
    }

    /// <summary>The library's local models; the figures of Theta are those of the sheet's benchmark of that name.</summary>
    private static IEnumerable<Figure> OfTheLibrary(Frequency frequency, Dictionary<string, float[]> training, Dictionary<string, float[]> test)
    {
        (LocalModel Model, double Smape, double Mase)[] published = frequency.Seasonality > 1
            ? [(new Naive2 { Season = frequency.Seasonality }, 18.383, 2.395), (new Theta { Season = frequency.Seasonality }, 18.138, 2.455)]
            : [(new Naive2(), 9.161, 2.777), (new Theta(), 9.093, 2.637)];
        foreach ((LocalModel model, double smape, double mase) in published)
        {
            var forecasts = test.Keys.ToDictionary(series => series, series => Array.ConvertAll(
                model.Forecast([.. training[series].Select(value => (double)value)], frequency.Horizon), value => (float)value));
            ForecastingMetrics metrics = Evaluate(frequency, forecasts, training, test);
            yield return new($"{frequency.Name} {model.Name} of the library sMAPE", metrics.SymmetricMeanAbsolutePercentageError, smape, 3);
            yield return new($"{frequency.Name} {model.Name} of the library MASE", metrics.MeanAbsoluteScaledError, mase, 3);
        }
    }

    /// <summary>One window per series: the forecast origin is the last training row.</summary>
    private static ForecastingMetrics Evaluate(
        Frequency frequency, Dictionary<string, float[]> forecasts, Dictionary<string, float[]> training, Dictionary<string, float[]> test)
    {
        var evaluator = new ForecastingEvaluator(new() { Targets = ["value"], Horizon = frequency.Horizon, Seasonality = frequency.Seasonality });
        foreach (var (series, actual) in test)
        {
            double scale = ForecastingEvaluator.SeasonalScale(training[series], frequency.Seasonality);
            evaluator.Add(forecasts[series], actual, training[series], [scale]);
        }

        return evaluator.Compute();
    }

    /// <summary>Series by name; the empty fields and NA that pad a row are dropped.</summary>
    private static Dictionary<string, float[]> Read(string path) => DataFiles.ReadGzip(path).Skip(1).ToDictionary(
        fields => fields[0],
        fields => fields.Skip(1).Where(field => field is not ("" or "NA")).Select(field => float.Parse(field, CultureInfo.InvariantCulture)).ToArray());

    private static IEnumerable<string> Files(Frequency frequency) =>
        [Training(frequency), Test(frequency), .. frequency.Published.Select(score => Forecasts(score.Method))];

    private static string Training(Frequency frequency) => DataFiles.Shared("m4", $"{frequency.Name}-train.csv.gz");

    private static string Test(Frequency frequency) => DataFiles.Shared("m4", $"{frequency.Name}-test.csv.gz");

    private static string Forecasts(string method) => DataFiles.Shared("m4", $"forecasts-{method}-hourly-weekly.csv.gz");
}
