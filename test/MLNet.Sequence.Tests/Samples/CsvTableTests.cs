using MLNet.Sequence.Samples;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>CSV as in RFC 4180, with line numbers.</summary>
[TestClass]
public sealed class CsvTableTests
{
    [TestMethod]
    public void Quotes_commas_line_breaks_and_empty_lines_are_read_and_rows_know_their_line()
    {
        using var run = new SampleRun();
        var table = CsvTable.Read(run.Write("data.csv", "\uFEFFname,value\r\n\"a, \"\"b\"\"\",1\r\n\r\n\"two\nlines\",2\r\n c ,\"3\"\r\n,4"));
        CollectionAssert.AreEqual(new[] { "name", "value" }, table.Names.All.ToArray());
        CollectionAssert.AreEqual(new[] { "a, \"b\"", "two\nlines", "c", "" }, table.Cells[0]);
        CollectionAssert.AreEqual(new[] { "1", "2", "3", "4" }, table.Cells[1]);
        Assert.AreEqual("row 1 (line 2)", table.Place(0));
        Assert.AreEqual("row 2 (line 4)", table.Place(1));
        Assert.AreEqual("row 3 (line 6)", table.Place(2));
    }

    [TestMethod]
    public void A_quote_inside_a_cell_is_a_character_like_others()
    {
        using var run = new SampleRun();
        var table = CsvTable.Read(run.Write("data.csv", "note,units\nok,1\n5\" pipe,2\nok,3\n6\" and 7\",4\n\"8\"\" pipe\",5\n"));
        CollectionAssert.AreEqual(new[] { "ok", "5\" pipe", "ok", "6\" and 7\"", "8\" pipe" }, table.Cells[0]);
        CollectionAssert.AreEqual(new[] { "1", "2", "3", "4", "5" }, table.Cells[1]);
        Assert.AreEqual("row 4 (line 5)", table.Place(3));
    }

    [TestMethod]
    public void A_quote_that_is_opened_near_the_top_of_a_large_file_is_reported_with_its_line()
    {
        using var run = new SampleRun();
        string path = run.Write(
            "data.csv", "date,note,units\n2024-01-01,ok,1\n2024-01-02,\"5 inch,2\n" + string.Concat(Enumerable.Repeat("2024-01-03,ok,10.000\n", 120_000)));
        StringAssert.Contains(Assert.ThrowsExactly<UserError>(() => CsvTable.Read(path)).Message, "line 3: a quote is never closed");
    }

    [TestMethod]
    [DataRow("a,b,c\n1,2,3\n4,5,6\n")]
    [DataRow("a;b;c\n1;2;3\n4;5;6\n")]
    [DataRow("a\tb\tc\n1\t2\t3\n4\t5\t6\n")]
    [DataRow("a|b|c\n1|2|3\n4|5|6\n")]
    [DataRow("sep=;\r\na;b;c\r\n1;2;3\r\n4;5;6\r\n")]
    [DataRow(" a , \"b\" ,c\n 1 , \"2\" ,3\n4,5,6\n", DisplayName = "spaces around cells")]
    [DataRow("a,b,c,,\n1,2,3,,\n4,5,6,,\n", DisplayName = "columns without name and content")]
    [DataRow("a,b,c\n1,2,3,\n4,5,6,\n", DisplayName = "separators at the end of rows")]
    [DataRow("a,b,c\n1,2,3\n4,5,6\n,,\n,,\n  \n", DisplayName = "rows of separators at the end")]
    [DataRow(",a,b,c\n0,1,2,3\n1,4,5,6\n", DisplayName = "rows numbered by pandas")]
    [DataRow("Unnamed: 0,a,b,c\n0,1,2,3\n1,4,5,6\n", DisplayName = "rows numbered by pandas, read and written again")]
    [DataRow("\"\",\"a\",\"b\",\"c\"\n\"1\",1,2,3\n\"2\",4,5,6\n", DisplayName = "rows numbered by R")]
    public void Dialects_give_the_same_table(string text)
    {
        using var run = new SampleRun();
        var table = CsvTable.Read(run.Write("data.csv", text));
        CollectionAssert.AreEqual(new[] { "a", "b", "c" }, table.Names.All.ToArray());
        CollectionAssert.AreEqual(new[] { "1", "2", "3", "4", "5", "6" },
            Enumerable.Range(0, 2).SelectMany(row => table.Cells.Select(column => column[row])).ToArray());
    }

    [TestMethod]
    public void Decimal_commas_do_not_part_cells_where_semicolons_do()
    {
        using var run = new SampleRun();
        var table = CsvTable.Read(run.Write("data.csv", "date;units;price\n2024-01-01;10,000;1,5\n2024-01-02;13,919;1,5\n"));
        CollectionAssert.AreEqual(new[] { "date", "units", "price" }, table.Names.All.ToArray());
        CollectionAssert.AreEqual(new[] { "10,000", "13,919" }, table.Cells[1]);
    }

    [TestMethod]
    public void A_column_without_a_name_that_holds_something_is_called_by_its_place()
    {
        using var run = new SampleRun();
        var table = CsvTable.Read(run.Write("data.csv", ",units\n2024-01-01,1\n2024-01-02,2\n"));
        CollectionAssert.AreEqual(new[] { "column 1", "units" }, table.Names.All.ToArray());
        Assert.Contains("it is called 'column 1'", table.Notes.Single());
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
        Assert.AreEqual(30.531, table.Value(0, 6), 1e-3);
    }

    [TestMethod]
    [DataRow("0.7,0.1,0.2", 1000, 700, 800, 1000)]
    [DataRow("0.6,0.2,0.2", 5, 3, 4, 5)]
    [DataRow("0.5,0.125,0.25", 8, 4, 5, 7)]
    [DataRow("8640,2880,2880", 17420, 8640, 11520, 14400)]
    public void A_split_cuts_a_series_in_time(string text, int length, int train, int validation, int test) =>
        Assert.AreEqual((train, validation, test), Split.Parse(text).Ends(length));
}
