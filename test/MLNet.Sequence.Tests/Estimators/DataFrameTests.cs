using Microsoft.Data.Analysis;
using Microsoft.ML;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Estimators;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tests.Estimators;

/// <summary>A DataFrame gives 0 for a missing integer; where it is the data itself, that is told.</summary>
[TestClass]
public sealed class DataFrameTests
{
    [TestMethod]
    public void Missing_integers_of_a_DataFrame_are_warned_of_by_column_and_count()
    {
        int?[] sold = [.. Enumerable.Range(0, 60).Select(i => i % 20 == 7 ? null : (int?)(i % 5))];
        float?[] heat = [.. sold.Select(value => (float?)value ?? 0)];
        heat[3] = 1;
        var frame = new DataFrame(new Int32DataFrameColumn("Sold", sold), new SingleDataFrameColumn("Heat", heat), new Int32DataFrameColumn("Unread", sold));

        string warning = Warnings(frame, ["Sold", "Heat"]).Single(line => line.Contains("DataFrame", StringComparison.Ordinal));
        StringAssert.Contains(warning, "'Sold' (3)");
        Assert.DoesNotContain("Unread", warning);
        Assert.DoesNotContain("Heat", warning);
        Assert.IsFalse(Warnings(frame, ["Heat"]).Any(line => line.Contains("DataFrame", StringComparison.Ordinal)));
    }

    private static List<string> Warnings(DataFrame frame, string[] targets)
    {
        var ml = new MLContext(seed: 1);
        var lines = new List<string>();
        ml.Log += (_, entry) => lines.Add(entry.Message);
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(
            new Linear(), new ForecastingOptions { Targets = targets, Context = 6, Horizon = 2, Training = new TrainingOptions { Epochs = 1 } }).Fit(frame);
        return lines;
    }
}
