using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>CSV as RFC 4180 has it, with the lines of the file known.</summary>
[TestClass]
public sealed class CsvTableTests
{
    [TestMethod]
    public void Quotes_commas_line_breaks_and_empty_lines_are_read_and_rows_know_their_line()
    {
        using var run = new SampleRun();
        var table = CsvTable.Read(run.Write("data.csv", "\uFEFFname,value\r\n\"a, \"\"b\"\"\",1\r\n\r\n\"two\nlines\",2\r\n c ,\"3\"\r\n,4"));
        CollectionAssert.AreEqual(new[] { "name", "value" }, table.Names.All.ToArray());
        CollectionAssert.AreEqual(new[] { "a, \"b\"", "two\nlines", " c ", "" }, table.Cells[0]);
        CollectionAssert.AreEqual(new[] { "1", "2", "3", "4" }, table.Cells[1]);
        Assert.AreEqual("row 1 (line 2)", table.Place(0));
        Assert.AreEqual("row 2 (line 4)", table.Place(1));
        Assert.AreEqual("row 3 (line 6)", table.Place(2));
    }

    [TestMethod]
    public void What_is_written_is_read_back()
    {
        using var run = new SampleRun();
        string[] cells = ["plain", "a,b", "say \"x\"", "two\nlines", ""];
        var table = CsvTable.Read(run.Write("data.csv", $"a,b,c,d,e\n{CsvText.Line(cells)}\n"));
        CollectionAssert.AreEqual(cells, table.Cells.Select(column => column[0]).ToArray());
    }

    [TestMethod]
    public void The_shipped_data_is_whole()
    {
        var table = SeriesTable.Read(new DataSource(DataSource.Shipped, null, null, null));
        Assert.AreEqual(17_420, table.RowCount);
        CollectionAssert.AreEqual(new[] { "HUFL", "HULL", "MUFL", "MULL", "LUFL", "LULL", "OT" }, table.Targets.ToArray());
        Assert.AreEqual("date", table.Source.Time);
        Assert.AreEqual(30.531f, table.Value(0, 6), 1e-4f);
    }

    [TestMethod]
    [DataRow("0.7,0.1,0.2", 1000, 700, 800, 1000)]
    [DataRow("0.6,0.2,0.2", 5, 3, 4, 5)]
    [DataRow("0.5,0,0.25", 8, 4, 4, 6)]
    [DataRow("8640,2880,2880", 17420, 8640, 11520, 14400)]
    public void A_split_cuts_a_series_in_time(string text, int length, int train, int validation, int test) =>
        Assert.AreEqual((train, validation, test), Split.Parse(text).Ends(length));
}
