using System.Globalization;
using MLNet.Sequence.Samples;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>The roles that columns get without options, and the output about them.</summary>
[TestClass]
public sealed class SeriesTableTests
{
    [TestMethod]
    [DataRow("date")]
    [DataRow("Date")]
    [DataRow("DATETIME")]
    [DataRow("TimeStamp")]
    [DataRow("time")]
    [DataRow("ds")]
    [DataRow("Date_Time")]
    [DataRow("Datum")] // the only column of dates
    [DataRow("")] // the index of pandas
    public void The_time_column_is_found_and_reported(string name)
    {
        SeriesTable table = Read($"units,{name}\n1,2024-01-01\n2,2024-01-02\n3,2024-01-03\n");
        string found = name.Length > 0 ? name : "column 2";
        Assert.AreEqual(found, table.Source.Time);
        CollectionAssert.AreEqual(new[] { "units" }, table.Targets.ToArray());
        CollectionAssert.Contains(table.Notes.ToArray(), $"the time is in column '{found}'");
        CollectionAssert.Contains(table.Notes.ToArray(), "time: yyyy-MM-dd, days");
    }

    [TestMethod]
    [DataRow("timestamp,v\n1704067200,10\n1704070800,14\n", "timestamp")]
    [DataRow("unix,date,v\n1704067200,2024-01-01 00:00:00,10\n1704070800,2024-01-01 01:00:00,14\n", "date")]
    [DataRow("v,Unix Time\n10,1704067200\n11,1704070800\n", "Unix Time")]
    [DataRow("date,ts,v\n2024-01-02,1704153600,1\n2024-01-01,1704067200,2\n", "date")]
    public void A_column_that_counts_time_is_no_target(string text, string time)
    {
        SeriesTable table = Read(text);
        Assert.AreEqual(time, table.Source.Time);
        CollectionAssert.AreEqual(new[] { "v" }, table.Targets.ToArray());
    }

    [TestMethod]
    public void Numbers_that_only_look_like_seconds_stay_targets()
    {
        SeriesTable table = Read("date,meter,time\n2024-01-01,1234567890,12.5\n2024-01-02,1234567893,11.5\n2024-01-03,1234567896,12.75\n");
        CollectionAssert.AreEqual(new[] { "meter", "time" }, table.Targets.ToArray());
        Assert.AreEqual(1_234_567_893, table.Value(1, 0));
    }

    [TestMethod]
    public void Rows_with_the_newest_first_are_reversed_and_this_is_reported()
    {
        SeriesTable table = Read("Date,shop,price\n2024-01-03,a,3\n2024-01-02,a,2\n2024-01-03,b,30\n2024-01-02,b,20\n", series: "shop");
        CollectionAssert.AreEqual(new[] { 20.0, 30, 2, 3 }, Enumerable.Range(0, 4).Select(row => table.Value(row, 0)).ToArray());
        Assert.Contains("the newest row is the first", string.Join('\n', table.Notes));
    }

    [TestMethod]
    public void A_row_out_of_order_is_named_by_its_own_line()
    {
        string message = Assert.ThrowsExactly<UserError>(() => Read("date,v\n2024-01-03,3\n2024-01-04,2\n2024-01-02,1\n")).Message;
        StringAssert.Contains(message, "row 3 (line 4), column 'date': 2024-01-02 does not come after 2024-01-04 of row 2 (line 3)");
    }

    [TestMethod]
    public void A_number_that_is_wrong_is_named_by_its_own_line_where_the_newest_row_is_first()
    {
        string message = Assert.ThrowsExactly<UserError>(() => Read("date,v\n2024-01-03,3\n2024-01-02,x\n2024-01-01,1\n")).Message;
        StringAssert.Contains(message, "row 2 (line 3), column 'v': 'x' is not a number");
    }

    [TestMethod]
    public void Missing_steps_are_counted_and_their_place_is_reported()
    {
        IEnumerable<string> hours = Enumerable.Range(0, 192).Where(hour => hour is < 60 or >= 132)
            .Select(hour => new DateTime(2024, 1, 1).AddHours(hour).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture) + ",1");
        SeriesTable table = Read("date,load\n" + string.Join('\n', hours));
        Assert.Contains("time: 72 steps are missing in one place between 2024-01-03 11:00:00 and 2024-01-06 12:00:00", string.Join('\n', table.Notes));
    }

    [TestMethod]
    [DataRow("week 1", "week 2", "'week 1' has no known time form")]
    [DataRow("2024-01-01", "2024-01-09", "yyyy-MM-dd")]
    public void A_form_of_time_that_is_not_known_is_named_with_those_that_are(string first, string second, string note) =>
        Assert.Contains(note, string.Join('\n', Read($"date,v\n{first},1\n{second},2\n").Notes));

    [TestMethod]
    public void Unknown_times_that_do_not_sort_are_refused_with_their_form()
    {
        string message = Assert.ThrowsExactly<UserError>(() => Read("date,v\nweek 9,1\nweek 10,2\n")).Message;
        StringAssert.Contains(message, "row 2 (line 3), column 'date': 'week 10' has no known time form");
        StringAssert.Contains(message, "31.01.2024");
        StringAssert.Contains(message, "--date-format");
        Assert.DoesNotContain("sort the rows", message);
    }

    [TestMethod]
    [DataRow("quarter,v\n2023-Q3,1\n2023-Q4,2\n2024-Q1,3\n", "quarter", "time: yyyy-Qq, quarters, on day 1")]
    [DataRow("v,KW\n1,2024-W05\n2,2024-W06\n3,2024-W07\n", "KW", "time: yyyy-Www, weeks")]
    [DataRow("Year,v\n1998,1\n1999,2\n2000,3\n", "Year", "time: numbers, steps of 1")]
    [DataRow("year,v\n1998,1\n1998,2\n1999,3\n", null, "no time column was found: rows are steps in their order")]
    [DataRow("v\n1\n2\n3\n", null, "no time column was found")]
    public void Periods_and_years_are_times_and_missing_times_are_reported(string text, string? time, string note)
    {
        SeriesTable table = Read(text);
        Assert.AreEqual(time, table.Source.Time);
        Assert.Contains(note, string.Join('\n', table.Notes));
        if (time is not null)
            CollectionAssert.AreEqual(new[] { "v" }, table.Targets.ToArray());
    }

    [TestMethod]
    [DataRow("time")]
    [DataRow("Uhrzeit")]
    public void A_clock_in_a_column_of_its_own_is_named_with_what_to_write(string name)
    {
        string message = Assert.ThrowsExactly<UserError>(() => Read($"date,{name},v\n2024-01-01,00:00,1\n2024-01-01,01:00,2\n")).Message;
        StringAssert.Contains(message, $"The time of day is in the column '{name}': write both into one column, here as '2024-01-01 01:00'.");
    }

    [TestMethod]
    public void If_no_column_holds_numbers_the_message_says_what_they_hold() => StringAssert.Contains(
        Assert.ThrowsExactly<UserError>(() => Read("date,price\n2024-01-01,$3.50\n")).Message, "there is nothing to forecast. 'price' begins with '$3.50'.");

    [TestMethod]
    public void Irregular_steps_are_reported()
    {
        Assert.Contains("follow no known rule (from 2024-01-11 to 2024-01-29 at the end)",
            string.Join('\n', Read("date,v\n2024-01-01,1\n2024-01-03,2\n2024-01-10,3\n2024-01-11,4\n2024-01-29,5\n").Notes));
    }

    [TestMethod]
    public void A_header_of_numbers_that_count_is_a_header()
    {
        SeriesTable table = Read("0,1,2\n0.5,0.25,3\n0.75,0.5,4\n");
        CollectionAssert.AreEqual(new[] { "0", "1", "2" }, table.Targets.ToArray());
    }

    private static SeriesTable Read(string text, string? series = null)
    {
        using var run = new SampleRun();
        return SeriesTable.Read(new DataSource(run.Write("data.csv", text), null, null, series));
    }
}
