using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tests.Training;

/// <summary>Checkpoints and files of searches that earlier versions wrote, which did not know the options that were added since.</summary>
[TestClass]
public sealed class FingerprintTests
{
    // Written by a version without mixtures.
    private const string Point = "ForecastOutput { Distribution = none, Levels = [] }";
    private const string Quantiles = "ForecastOutput { Distribution = none, Levels = [0.1, 0.9] }";

    [TestMethod]
    public void The_text_of_an_output_without_components_is_that_of_earlier_versions()
    {
        Assert.AreEqual(Point, Text(ForecastOutput.Point));
        Assert.AreEqual(Quantiles, Text(ForecastOutput.Quantiles(0.1, 0.9)));
        Assert.AreEqual("ForecastOutput { Distribution = Gaussian, Levels = [] }", Text(ForecastOutput.Gaussian));
        StringAssert.Contains(Text(ForecastOutput.MixtureOfGaussians(4)), "Components = 4");
        Assert.AreNotEqual(Text(ForecastOutput.MixtureOfGaussians(4)), Text(ForecastOutput.MixtureOfGaussians(5)));
    }

    [TestMethod]
    public void What_an_earlier_version_did_not_know_is_as_it_was()
    {
        var earlier = new Dictionary<string, string> { ["Output"] = Point, ["Horizon"] = "3" };
        Assert.IsEmpty(TrainingFingerprint.Differences(
            earlier, new Dictionary<string, string>(earlier) { ["Scaling"] = "Standard", ["Differencing"] = "none" }));
        Assert.IsEmpty(TrainingFingerprint.Differences(earlier, new Dictionary<string, string>(earlier) { ["forecaster.Scaling"] = "Standard" }));
        CollectionAssert.AreEqual(new (string, string, string)[] { ("Scaling", "Standard", "Robust") },
            TrainingFingerprint.Differences(earlier, new Dictionary<string, string>(earlier) { ["Scaling"] = "Robust" }).ToArray());
    }

    // The others are null or of their default's meaning in a file that does not name them, whatever version wrote it.
    [TestMethod]
    public void Every_option_that_was_added_is_as_it_was_in_a_file_that_lacks_it()
    {
        string[] first =
        [
            nameof(ForecastingOptions.Targets), nameof(ForecastingOptions.Inputs), nameof(ForecastingOptions.KnownInputs),
            nameof(ForecastingOptions.StaticColumns), nameof(ForecastingOptions.CarriesState), nameof(ForecastingOptions.Horizon),
            nameof(ForecastingOptions.Stride), nameof(ForecastingOptions.Output), nameof(ForecastingOptions.Loss),
            nameof(ForecastingOptions.ForecastColumnName), nameof(ForecastingOptions.ActualColumnName), nameof(ForecastingOptions.Training),
        ];
        Dictionary<string, string> added = TrainingFingerprint
            .Options(new ForecastingOptions { Targets = ["Load"] }, property => !first.Contains(property.Name))
            .ToDictionary(option => option.Name, option => option.Text);
        Assert.AreEqual("false", added["Streaming"]);
        Assert.IsEmpty(TrainingFingerprint.Differences(new Dictionary<string, string>(), added));
        CollectionAssert.AreEqual(new (string, string, string)[] { ("forecaster.Streaming", "false", "true") }, TrainingFingerprint
            .Differences(new Dictionary<string, string>(), new Dictionary<string, string> { ["forecaster.Streaming"] = "true" }).ToArray());
    }

    [TestMethod]
    public void A_checkpoint_without_a_depth_of_gradients_is_of_the_same_run_as_one_without_the_option()
    {
        Dictionary<string, string> Of(TrainingOptions options) =>
            TrainingFingerprint.Options(options, _ => true).ToDictionary(option => "Training." + option.Name, option => option.Text);
        var options = new TrainingOptions { BackpropSteps = 2 };
        Dictionary<string, string> earlier = Of(options);
        Assert.IsTrue(earlier.Remove("Training.BackpropDepth"));
        Assert.IsEmpty(TrainingFingerprint.Differences(earlier, Of(options)));
        CollectionAssert.AreEqual(new[] { ("Training.BackpropDepth", "none", "5") },
            TrainingFingerprint.Differences(earlier, Of(options with { BackpropDepth = 5 })).ToArray());
    }

    private static string Text(ForecastOutput output) => TrainingFingerprint
        .Options(TinyForecasting.Options with { Output = output }, property => property.Name == "Output").Single().Text;
}
