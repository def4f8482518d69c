using System.Text.Json;
using MLNet.Sequence.Samples;

namespace MLNet.Sequence.Tests.Samples;

[TestClass]
public sealed class LearningRateCommandTests
{
    [TestMethod]
    public void A_rate_is_suggested_and_its_curve_drawn()
    {
        string folder = Directory.CreateTempSubdirectory("rate-").FullName;
        string data = Path.Combine(folder, "waves.csv");
        File.WriteAllLines(data, Enumerable.Range(0, 400).Select(i => FormattableString.Invariant($"{i},{Math.Sin(i * 0.2)}")).Prepend("step,value"));
        using StringWriter output = new(), error = new();

        int code = Cli.Run(
            ["learning-rate", "--data", data, "--time", "step", "--context", "12", "--horizon", "2", "--architecture", "lstm",
                "--steps", "60", "--out", folder, "--json", Path.Combine(folder, "rate.json")],
            output,
            error);

        Assert.AreEqual(0, code, error.ToString());
        StringAssert.Matches(output.ToString(), new System.Text.RegularExpressions.Regex(@"lstm: suggested --learning-rate 0\.\d+, from \d+ steps\."));
        StringAssert.Contains(File.ReadAllText(Path.Combine(folder, "learning-rate.html")), "<svg");
        using var json = JsonDocument.Parse(File.ReadAllText(Path.Combine(folder, "rate.json")));
        JsonElement curve = json.RootElement.GetProperty("curve");
        double suggestion = json.RootElement.GetProperty("suggestion").GetDouble();
        Assert.IsTrue(curve.EnumerateArray().Any(step => step.GetProperty("learningRate").GetDouble() == suggestion), json.RootElement.GetRawText());
        StringAssert.Contains(output.ToString(), FormattableString.Invariant($"{suggestion:G2}, from {curve.GetArrayLength()} steps"));
        Directory.Delete(folder, recursive: true);
    }

    // A range test has its own steps and learning rates, and cannot be resumed.
    [TestMethod]
    [DataRow("--epochs", "3")]
    [DataRow("--learning-rate", "0.1")]
    [DataRow("--schedule", "cosine")]
    [DataRow("--patience", "2")]
    [DataRow("--checkpoint", "folder")]
    [DataRow("--resume")]
    [DataRow("--tensorboard", "folder")]
    [DataRow("--max-minutes", "1")]
    public void What_a_range_test_does_not_have_is_refused(params string[] option)
    {
        using var run = new SampleRun();
        run.MustRefuse(["learning-rate", .. option], option[0]);
    }
}
