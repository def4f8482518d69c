using System.CommandLine;
using System.Text.Json;
using MLNet.Sequence.Samples;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>A run can be written to a file and repeated from it.</summary>
[TestClass]
public sealed class RunFileTests
{
    private static readonly string[] Tiny = ["--context", "8", "--horizon", "2", "--epochs", "1", "--architecture", "linear"];

    [TestMethod]
    public void A_saved_run_is_repeated_without_naming_the_command_and_gives_the_same_file()
    {
        using var run = new SampleRun();
        string data = run.WriteHours("hours.csv", 60), saved = run.Path("mlseq.json");
        string[] given = ["forecast", "--data", data, "--targets", "b,a", "--quick", "--seed", "7", "--learning-rate", "0.0125", .. Tiny];
        Assert.AreEqual(Cli.Success, run.Run([.. given, "--save-config", saved]), run.Error);
        Assert.Contains("--config", run.Output);
        string expected = File.ReadAllText(run.Path("out/forecasts.csv"));

        using (var json = JsonDocument.Parse(File.ReadAllText(saved)))
        {
            Assert.AreEqual("forecast", json.RootElement.GetProperty("command").GetString());
            Assert.AreEqual("b,a", json.RootElement.GetProperty("targets").GetString());
            Assert.IsTrue(json.RootElement.GetProperty("quick").GetBoolean());
            Assert.AreEqual("0.0125", json.RootElement.GetProperty("learning-rate").GetRawText());
            Assert.AreEqual(8, json.RootElement.GetProperty("context").GetInt32());
            Assert.IsFalse(json.RootElement.TryGetProperty("batch-size", out _), "An option that was not given is not written.");
        }

        File.Delete(run.Path("out/forecasts.csv"));
        Assert.AreEqual(Cli.Success, run.Run("--config", saved), run.Error);
        Assert.AreEqual(expected, File.ReadAllText(run.Path("out/forecasts.csv")));
    }

    [TestMethod]
    public void The_command_line_takes_precedence_and_lists_may_be_arrays()
    {
        using var run = new SampleRun();
        run.WriteHours("hours.csv", 60);
        string file = run.Write("run.json", $$"""
            {
              // what is asked every Monday
              "command": "forecast", "data": {{JsonSerializer.Serialize(run.Path("hours.csv"))}}, "targets": ["b", "a"],
              "context": 8, "horizon": 2, "epochs": 1, "architecture": "linear", "quick": false, "series": null,
            }
            """);
        Assert.AreEqual(Cli.Success, run.Run("forecast", "--config", file, "--horizon", "3"), run.Error);
        string[] lines = File.ReadAllLines(run.Path("out/forecasts.csv"));
        Assert.AreEqual("date,b,a", lines[0]);
        Assert.HasCount(4, lines);
    }

    [TestMethod]
    [DataRow("""{"command": "forecast", "horzon": 3}""", "has 'horzon', which is no option of forecast. The nearest names in the command: 'horizon'")]
    [DataRow("""{"horzon": 3}""", "has 'horzon', which is no option of compare")]
    [DataRow("""{"command": "forcast"}""", "has the command 'forcast'. The nearest names in the program: 'forecast'")]
    [DataRow("""{"command": "forecast", "horizon": {"steps": 3}}""", "'horizon': expected a text, a number, true or false, or a list of texts")]
    [DataRow("""{"command": "forecast", "horizon": 0}""", "--horizon must be a whole number of at least 1; found 0")]
    [DataRow("""{"command": "forecast", "horizon": 1, "horizon": 2}""", "is not JSON")]
    [DataRow("""{"command": "forecast", "config": "other.json"}""", "has 'config', which is no option")]
    [DataRow("forecast", "is not JSON")]
    [DataRow("[1]", "holds no JSON object")]
    public void What_a_command_does_not_have_is_refused_with_the_nearest_names(string text, string message)
    {
        using var run = new SampleRun();
        run.MustRefuse(["--config", run.Write("run.json", text)], message);
    }

    [TestMethod]
    public void Another_command_and_a_missing_file_are_refused()
    {
        using var run = new SampleRun();
        run.MustRefuse(["compare", "--config", run.Write("run.json", """{"command": "forecast"}""")],
            "has options of the command 'forecast', not of 'compare'");
        run.MustRefuse(["--config", run.Path("none.json")], "there is no file");
        run.MustRefuse(["--save-config", run.Folder], "--save-config", "is a folder; a file is needed");
    }

    [TestMethod]
    public void A_run_that_is_refused_saves_nothing_and_a_file_of_another_version_is_noted()
    {
        using var run = new SampleRun();
        string data = run.WriteHours("hours.csv", 9);
        run.MustRefuse(["forecast", "--data", data, .. Tiny, "--save-config", run.Path("mlseq.json")], "9 rows; at least 10 are needed");
        run.MustRefuse(["--config", run.Write("old.json", """{"mlseq": "0.0.1", "command": "forecast", "horizon": 0}""")], "--horizon");
        Assert.Contains("was written by mlseq 0.0.1", run.Output);
    }

    [TestMethod]
    public void The_files_of_an_option_that_takes_two_are_saved_and_read_as_two()
    {
        using var run = new SampleRun();
        static string Lines(string two) => string.Concat(Enumerable.Repeat(two, 10));
        // A comma in a name does not part it.
        string source = run.Write("source, old.txt", Lines("a b c\nb c a\n")), target = run.Write("target.txt", Lines("x y z\ny z x\n"));
        string saved = run.Path("mlseq.json");
        string[] given = ["translate", "--train", source, target, "--valid", source, target, "--test", source, target, "--architectures", "attention-rnn",
            "--embedding", "4", "--epochs", "1", "--batch-size", "16", "--rare", "1", "--beam", "1"];
        Assert.AreEqual(Cli.Success, run.Run([.. given, "--save-config", saved]), run.Error);
        using (var json = JsonDocument.Parse(File.ReadAllText(saved)))
        {
            string?[] files = [.. json.RootElement.GetProperty("train").EnumerateArray().Select(file => file.GetString())];
            CollectionAssert.AreEqual(new[] { source, target }, files);
        }

        Assert.AreEqual(Cli.Success, run.Run("--config", saved), run.Error);
        File.Delete(source);
        run.MustRefuse(["--config", saved], "There is no data file", "source, old.txt");
    }

    [TestMethod]
    public void A_value_that_begins_with_dashes_stays_a_value()
    {
        using var run = new SampleRun();
        run.MustRefuse(["--config", run.Write("run.json", """{"command": "forecast", "data": "--quick"}""")], "There is no data file '--quick'");
    }

    [TestMethod]
    public void Every_command_has_both_options_and_one_for_JSON()
    {
        RootCommand root = Cli.Build(new Terminal(TextWriter.Null, TextWriter.Null, default));
        Command[] commands = [.. root.Subcommands.Where(command => !command.Hidden)];
        Assert.IsGreaterThan(10, commands.Length);
        foreach (Command command in commands)
        {
            // The studio gives its results in the browser.
            Assert.AreEqual(command.Name != "studio", command.Options.Any(option => option.Name == "--json"), command.Name);
            foreach (string option in new[] { "--config", "--save-config" })
                Assert.IsTrue(root.Options.Single(one => one.Name == option).Recursive, option);
        }
    }
}
