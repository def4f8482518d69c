using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using MLNet.Sequence.Samples;
using MLNet.Sequence.Tests.Comparison;

namespace MLNet.Sequence.Tests.Samples;

[TestClass]
public sealed class CompareOptionTests() : OptionContract("compare", "--data @hours.csv --context 8 --horizon 2 --epochs 1 --seeds 1 --architectures "
    + "linear --json @results.json")
{
    internal override IEnumerable<OptionCase> Cases =>
    [
        .. SeriesFiles.Cases(run => run.Found(@"(\d+ rows in .*)\n") + run.Found("targets (.*)\n") + Naive(run)),
        .. Training(Loss),
        new("--stride", "--stride 3", Loss),
        new("--context", "--context 9 --horizon 3 --season 5", run => run.Found(@"context (\d+)")),
        new("--horizon", "--context 9 --horizon 3 --season 5", run => run.Found(@"horizon (\d+)")),
        new("--season", "--context 9 --horizon 3 --season 5", run => run.Found(@"season (\d+)")),
        new("--normalization", "--normalization mean", run => run.Found("as each model sees them: linear (.*)\\."), "--normalization last-value"),
        new("--architectures", "--architectures linear,rnn --set linear.window=4 --seeds 2 --split 30,10,10", run => run.Has("rnn.zip")),
        new("--set", "--architectures linear,rnn --set linear.window=4 --seeds 2 --split 30,10,10", Parameters),
        new("--seeds", "--architectures linear,rnn --set linear.window=4 --seeds 2 --split 30,10,10", run => run.Count("seed 2: epoch")),
        new("--train-beaten", $"{Race} --train-beaten", run => run.Found("(linear was stopped after 3 of 12 epochs)"), Race),
        new("--split", "--architectures linear,rnn --set linear.window=4 --seeds 2 --split 30,10,10", run => run.Found(@"; (\d+ training.*)\n")),
        new("--out", "--context 9 --out @elsewhere", run => run.Has("../elsewhere/report.html"), "--context 9"),
        new("--json", "!--json", run => run.Has("../results.json")),
    ];

    // The value before the last one matters, and the last one does not.
    private const string Race = "--data @race.csv --targets a --context 4 --horizon 1 --epochs 12 --batch-size 32 --learning-rate 0.005 --normalization none "
        + "--split 1500,800,200 --architectures window-mlp,linear --set linear.window=1";

    internal override void WriteFiles()
    {
        SeriesFiles.WriteAll(this);
        double[] values = TwoSteps.Values(2500);
        Files.WriteHours("race.csv", values.Length, row => values[row].ToString("F3", CultureInfo.InvariantCulture));
    }

    [TestMethod]
    public void Without_a_command_the_options_are_those_of_compare()
    {
        RootCommand root = Cli.Build(new Terminal(TextWriter.Null, TextWriter.Null, default));
        string[] own = [.. root.Subcommands.Single(command => command.Name == "compare").Options.Select(option => option.Name)];
        CollectionAssert.IsSubsetOf(own, root.Options.Select(option => option.Name).ToArray());
        CollectionAssert.AreEqual(
            new[] { "--config", "--help", "--save-config", "--version" },
            root.Options.Select(option => option.Name).Except(own).Order(StringComparer.Ordinal).ToArray());
    }

    // A training of one epoch only continues its trial, and writes no line.
    private static string Loss(OptionCase.Seen run)
    {
        using JsonDocument json = Results(run);
        return json.RootElement.GetProperty("results")[0].GetProperty("error").GetProperty("mean").GetRawText();
    }

    private static string Naive(OptionCase.Seen run)
    {
        using JsonDocument json = Results(run);
        return json.RootElement.GetProperty("baselines").GetProperty("naive").GetProperty("mae").GetRawText();
    }

    // The number of parameters of the first architecture.
    private static string Parameters(OptionCase.Seen run)
    {
        using JsonDocument json = Results(run);
        return json.RootElement.GetProperty("results")[0].GetProperty("parameters").GetRawText();
    }

    private static JsonDocument Results(OptionCase.Seen run) => JsonDocument.Parse(run.Text("../results.json"));
}

[TestClass]
public sealed class ForecastOptionTests() : OptionContract("forecast", "--data @hours.csv --context 8 --horizon 2 --epochs 1 --architecture linear")
{
    private const string Drawn = "!--context !--horizon !--epochs !--architecture --model @gaussian.zip --steps 4";

    private static string Written(OptionCase.Seen run) => run.Text("forecasts.csv");

    internal override IEnumerable<OptionCase> Cases =>
    [
        .. SeriesFiles.Cases(Written),
        .. SeriesFiles.Forms(Written),
        .. Training(Written),
        new("--stride", "--stride 3", Written),
        new("--context", "--context 9", Written),
        new("--horizon", "--horizon 3", run => $"{Written(run).Split('\n').Length}"),
        new("--architecture", "--architecture rnn", run => run.Found("(.*): epoch")),
        new("--carries-state", "--architecture rnn --carries-state", Written, "--architecture rnn"),
        new("--streaming", "--architecture tcn --context 12 --streaming", Written, "--architecture tcn --context 12"),
        new("--scaling", "--scaling robust", Written),
        new("--difference", "--difference first", Written),
        new("--loss", "--loss mase", Written),
        new("--season", "--difference seasonal --season 4", Written, "--difference seasonal --season 3"),
        new("--set", "--set linear.window=4", Written),
        new("--model", "!--context !--horizon !--epochs !--architecture --model @model.zip", run => run.Count("epoch")),
        new("--steps", "--steps 7", run => $"{Written(run).Split('\n').Length}"),
        new("--paths", $"{Drawn} --paths 50", Written, Drawn),
        new("--out", "--out @elsewhere", run => run.Has("../elsewhere/forecasts.csv")),
        new("--json", "--json @results.json", run => run.Has("../results.json")),
    ];

    internal override void WriteFiles()
    {
        SeriesFiles.WriteAll(this);
        SavedForecasters.Write(Files);
    }

    [TestMethod]
    [DataRow("rnn --streaming", "rnn --carries-state")]
    [DataRow("rnn --streaming --quick", "rnn --carries-state --quick")]
    [DataRow("tcn --streaming --quick", "tcn --streaming --quick --stride 4")]
    public void Streaming_carries_the_state_of_a_recurrent_model_and_trains_the_windows_of_any_other(string one, string same)
    {
        string Forecasts(string options)
        {
            string[] arguments = ["forecast", "--data", Files.Path("hours.csv"), "--context", "12", "--horizon", "2", "--epochs", "1",
                .. $"--architecture {options}".Split(' ')];
            Assert.AreEqual(0, Files.Run(arguments), Files.Error);
            return File.ReadAllText(Files.Path("out/forecasts.csv"));
        }

        Assert.AreEqual(Forecasts(same), Forecasts(one));
    }
}

[TestClass]
public sealed class BacktestOptionTests() : OptionContract(
    "backtest", "--data @hours.csv --context 8 --horizon 2 --epochs 1 --architecture linear --folds 2 --season 4 --json @results.json")
{
    private static string Written(OptionCase.Seen run) => run.Text("backtest.csv");

    internal override IEnumerable<OptionCase> Cases =>
    [
        .. SeriesFiles.Cases(Written),
        .. SeriesFiles.Forms(Written),
        new("--scaling", "--scaling robust", Written),
        new("--difference", "--difference first", Written),
        new("--loss", "--loss mase", Written),
        .. Steps(Written),
        new("--epochs", "--epochs 2", Written),
        new("--learning-rate", "--learning-rate 0.02", Written),
        new("--schedule", "--epochs 3 --schedule cosine", Written, "--epochs 3"),
        new("--patience", "--epochs 8 --learning-rate 9 --patience 1", Written, "--epochs 8 --learning-rate 9 --patience 0"),
        new("--max-minutes", "--epochs 30 --max-minutes 0.000001", Written, "--epochs 30"),
        new("--quick", "!--epochs --quick --max-minutes 0.000001", Written, "!--epochs --max-minutes 0.000001"),
        new("--stride", "--stride 3", Written),
        new("--context", "--context 9", Written),
        new("--horizon", "--horizon 3", Written),
        new("--architecture", "--architecture rnn", run => run.Found("(.*), fold 1:")),
        new("--carries-state", "--architecture rnn --carries-state", Written, "--architecture rnn"),
        new("--streaming", "--architecture tcn --context 12 --streaming", Written, "--architecture tcn --context 12"),
        new("--set", "--set linear.window=4", Written),
        new("--folds", "--folds 3", run => run.Count("fold [0-9]+:")),
        new("--every", "--every 5", Written),
        new("--training-rows", "--training-rows 30", Written),
        new("--fit-once", "--fit-once", Written),
        new("--season", "--season 6", Written),
        new("--out", "--out @elsewhere", run => run.Has("../elsewhere/backtest.csv")),
        new("--json", "!--json", run => run.Has("../results.json")),
    ];

    internal override void WriteFiles() => SeriesFiles.WriteAll(this);

    [TestMethod]
    public void The_table_and_the_JSON_hold_the_model_its_folds_its_series_and_the_references()
    {
        Assert.AreEqual(0, Files.Run("backtest", "--data", Files.Path("keys.csv"), "--series", "s", "--targets", "a", "--context", "6", "--horizon", "2",
            "--epochs", "1", "--folds", "3", "--season", "4", "--architecture", "naive", "--json", Files.Path("all.json")), Files.Error);

        string[] lines = File.ReadAllLines(Files.Path("out/backtest.csv"));
        Assert.AreEqual("of,name,windows,mae,mse,rmse,mape,wape,smape,mase,rmsse", lines[0]);
        CollectionAssert.AreEqual(
            new[]
            {
                "model,naive,6", "reference,naive,6", "reference,seasonal naive,6", "reference,Naive2,6", "reference,Theta,6",
                "fold,1,2", "fold,2,2", "fold,3,2", "series,x,3", "series,y,3",
            },
            lines[1..].Select(line => string.Join(',', line.Split(',')[..3])).ToArray());
        using JsonDocument json = JsonDocument.Parse(File.ReadAllText(Files.Path("all.json")));
        Assert.AreEqual(lines[1].Split(',')[3], json.RootElement.GetProperty("all").GetProperty("mae").GetRawText());
        Assert.AreEqual(3, json.RootElement.GetProperty("folds").GetArrayLength());
        Assert.AreEqual("y", json.RootElement.GetProperty("series")[1].GetProperty("name").GetString());
    }

    [TestMethod]
    public void Too_many_folds_are_refused_before_training()
    {
        Files.MustRefuse(["backtest", "--data", Files.Path("hours.csv"), "--context", "8", "--horizon", "4", "--folds", "20"],
            "The data has 60 rows", "at least 92 rows: 80 for tests");
        Files.MustRefuse(["backtest", "--data", Files.Path("hours.csv"), "--folds", "0"], "--folds must be a whole number of at least 1");
    }
}

[TestClass]
public sealed class LearningRateOptionTests() : OptionContract("learning-rate", "--data @hours.csv --context 8 --horizon 2 --steps 10 --architecture linear")
{
    private static string Drawn(OptionCase.Seen run) => run.Bytes("learning-rate.html");

    internal override IEnumerable<OptionCase> Cases =>
    [
        .. SeriesFiles.Cases(Drawn),
        .. SeriesFiles.Forms(Drawn),
        .. Steps(Drawn),
        new("--stride", "--stride 3", Drawn),
        new("--quick", "--quick", Drawn),
        new("--context", "--context 9", Drawn),
        new("--horizon", "--horizon 3", Drawn),
        new("--architecture", "--architecture rnn", run => run.Found("(.*): suggested")),
        new("--carries-state", "--architecture rnn --carries-state", Drawn, "--architecture rnn"),
        new("--streaming", "--architecture tcn --context 12 --streaming", Drawn, "--architecture tcn --context 12"),
        new("--set", "--set linear.window=4", Drawn),
        new("--scaling", "--scaling robust", Drawn),
        new("--difference", "--difference first", Drawn),
        new("--loss", "--loss mase", Drawn),
        new("--season", "--difference seasonal --season 4", Drawn, "--difference seasonal --season 3"),
        new("--steps", "--steps 12", run => run.Found(@"from (\d+) steps")),
        new("--out", "--out @elsewhere", run => run.Has("../elsewhere/learning-rate.html")),
        new("--json", "--json @results.json", run => run.Has("../results.json")),
    ];

    internal override void WriteFiles() => SeriesFiles.WriteAll(this);
}

[TestClass]
public sealed class TuneOptionTests() : OptionContract(
    "tune", "--data @hours.csv --horizon 2 --epochs 1 --architectures linear,rnn --trials 2 --folds 2 --season 4 --metric mae")
{
    private static string Written(OptionCase.Seen run) => run.Text("tune.csv");

    internal override IEnumerable<OptionCase> Cases =>
    [
        .. SeriesFiles.Cases(Written),
        .. SeriesFiles.Forms(Written),
        new("--horizon", "--horizon 3", Written),
        new("--context", "--context 4", Written),
        new("--architectures", "--architectures linear", Written),
        new("--set", "--architectures linear --set linear.window=4", Written, "--architectures linear"),
        new("--trials", "--trials 3", run => run.Count("trial [0-9]+:")),
        new("--minutes", "--trials 4 --minutes 0.000001", run => $"{Written(run).Split('\n').Length}", "--trials 4"),
        new("--folds", "--folds 3", Written),
        new("--season", "--metric mase --season 6", Written, "--metric mase"),
        new("--metric", "--metric mase", Written),
        new("--epochs", "--epochs 2", Written),
        new("--seed", "--seed 2", Written),
        new("--results", "--results @results.json", run => run.Has("../results.json")),
        new("--json", "--json @results.json", run => run.Has("../results.json")),
        new("--out", "--out @elsewhere", run => run.Has("../elsewhere/tune.csv")),
    ];

    internal override void WriteFiles() => SeriesFiles.WriteAll(this);
}
