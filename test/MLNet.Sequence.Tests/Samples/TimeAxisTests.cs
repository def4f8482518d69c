using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>Times are understood, and go on by their own step.</summary>
[TestClass]
public sealed class TimeAxisTests
{
    [TestMethod]
    [DataRow("2016-07-01 22:00:00|2016-07-01 23:00:00", "2016-07-02 00:00:00|2016-07-02 01:00:00", 24)]
    [DataRow("2016-07-01T22:30:00Z|2016-07-01T22:45:00Z", "2016-07-01T23:00:00Z|2016-07-01T23:15:00Z", 96)]
    [DataRow("2016-12-30|2016-12-31", "2017-01-01|2017-01-02", 7)]
    [DataRow("2016-12-20|2016-12-27", "2017-01-03|2017-01-10", 1)]
    [DataRow("1949-11|1949-12", "1950-01|1950-02", 12)]
    [DataRow("2019-10-15|2020-01-15", "2020-04-15|2020-07-15", 4)]
    [DataRow("2019-11-30|2019-12-31", "2020-01-31|2020-02-29", 12)]
    [DataRow("2018-06-01|2019-06-01|2020-06-01", "2021-06-01|2022-06-01", 1)]
    [DataRow("30.01.2020|31.01.2020", "01.02.2020|02.02.2020", 7)]
    [DataRow("2020/1/9 9:00|2020/1/9 10:00", "2020/1/9 11:00|2020/1/9 12:00", 24)]
    [DataRow("12/31/2019|01/01/2020", "01/02/2020|01/03/2020", 7)]
    [DataRow("31/12/2019|01/01/2020", "02/01/2020|03/01/2020", 7)]
    [DataRow("2020-01-01|2020-01-02|2020-01-05|2020-01-06|2020-01-07", "2020-01-08|2020-01-09", 7)]
    [DataRow("1998|1999", "2000|2001", 1)]
    [DataRow("0.1|0.2|0.3", "0.4|0.5", 1)]
    [DataRow("week a|week b", "+1|+2", 1)]
    public void Times_go_on_as_they_were_and_have_the_usual_season(string times, string next, int season)
    {
        TimeAxis axis = Read(times.Split('|'), out int[] rows);
        CollectionAssert.AreEqual(next.Split('|'), axis.After(rows, 2).ToArray());
        Assert.AreEqual(season, axis.UsualSeason(rows));
    }

    [TestMethod]
    public void The_column_keeps_its_type_for_the_library()
    {
        Assert.AreEqual(typeof(DateTime), Read(["2020-01-01"], out int[] rows).Column("t", rows).DataType);
        Assert.AreEqual(typeof(double), Read(["20"], out rows).Column("t", rows).DataType);
        Assert.AreEqual(typeof(string), Read(["x"], out rows).Column("t", rows).DataType);
    }

    private static TimeAxis Read(string[] times, out int[] rows)
    {
        using var run = new SampleRun();
        rows = [.. Enumerable.Range(0, times.Length)];
        return TimeAxis.Read(CsvTable.Read(run.Write("data.csv", "t\n" + string.Join("\n", times))), 0);
    }
}
