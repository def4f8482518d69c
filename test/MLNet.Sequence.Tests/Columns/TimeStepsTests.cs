using Microsoft.ML;
using MLNet.Sequence.Data;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tests.Forecasts;

namespace MLNet.Sequence.Tests.Columns;

/// <summary>Steps without rows are counted by the frequency; each of them is one step of the series, whatever the calendar.</summary>
[TestClass]
public sealed class TimeStepsTests
{
    private static readonly MLContext Ml = new(seed: 1);

    // The steps between the rows are counted by hand.
    [TestMethod]
    [DataRow("2024-01-31,2024-03-31,2024-06-30", 6, DisplayName = "the day of a shorter month is not that of the next one")]
    [DataRow("2024-01-30,2024-02-29,2024-04-30", 4, DisplayName = "the 30th, by way of February")]
    [DataRow("2024-01-05,2024-03-05", 3, DisplayName = "the 5th")]
    public void Gaps_of_months_are_filled_by_as_many_steps_as_are_missing(string dates, int expected)
    {
        Step[] rows = [.. dates.Split(',').Select(date => new Step { Time = DateTime.Parse(date, System.Globalization.CultureInfo.InvariantCulture) })];
        Assert.AreEqual(expected, Length(Ml.Data.LoadFromEnumerable(rows), Frequency.Monthly));
    }

    [TestMethod]
    public void Gaps_of_rounded_numbers_are_filled_by_as_many_steps_as_are_missing()
    {
        // The last number is rounded up: 1/12, 2/12 and 3/12 all lie before it.
        Numbered[] rows = [new() { Time = 0 }, new() { Time = 0.2505 }, new() { Time = 0.333 }];
        Assert.AreEqual(5, Length(Ml.Data.LoadFromEnumerable(rows), Frequency.Every(1 / 12.0)));
    }

    [TestMethod]
    public void A_gap_of_days_over_the_end_of_summer_time_has_as_many_steps_as_days()
    {
        Zoned[] rows = [new() { Time = new(2024, 10, 26, 0, 0, 0, TimeSpan.FromHours(2)) }, new() { Time = new(2024, 10, 28, 0, 0, 0, TimeSpan.FromHours(1)) }];
        Assert.AreEqual(3, Length(Ml.Data.LoadFromEnumerable(rows), Frequency.Daily));
    }

    private static long Length(IDataView view, Frequency frequency)
    {
        var task = new Forecasting
        {
            Targets = [new("Load", ["Load"])],
            TimeColumnName = "Time",
            Context = 1,
            Horizon = 1,
            Frequency = frequency,
            MissingValues = MissingValues.Forward,
        };
        using HostCancellation cancellation = new SequenceHost(Ml, "Test").LinkCancellation();
        SeriesSet set = SeriesReader.Read(view, task, allowMissing: true, cancellation);
        return set.Series.Single().Length;
    }

    private sealed class Numbered
    {
        public double Time { get; set; }

        public float Load { get; set; } = 1;
    }

    private sealed class Zoned
    {
        public DateTimeOffset Time { get; set; }

        public float Load { get; set; } = 1;
    }
}
