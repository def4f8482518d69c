using System.Globalization;
using MLNet.Sequence.Samples;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>Times are understood and continued by their own step.</summary>
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
    [DataRow("1/31/2024 9:00:00 PM|1/31/2024 10:00:00 PM", "1/31/2024 11:00:00 PM|2/1/2024 12:00:00 AM", 24, DisplayName = "am and pm")]
    [DataRow("31/12/2023 11:00 pm|01/01/2024 12:00 am", "01/01/2024 01:00 AM|01/01/2024 02:00 AM", 24)]
    [DataRow("30-01-2024|31-01-2024", "01-02-2024|02-02-2024", 7, DisplayName = "d-m-y")]
    [DataRow("2024-1-9|2024-1-10", "2024-1-11|2024-1-12", 7, DisplayName = "y-m-d with single digits")]
    [DataRow("30-Jan-2024|31-Jan-2024", "01-Feb-2024|02-Feb-2024", 7)]
    [DataRow("Nov 2023|Dec 2023", "Jan 2024|Feb 2024", 12)]
    [DataRow("30.12.23|31.12.23|01.01.24", "02.01.24|03.01.24", 7)]
    [DataRow("20240430|20240501", "20240502|20240503", 7, DisplayName = "yyyymmdd")]
    [DataRow("202311|202312", "202401|202402", 12, DisplayName = "yyyymm")]
    [DataRow("20231231T2300|20240101T0000", "20240101T0100|20240101T0200", 24)]
    [DataRow("1704067200|1704070800", "1704074400|1704078000", 24, DisplayName = "seconds")]
    [DataRow("1704067200.5|1704070800.5", "1704074400.5|1704078000.5", 24)]
    [DataRow("1704067200000|1704153600000", "1704240000000|1704326400000", 7, DisplayName = "milliseconds")]
    [DataRow("1704067200000000|1704067260000000", "1704067320000000|1704067380000000", 1440, DisplayName = "microseconds")]
    [DataRow("1704067200000000000|1704070800000000000", "1704074400000000000|1704078000000000000", 24, DisplayName = "nanoseconds")]
    [DataRow("2024-01-01T22:00:00+01:00|2024-01-01T23:00:00+01:00", "2024-01-02T00:00:00+01:00|2024-01-02T01:00:00+01:00", 24, DisplayName = "offsets stay")]
    [DataRow("2024-03-29T00:00:00+01:00|2024-03-30T00:00:00+01:00|2024-03-31T00:00:00+01:00|2024-04-01T00:00:00+02:00",
        "2024-04-02T00:00:00+02:00|2024-04-03T00:00:00+02:00", 7, DisplayName = "days by the clock")]
    [DataRow("2024-03-31T00:00:00+01:00|2024-03-31T01:00:00+01:00|2024-03-31T03:00:00+02:00", "2024-03-31T04:00:00+02:00|2024-03-31T05:00:00+02:00", 24,
        DisplayName = "hours across summer time")]
    [DataRow("2024-01-01 00:00:00.250|2024-01-01 00:00:00.500", "2024-01-01 00:00:00.750|2024-01-01 00:00:01.000", 345_600)]
    [DataRow("2024-01-01 00:00:00 UTC|2024-01-01 01:00:00 UTC", "2024-01-01 02:00:00 UTC|2024-01-01 03:00:00 UTC", 24)]
    [DataRow("1998|1999", "2000|2001", 1)]
    [DataRow("2023-Q3|2023-Q4", "2024-Q1|2024-Q2", 4, DisplayName = "quarters")]
    [DataRow("2023Q3|2023Q4", "2024Q1|2024Q2", 4)]
    [DataRow("2023 q3|2023 q4", "2024 Q1|2024 Q2", 4)]
    [DataRow("Q3 2023|Q4 2023", "Q1 2024|Q2 2024", 4)]
    [DataRow("Q3/2023|Q4/2023|Q2/2024|Q3/2024|Q4/2024", "Q1/2025|Q2/2025", 4, DisplayName = "quarters with a gap")]
    [DataRow("2020-W52|2020-W53", "2021-W01|2021-W02", 1, DisplayName = "weeks across a year of 53")]
    [DataRow("2023W51|2023W52", "2024W01|2024W02", 1)]
    [DataRow("2024-W01-6|2024-W01-7", "2024-W02-1|2024-W02-2", 7, DisplayName = "days of weeks")]
    [DataRow("2023-W53|2024-W01", "+1|+2", 1, DisplayName = "a week that its year does not have")]
    [DataRow("2024-Q5|2024-Q6", "+1|+2", 1)]
    [DataRow("0.1|0.2|0.3", "0.4|0.5", 1)]
    [DataRow("0.33|0.67|1.00|1.33|1.67|2.00", "2.33|2.67", 1, DisplayName = "thirds, rounded")]
    [DataRow("9007199254740993|9007199254740995", "9007199254740997|9007199254740999", 1, DisplayName = "integers beyond double")]
    [DataRow("1|2|4|9|14", "+1|+2", 1, DisplayName = "irregular numbers")]
    [DataRow("2024-01-01|2024-01-03|2024-01-10|2024-01-11|2024-01-29", "+1|+2", 1, DisplayName = "irregular dates")]
    [DataRow("week a|week b", "+1|+2", 1)]
    public void Times_continue_as_they_were_and_have_the_usual_season(string times, string next, int season)
    {
        TimeAxis axis = Read(times.Split('|'), out int[] rows);
        CollectionAssert.AreEqual(next.Split('|'), axis.Rhythm(rows).After(2).ToArray());
        Assert.AreEqual(season, axis.Rhythm(rows).Season);
    }

    [TestMethod]
    [DataRow("dd/MM/yyyy", "01/01/2023")]
    [DataRow("MM/dd/yyyy", "01/01/2023")]
    [DataRow("d-M-yyyy", "1-1-2023")]
    [DataRow("d.M.yy", "1.1.23")]
    public void Day_and_month_are_distinguished_by_the_order_with_regular_steps(string form, string next)
    {
        string[] months = [.. Enumerable.Range(0, 48).Select(month => new DateTime(2019, 1, 1).AddMonths(month).ToString(form, CultureInfo.InvariantCulture))];
        TimeAxis axis = Read(months, out int[] rows);
        Assert.AreEqual(next, axis.Rhythm(rows).After(1).Single());
        Assert.AreEqual(12, axis.Rhythm(rows).Season);
        Array.Reverse(months);
        Assert.AreEqual(form, Read(months, out _).ToString());
    }

    [TestMethod]
    public void If_both_orders_are_regular_the_form_must_be_given()
    {
        string[] times = ["01/02/2024", "02/02/2024", "03/02/2024", "04/02/2024"];
        string message = Assert.ThrowsExactly<UserError>(() => Read(times, out _)).Message;
        StringAssert.Contains(message, "row 1 (line 2), column 't': '01/02/2024' can have the form dd/MM/yyyy or MM/dd/yyyy");
        StringAssert.Contains(message, "--date-format \"dd/MM/yyyy\" or --date-format \"MM/dd/yyyy\"");
        Assert.AreEqual("05/02/2024", Read(times, out int[] rows, "dd/MM/yyyy").Rhythm(rows).After(1).Single());
        Assert.AreEqual("05/02/2024", Read(times, out rows, "MM/dd/yyyy").Rhythm(rows).After(1).Single());
        Assert.AreEqual(12, Read(times, out rows, "MM/dd/yyyy").Rhythm(rows).Season);
        StringAssert.Contains(Assert.ThrowsExactly<UserError>(() => Read(times, out _, "yyyy")).Message,
            "'01/02/2024' is not a time of the form yyyy, which --date-format gives");
    }

    [TestMethod]
    public void The_column_keeps_its_type_for_the_library()
    {
        Assert.AreEqual(typeof(DateTime), Read(["2020-01-01"], out int[] rows).Column("t", rows).DataType);
        Assert.AreEqual(typeof(DateTime), Read(["1704067200"], out rows).Column("t", rows).DataType);
        Assert.AreEqual(typeof(double), Read(["20"], out rows).Column("t", rows).DataType);
        Assert.AreEqual(typeof(string), Read(["x"], out rows).Column("t", rows).DataType);
    }

    private static TimeAxis Read(string[] times, out int[] rows, string? pattern = null)
    {
        using var run = new SampleRun();
        rows = [.. Enumerable.Range(0, times.Length)];
        return TimeAxis.Read(CsvTable.Read(run.Write("data.csv", "t\n" + string.Join("\n", times))), 0, rows, pattern);
    }
}
