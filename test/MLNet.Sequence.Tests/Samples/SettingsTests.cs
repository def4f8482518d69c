using System.Text.RegularExpressions;
using MLNet.Sequence.Samples;

namespace MLNet.Sequence.Tests.Samples;

[TestClass]
public sealed class SettingsTests
{
    private readonly string _folder = Directory.CreateTempSubdirectory("settings-").FullName;

    [TestCleanup]
    public void Clean() => Directory.Delete(_folder, recursive: true);

    [TestMethod]
    public void Settings_change_the_architectures_that_they_name()
    {
        (int code, string output, string error) = Compare("lstm.hiddenSize=3,tcn.levels=1,tcn.channels=2", "tcn,lstm");
        Assert.AreEqual(0, code, error);
        // LSTM: 4·3·(1 + 3 + 2) = 72, head 2·(3 + 1) = 8. TCN: two convolutions of 2 channels with gains, a shortcut, the head.
        MustHave(output, 80);
        MustHave(output, (2 * 3 + 2 + 2) + (2 * 2 * 3 + 2 + 2) + 4 + 6);
    }

    [TestMethod]
    [DataRow("bidirectional.inner.hiddenSize=3", 2 * 4 * 3 * (1 + 3 + 2) + 2 * (6 + 1))]
    [DataRow("bidirectional.inner=gru,bidirectional.inner.hiddenSize=3", 2 * 3 * 3 * (1 + 3 + 2) + 2 * (6 + 1))]
    public void Settings_reach_an_architecture_inside_another(string settings, int parameters)
    {
        (int code, string output, string error) = Compare(settings, "bidirectional");
        Assert.AreEqual(0, code, error);
        MustHave(output, parameters);
    }

    [TestMethod]
    [DataRow("lstm.hiddenSize", "not of the form")]
    [DataRow("rnn.hiddenSize=3", "'rnn' is not one of the chosen architectures: lstm")]
    [DataRow("lstm.moons=3", "has no property 'moons'. It has: hiddenSize, layers")]
    [DataRow("lstm.hiddenSize=many", "The property 'hiddenSize' of the architecture 'lstm' must be a whole number; found \"many\".")]
    [DataRow("lstm.hiddenSize=0", "HiddenSize must be at least 1; found 0.")]
    public void A_wrong_setting_is_one_message(string settings, string expected)
    {
        (int code, _, string error) = Compare(settings, "lstm");
        Assert.AreEqual(2, code);
        StringAssert.Contains(error, expected);
        Assert.IsFalse(error.Contains("   at ", StringComparison.Ordinal));
    }

    // A cell of the table. A table with many columns is narrow.
    private static void MustHave(string output, int parameters) => StringAssert.Matches(output, new Regex($@" {parameters} ?\|"));

    private (int Code, string Output, string Error) Compare(string settings, string architectures)
    {
        string data = Path.Combine(_folder, "waves.csv");
        File.WriteAllLines(data, Enumerable.Range(0, 120).Select(i => FormattableString.Invariant($"{i},{Math.Sin(i * 0.2)}")).Prepend("step,value"));
        using StringWriter output = new(), error = new();
        int code = Cli.Run(
            [
                "compare", "--data", data, "--time", "step", "--context", "8", "--horizon", "2", "--epochs", "1",
                "--architectures", architectures, "--set", settings, "--out", Path.Combine(_folder, "out"),
            ],
            output,
            error);
        return (code, output.ToString(), error.ToString());
    }
}
