using MLNet.Sequence.Samples;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>Options that make no sense are refused before the data is read.</summary>
[TestClass]
public sealed class BadOptionTests
{
    [TestMethod]
    [DataRow("--horizon", "0", "--horizon must be a whole number of at least 1; found 0")]
    [DataRow("--context", "-3", "--context must be a whole number of at least 1; found -3")]
    [DataRow("--context", "many", "found many")]
    [DataRow("--epochs", "1.5", "--epochs must be a whole number")]
    [DataRow("--learning-rate", "0,001", "--learning-rate must be a number above 0; found 0,001.")]
    [DataRow("--max-minutes", "0", "--max-minutes must be a number")]
    [DataRow("--split", "0.5,0.5", "--split '0.5,0.5' must be three parts")]
    [DataRow("--split", "0.9,0.2,0.3", "fractions that sum to at most 1")]
    [DataRow("--split", "0.8,0,0.2", "None may be 0: models are chosen on the validation rows")]
    [DataRow("--split", "60,0,20", "None may be 0")]
    [DataRow("--architectures", "lstn", "no architecture named 'lstn'")]
    [DataRow("--optimizer", "magic", "'adamw'")]
    [DataRow("--horzon", "3", "--horzon")]
    public void A_value_out_of_range_is_refused_by_name(string option, string value, string message)
    {
        using var run = new SampleRun();
        run.MustRefuse([option, value], message);
    }

    [TestMethod]
    [DataRow("forecast")]
    [DataRow("backtest")]
    [DataRow("tune")]
    [DataRow("learning-rate")]
    public void Names_of_distributions_and_of_what_is_missing_are_checked(string command)
    {
        using var run = new SampleRun();
        string[] args = [command, "--data", run.WriteHours("data.csv", 60), "--context", "8", "--horizon", "2"];
        run.MustRefuse([.. args, "--distribution", "gausian"], "--distribution 'gausian' must be one of none, gaussian, student-t, poisson");
        run.MustRefuse([.. args, "--missing", "guess"], "--missing 'guess' must be one of interpolate, mask, forward, zero");
        run.MustRefuse([.. args, "--short-series", "drop"], "--short-series 'drop' must be one of error, skip, pad");
        run.MustRefuse([.. args, "--short-series", "pad"], "--short-series pad needs --missing mask, interpolate or forward");
        run.MustRefuse([.. args, "--short-series", "pad", "--missing", "zero"], "--short-series pad needs --missing mask, interpolate or forward");
    }

    [TestMethod]
    public void Resume_needs_checkpoints_and_an_unknown_command_is_none()
    {
        using var run = new SampleRun();
        run.MustRefuse(["--resume"], "--resume needs --checkpoint");
        run.MustRefuse(["compair"], "'compair'");
    }

    [TestMethod]
    public void Results_that_could_not_be_written_are_refused_before_training()
    {
        using var run = new SampleRun();
        run.Write("file", "");
        run.MustRefuse(["--json", run.Folder], "is a folder; a file is needed");
        Assert.AreEqual(Cli.UserMistake, Cli.Run(["--out", run.Path("file/out")], TextWriter.Null, TextWriter.Null));
    }

    [TestMethod]
    [DataRow("compare")]
    [DataRow("forecast")]
    [DataRow("classify")]
    [DataRow("tag")]
    [DataRow("language")]
    [DataRow("translate")]
    [DataRow("music")]
    [DataRow("learning-rate")]
    [DataRow("export --model nothing.zip")]
    [DataRow("truncate --model nothing.zip --tolerance 1")]
    public void A_folder_that_takes_no_file_is_refused_first(string command)
    {
        // No user can write there.
        using var error = new StringWriter();
        Assert.AreEqual(Cli.UserMistake, Cli.Run([.. command.Split(' '), "--out", "/proc/out"], TextWriter.Null, error));
        Assert.Contains("--out: nothing can be written to '/proc/out'", error.ToString());
        Assert.DoesNotContain("unfinished", error.ToString());
    }

    [TestMethod]
    public void An_interrupted_run_leaves_nothing_and_says_so_by_its_exit_code()
    {
        using var run = new SampleRun();
        string data = run.WriteHours("data.csv", 60);
        int code = run.Run(new CancellationToken(canceled: true), "--data", data, "--context", "10", "--horizon", "5");
        Assert.AreEqual(Cli.Interrupted, code, run.Error);
        Assert.Contains("Interrupted", run.Error);
        CollectionAssert.AreEqual(new[] { "data.csv" }, run.Entries);
    }
}
