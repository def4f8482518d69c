using System.Globalization;
using System.Text;
using System.Text.Json;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>compare, from a CSV file to its results.</summary>
[TestClass]
public sealed class CompareTests
{
    private static readonly string[] Measures = ["mse", "mae", "rmse", "smape", "mase", "mseStandardised", "maeStandardised"];

    [TestMethod]
    public void Two_interleaved_series_give_a_table_models_pictures_and_json()
    {
        using var run = new SampleRun();
        string data = WriteSites(run);
        string[] args = ["compare", "--data", data, "--time", "when", "--series", "site", "--targets", "load,temp", "--context", "14", "--horizon", "7",
            "--architectures", "lstm,tcn", "--epochs", "2", "--seeds", "2", "--split", "0.6,0.2,0.2", "--json", run.Path("results.json")];
        Assert.AreEqual(0, run.Run(args), run.Error);

        string[] written = ["data.csv", "out", "out/forecast.svg", "out/lstm.zip", "out/report.html", "out/seasonal-naive.zip", "out/tcn.zip",
            "out/training-lstm.html", "out/training-tcn.html", "results.json"];
        CollectionAssert.AreEqual(written, run.Entries);
        Assert.Contains("240 rows in 2 series; 144 training, 48 validation, 48 test", run.Output);
        Assert.Contains("season 7", run.Output);
        Assert.Contains("lstm-with-values: epoch  2/2 loss", run.Output); // the first round continues its trial
        Assert.Contains("lstm, seed 2: epoch  2/2 loss", run.Output);
        Assert.Contains("Use the seasonal naive forecast. Recommended: seasonal-naive.", run.Output.ReplaceLineEndings(" "));
        Assert.Contains("Recommended: ", run.Output);
        // Once in the table of measures and once in that of errors, under one name.
        string[] rows = [.. run.Output.Split('\n')
            .Where(line => line.TrimStart('|', ' ').StartsWith("seasonal", StringComparison.Ordinal) && !line.Contains(':', StringComparison.Ordinal))];
        CollectionAssert.AreEqual(new[] { "| seasonal-naive", "seasonal-naive" },
            rows.Select(line => line[..line.IndexOf("naive", StringComparison.Ordinal)] + "naive").ToArray());
        MustBeTheResults(File.ReadAllText(run.Path("results.json")), data);
    }

    [TestMethod]
    public void A_warning_about_the_data_appears_once_for_any_number_of_models()
    {
        using var run = new SampleRun();
        string data = run.WriteHours("data.csv", 80, row => FormattableString.Invariant($"{1_700_000_000 + 3 * row + row % 2}"));
        Assert.AreEqual(0, run.Run("compare", "--data", data, "--targets", "a", "--context", "8", "--horizon", "2", "--epochs", "1", "--seeds", "1",
            "--architectures", "linear,rnn"), run.Error);
        StringAssert.Contains(run.Error.Split('\n').Single(line => line.Contains("apart", StringComparison.Ordinal)), "Warning: 'a' is around 1.7E+09, "
            + "where Single holds only numbers 128 apart");
    }

    [TestMethod]
    public void The_same_seed_gives_the_same_figures_and_another_one_does_not()
    {
        using var run = new SampleRun();
        string data = run.WriteHours("data.csv", 80);
        string First(string seed)
        {
            string json = run.Path("results.json");
            Assert.AreEqual(0, run.Run("--data", data, "--context", "8", "--horizon", "3", "--epochs", "1", "--seeds", "1", "--architectures", "lstm",
                "--seed", seed, "--json", json), run.Error);
            using var results = JsonDocument.Parse(File.ReadAllText(json));
            return results.RootElement.GetProperty("results")[0].GetProperty("metrics").GetRawText();
        }

        string one = First("1");
        Assert.AreEqual(one, First("1"));
        Assert.AreNotEqual(one, First("2"));
    }

    [TestMethod]
    public void Training_stops_writes_and_resumes_as_the_options_say()
    {
        using var run = new SampleRun();
        string[] args = ["--data", run.WriteHours("data.csv", 80), "--context", "8", "--horizon", "3", "--architectures", "tcn", "--seeds", "1", "--optimizer",
            "adamw",
            "--schedule", "cosine", "--clip", "0.5", "--patience", "3", "--checkpoint", run.Path("checkpoints"), "--tensorboard", run.Path("events")];
        Assert.AreEqual(0, run.Run([.. args, "--epochs", "2"]), run.Error);
        Assert.IsTrue(run.Entries.Any(entry => entry.StartsWith("checkpoints/tcn/", StringComparison.Ordinal)));
        Assert.IsTrue(run.Entries.Any(entry => entry.StartsWith("events/tcn/", StringComparison.Ordinal)));
        Assert.AreEqual(0, run.Run([.. args, "--epochs", "2", "--resume"]), run.Error);
        Assert.DoesNotContain("epoch  1/2", run.Output);
        Assert.AreEqual(0, run.Run([.. args, "--max-minutes", "0.00001"]), run.Error);
        Assert.DoesNotContain("epoch  3/20", run.Output);
    }

    [TestMethod]
    public void Huge_errors_do_not_run_columns_together()
    {
        using var run = new SampleRun();
        string data = run.WriteHours("data.csv", 80, row => row < 60 ? FormattableString.Invariant($"{5 + row % 2}")
            : FormattableString.Invariant($"{1e12 * (row % 7)}"));
        Assert.AreEqual(0, run.Run("--data", data, "--targets", "a", "--context", "8", "--horizon", "2", "--epochs", "1", "--seeds", "1", "--architectures",
            "linear"), run.Error);
        string[] naive = [.. run.Output.Split('\n')
            .Where(line => line.Contains("naive ", StringComparison.Ordinal) && line.Contains("E+", StringComparison.Ordinal))];
        Assert.IsNotEmpty(naive);
        // Two numbers without a space between them would have two decimal points.
        foreach (string cell in run.Output.Split([' ', '|', '(', ')', '\n'], StringSplitOptions.RemoveEmptyEntries)
            .Where(cell => cell.All(letter => char.IsAsciiDigit(letter) || letter == '.')))
            Assert.IsLessThan(2, cell.TrimEnd('.').Count(letter => letter == '.'), cell);
    }

    [TestMethod]
    public void Help_lists_the_options_of_compare()
    {
        using var run = new SampleRun();
        Assert.AreEqual(0, run.Run("compare", "--help"));
        foreach (string option in new[] { "compare", "--data", "--architectures", "--split", "--season", "--quick", "--json" })
            Assert.Contains(option, run.Output);
    }

    private static void MustBeTheResults(string text, string data)
    {
        using var json = JsonDocument.Parse(text);
        JsonElement root = json.RootElement;
        MustHave(root, "command", "data", "rows", "metric", "examples", "rounds", "remarks", "results", "leftOut", "stopped", "references", "baselines",
            "comparisons", "dataMemory", "carriesState", "recommendation");
        Assert.AreEqual("compare", root.GetProperty("command").GetString());
        Assert.AreEqual(data, root.GetProperty("data").GetString());
        Assert.AreEqual(240, root.GetProperty("rows").GetInt32());
        JsonElement[] results = [.. root.GetProperty("results").EnumerateArray()];
        // Data that repeats every week needs no model. The recommended reference is saved as a model.
        CollectionAssert.AreEqual(new[] { "lstm", "tcn", "seasonal-naive" }, results.Select(result => result.GetProperty("architecture").GetString())
            .ToArray());
        Assert.AreEqual(0, results[2].GetProperty("epochs").GetInt32());
        MustHave(root.GetProperty("references").GetProperty("seasonal-naive"), "error", "low", "high", "memory");
        foreach (JsonElement result in results[..2])
        {
            MustHave(result, "architecture", "parameters", "epochs", "learningRate", "stillLearns", "normalization", "secondsPerEpoch", "metrics",
                "certificate", "memory", "stepMicroseconds", "error");
            MustHave(result.GetProperty("certificate"), "certified", "lambda", "norm", "receptiveField", "stepsFor1e3");
            MustHave(result.GetProperty("memory"), "stepsFor1Percent", "excessEntropyNats", "lyapunov");
            Assert.IsGreaterThan(0, result.GetProperty("stepMicroseconds").GetDouble());
            Assert.IsGreaterThan(0, result.GetProperty("parameters").GetInt64());
            // The number of epochs doubles if the model still improves.
            Assert.IsTrue(result.GetProperty("epochs").GetInt32() is >= 2 and <= 4);
            Assert.IsGreaterThan(0, result.GetProperty("secondsPerEpoch").GetDouble());
            MustHave(result.GetProperty("metrics"), Measures);
        }

        JsonElement recommendation = root.GetProperty("recommendation");
        MustHave(recommendation, "architecture", "needsRecurrence", "because");
        CollectionAssert.Contains(results.Select(result => result.GetProperty("architecture").GetString()).ToArray(), recommendation.GetProperty("architecture")
            .GetString());
        MustHave(root.GetProperty("baselines"), "naive", "seasonalNaive");
        foreach (JsonProperty baseline in root.GetProperty("baselines").EnumerateObject())
            MustHave(baseline.Value, [.. Measures, "error", "errorPooled"]);
        // The last week forecasts data that repeats every week without error. Both sites and targets repeat every week.
        Assert.AreEqual(0, root.GetProperty("baselines").GetProperty("seasonalNaive").GetProperty("mse").GetDouble(), 1e-6);
        Assert.IsGreaterThan(1, root.GetProperty("baselines").GetProperty("naive").GetProperty("mse").GetDouble());
    }

    private static void MustHave(JsonElement element, params string[] names) =>
        CollectionAssert.AreEqual(names, element.EnumerateObject().Select(property => property.Name).ToArray());

    // Days of two sites, one after the other, with different levels; one name needs quotes.
    private static string WriteSites(SampleRun run)
    {
        var text = new StringBuilder("when,site,load,note,temp\n");
        for (int day = 0; day < 120; day++)
        {
            string date = new DateTime(2021, 1, 1).AddDays(day).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{date},\"north, \"\"A\"\"\",{10 * (day % 7)},x,{day % 7 * day % 7}\n");
            text.Append(CultureInfo.InvariantCulture, $"{date},south,{500 + (day + 3) % 7},y,{(day % 7 == 0 ? 5 : 1)}\n");
        }

        return run.Write("data.csv", text.ToString());
    }
}
