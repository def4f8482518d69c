using MLNet.Sequence.Samples;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>Number formats of different countries. If a cell is ambiguous, other cells decide.</summary>
[TestClass]
public sealed class NumberFormatTests
{
    [TestMethod]
    [DataRow("v;w\n10,000;1,5\n13,919;2,5\n", 10, 13.919, DisplayName = "another column has a decimal comma")]
    [DataRow("v;w\n10,000;a\n13,919;b\n", 10, 13.919, DisplayName = "semicolons leave commas to numbers")]
    [DataRow("v;w\n10,000;1.5\n13,919;2.5\n", 10_000, 13_919, DisplayName = "another column has a decimal point")]
    [DataRow("v,w\n\"10,000\",a\n\"13,919\",b\n", 10_000, 13_919, DisplayName = "where commas part cells, they part thousands")]
    [DataRow("v,w\n\"1,5\",a\n\"13,919\",b\n", 1.5, 13.919, DisplayName = "a fraction of one digit")]
    [DataRow("v;w\n1.234,5;a\n1.234;b\n", 1234.5, 1234, DisplayName = "thousands with points")]
    [DataRow("v;w\n1.234.567;a\n12,25;b\n", 1_234_567, 12.25, DisplayName = "millions with points")]
    [DataRow("v,w\n\"1,234,567\",a\n\"1,234\",b\n", 1_234_567, 1234, DisplayName = "millions with commas")]
    [DataRow("v,w\n1.234,a\n2.5,b\n", 1.234, 2.5, DisplayName = "points alone are decimal")]
    [DataRow("v,w\n0.123,a\n1.234,b\n", 0.123, 1.234, DisplayName = "a leading zero is no thousand")]
    [DataRow("v\n1,5\n2,25\n", 1.5, 2.25, DisplayName = "one column")]
    [DataRow("v;w\n1 234,5;a\n12\u00A0345,5;b\n", 1234.5, 12_345.5, DisplayName = "thousands with spaces")]
    [DataRow("v;w\n1'234.5;a\n-2.5e-3;b\n", 1234.5, -0.0025, DisplayName = "thousands with apostrophes")]
    [DataRow("v;w\n\u22121,5;a\n+2,5;b\n", -1.5, 2.5, DisplayName = "a typographic minus")]
    public void The_decimal_mark_is_found(string text, double first, double second)
    {
        using var run = new SampleRun();
        double[] read = NumberColumn.Read(CsvTable.Read(run.Write("data.csv", text)), 0);
        CollectionAssert.AreEqual(new[] { first, second }, read);
    }

    [TestMethod]
    public void An_undecided_format_is_an_error_and_can_be_given()
    {
        using var run = new SampleRun();
        string path = run.Write("data.tsv", "v\tw\n1,234\ta\n5,678\tb\n");
        StringAssert.Contains(Assert.ThrowsExactly<UserError>(() => NumberColumn.Read(CsvTable.Read(path), 0)).Message,
            "column 'v': '1,234' is ambiguous: decimal or thousands separator");
        Assert.AreEqual(1.234, NumberColumn.Read(CsvTable.Read(path, format: new FileFormat(DecimalMark: ',')), 0)[0]);
        Assert.AreEqual(1234, NumberColumn.Read(CsvTable.Read(path, format: new FileFormat(DecimalMark: '.')), 0)[0]);
    }

    [TestMethod]
    [DataRow("v;w\n1,5;a\n2.5;b\n", "'2.5' is not a number. Numbers are written as 1234,5 in this file")]
    [DataRow("v,w\n1.5,a\n12%,b\n", "'12%' is not a number. Numbers are written as 1234.5;")]
    [DataRow("v;w\n1,5;a\n12,34,5;b\n", "'12,34,5' is not a number")]
    public void A_cell_of_another_kind_is_named(string text, string message)
    {
        using var run = new SampleRun();
        var table = CsvTable.Read(run.Write("data.csv", text));
        StringAssert.Contains(Assert.ThrowsExactly<UserError>(() => NumberColumn.Read(table, 0)).Message, $"row 2 (line 3), column 'v': {message}");
    }
}
