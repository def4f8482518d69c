using Microsoft.ML;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Values absurdly far from the others: training tells the column and the row.</summary>
[TestClass]
public sealed class FarValueTests
{
    [TestMethod]
    [DataRow(3e38f, true)]
    [DataRow(-1e15f, true)]
    [DataRow(1e5f, false)] // far, but as a wild series may be
    public void A_value_far_from_the_others_is_told_with_its_row(float value, bool told)
    {
        List<Step> rows = TinyForecasting.Interleaved(TinyForecasting.Steps(60), TinyForecasting.Steps(50, 2, "b"));
        int place = rows.FindIndex(row => row.Series == "b") + 40;
        place = rows.FindIndex(place, row => row.Series == "b");
        rows[place].Price = value;
        string[] lines = [.. Log(rows).Where(line => line.Contains("a million times", StringComparison.Ordinal))];
        Assert.AreEqual(told ? 1 : 0, lines.Length);
        if (told)
            StringAssert.Contains(lines[0], FormattableString.Invariant($"The value of column 'Price' is {(double)value:G6} in row {place + 1} (series 'b')"));
    }

    [TestMethod]
    public void Rare_sales_and_a_jump_of_the_level_are_no_mistakes()
    {
        List<Step> rare = TinyForecasting.Steps(200), jump = TinyForecasting.Steps(200), far = TinyForecasting.Steps(200);
        for (int row = 0; row < 200; row++)
        {
            rare[row].Load = row % 20 == 3 ? row * row : 0;
            jump[row].Load += row < 150 ? 0 : 1e12f;
            far[row].Load = row == 77 ? 1e30f : rare[row].Load;
        }

        Assert.IsFalse(Log(rare).Concat(Log(jump)).Any(line => line.Contains("a million times", StringComparison.Ordinal)));
        Assert.IsTrue(Log(far).Any(line => line.Contains("'Load' is 1E+30 in row 78 (series 'a')", StringComparison.Ordinal)));
    }

    private static List<string> Log(List<Step> rows)
    {
        var log = new List<string>();
        var ml = new MLContext(seed: 1);
        ml.Log += (_, entry) => log.Add(entry.Message);
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Naive(), TinyForecasting.SeriesOptions).Fit(TinyForecasting.View(ml, rows));
        return log;
    }
}
