using MLNet.Sequence.Comparison;
using MLNet.Sequence.Tests.Certificates;

namespace MLNet.Sequence.Tests.Comparison;

/// <summary>The text of the report if a reference is recommended.</summary>
[TestClass]
public sealed class ReferenceTextTests
{
    [TestMethod]
    [DataRow("mean", 0.01, "Nothing to learn here: the mean is as good.")]
    [DataRow("mean", 0.06, "No network is shown to be better than the mean: use that.")]
    [DataRow("seasonal-naive", 0.06, "No network is shown to be better than the seasonal naive forecast: use that.")]
    [DataRow("token-frequencies", 0.06, "No network is shown to be better than the token frequencies: use that.")]
    [DataRow("ridge-64", 0.06, "No network is shown to be better than least squares on the last 64 steps: use that.")]
    public void As_good_is_only_what_does_not_look_worse(string name, double relative, string answer)
    {
        // From 5 % smaller to 15 % larger: not decided.
        var difference = new PairedDifference(name, "tcn", relative, -0.05, 0.15, 0.02);
        Assert.AreEqual(PairedVerdict.Undecided, difference.Verdict);
        var reference = new ComparedReference
        {
            Name = name,
            Error = 1,
            ErrorLow = 1,
            ErrorHigh = 1,
            Memory = name == "ridge-64" ? 64 : 0,
            Model = name == "ridge-64" ? UntrainedModels.Make(new Ridge { Lags = 64 }, UntrainedModels.Forecasting(WindowNormalization.None, 64)) : null,
        };
        Assert.AreEqual(answer, ReferenceText.Answer(reference, difference));
        Assert.AreEqual(answer, ReferenceText.First(new Recommendation(name, false, $"{answer} {ReferenceText.Evidence(reference, difference, "error")}")));
    }
}
