using System.Globalization;
using MLNet.Sequence.Samples;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Sequences;
using MLNet.Sequence.Samples.Series;
using Parquet;
using Parquet.Schema;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>Parquet and Arrow files are read as CSV files are. The six rows were written by libraries of JavaScript (make_columnar.mjs).</summary>
[TestClass]
public sealed class ColumnarTests
{
    private static readonly string[] Loads = ["1.5", "2.25", "", "-4", "1E+21", "0.1"], Large = ["1", "2", "3", "4", "5", "9007199254740993"],
        Shops = ["north", "south", "north", "south", "north", "süd"], Open = ["true", "false", "true", "true", "false", ""];

    [TestMethod]
    public void A_Parquet_file_of_another_language_is_read_with_all_digits_and_with_its_gaps()
    {
        var table = CsvTable.Read(SixRows("parquet"));
        CollectionAssert.AreEqual(new[] { "time", "load", "count", "large", "shop", "open" }, table.Names.All.ToArray());
        CollectionAssert.AreEqual(Enumerable.Range(0, 6).Select(hour => $"2024-01-01 0{hour}:00:00Z").ToArray(), table.Cells[0]);
        CollectionAssert.AreEqual(Loads, table.Cells[1]);
        CollectionAssert.AreEqual(new[] { "1", "2", "3", "4", "5", "6" }, table.Cells[2]);
        CollectionAssert.AreEqual(Large, table.Cells[3]);
        CollectionAssert.AreEqual(Shops, table.Cells[4]);
        CollectionAssert.AreEqual(Open, table.Cells[5]);
        Assert.AreEqual("left out: 'bytes', which hold neither numbers nor texts nor times", table.Notes.Single());
        Assert.AreEqual("row 3", table.Place(2));
    }

    [TestMethod]
    [DataRow("arrow")]
    [DataRow("arrows")]
    public void An_Arrow_file_of_another_language_is_read_too_with_its_categories_and_days(string ending)
    {
        var table = CsvTable.Read(SixRows(ending));
        CollectionAssert.AreEqual(new[] { "time", "day", "load", "small", "large", "shop", "open" }, table.Names.All.ToArray());
        CollectionAssert.AreEqual(Enumerable.Range(0, 6).Select(hour => $"2024-01-01 0{hour}:00:00").ToArray(), table.Cells[0]);
        CollectionAssert.AreEqual(Enumerable.Range(1, 6).Select(day => $"2024-01-0{day}").ToArray(), table.Cells[1]);
        CollectionAssert.AreEqual(Loads, table.Cells[2]);
        CollectionAssert.AreEqual(new[] { "0.1", "0.2", "0.3", "0.4", "0.5", "" }, table.Cells[3]);
        CollectionAssert.AreEqual(Large, table.Cells[4]);
        CollectionAssert.AreEqual(Shops, table.Cells[5]);
        CollectionAssert.AreEqual(Open, table.Cells[6]);
        Assert.Contains("'list'", table.Notes.Single());
    }

    [TestMethod]
    public async Task The_same_rows_as_CSV_and_as_Parquet_give_the_same_forecasts()
    {
        using var run = new SampleRun();
        string[] options = ["--context", "8", "--horizon", "3", "--epochs", "1", "--architecture", "linear"];
        string csv = run.WriteHours("hours.csv", 60), parquet = run.Path("hours.parquet");
        await WriteAsync(parquet, CsvTable.Read(csv));

        Assert.AreEqual(Cli.Success, run.Run(["forecast", "--data", csv, .. options]), run.Error);
        string expected = File.ReadAllText(run.Path("out/forecasts.csv"));
        Assert.AreEqual(Cli.Success, run.Run(["forecast", "--data", parquet, .. options]), run.Error);
        Assert.AreEqual(expected, File.ReadAllText(run.Path("out/forecasts.csv")));
        Assert.Contains("note: time: yyyy-MM-dd HH:mm:ss, hours", run.Output);
    }

    [TestMethod]
    public void A_cell_without_a_value_is_named_by_its_row()
    {
        using var run = new SampleRun();
        run.MustRefuse(["forecast", "--data", SixRows("arrow"), "--time", "time", "--targets", "load"], "row 3, column 'load': the cell is empty");
    }

    [TestMethod]
    public async Task A_number_with_three_decimals_is_no_thousand_next_to_texts_with_a_decimal_comma()
    {
        using var run = new SampleRun();
        await WriteAsync(run.Path("rows.parquet"), CsvTable.Read(run.Write("rows.csv", "text;v\nx 1,5;1.234\nx 1,5;2.345\n")));
        var table = SeriesTable.Read(new DataSource(run.Path("rows.parquet"), null, ["v"], null));
        Assert.AreEqual(1.234, table.Value(0, 0));
    }

    [TestMethod]
    public void A_broken_file_and_options_for_text_are_refused()
    {
        using var run = new SampleRun();
        foreach (string name in new[] { "broken.parquet", "broken.arrow" })
        {
            run.Write(name, "PAR1 ARROW1 no, neither");
            run.MustRefuse(["forecast", "--data", run.Path(name)], $"broken{Path.GetExtension(name)}' cannot be read as a file of");
        }

        byte[] whole = File.ReadAllBytes(SixRows("parquet"));
        File.WriteAllBytes(run.Path("cut.parquet"), whole[..(whole.Length / 2)]);
        run.MustRefuse(["forecast", "--data", run.Path("cut.parquet")], "cut.parquet' cannot be read as a file of Parquet");
        run.MustRefuse(["forecast", "--data", run.Path("none.parquet")], "There is no data file");
        run.MustRefuse(["forecast", "--data", SixRows("parquet"), "--decimal", "comma"], "--decimal is for text files");
        run.MustRefuse(["forecast", "--data", SixRows("parquet"), "--encoding", "utf-8"], "--encoding is for text files");
    }

    [TestMethod]
    public async Task Labelled_sequences_are_read_too_and_their_steps_may_have_numbers_as_names()
    {
        using var run = new SampleRun();
        string csv = run.Write("rows.csv", "label,0,1,2\na,1,2,3\nb,4,5,6\n"), parquet = run.Path("rows.parquet");
        await WriteAsync(parquet, CsvTable.Read(csv));
        LabelledRows rows = LabelledFile.Read(parquet, "--train", null);
        CollectionAssert.AreEqual(new[] { "a", "b" }, rows.Rows.Select(row => row.Label).ToArray());
        CollectionAssert.AreEqual(new float[] { 4, 5, 6 }, rows.Rows[1].Features);
    }

    private static string SixRows(string ending) => SourceTree.Path("test", "MLNet.Sequence.Tests", "Samples", "Columnar", $"six-rows.{ending}");

    // Dates as dates, numbers as numbers, all else as text.
    private static async Task WriteAsync(string path, CsvTable table)
    {
        bool IsDate(int column) => DateTime.TryParse(table.Cells[column][0], CultureInfo.InvariantCulture, out _) && table.Cells[column][0].Contains('-');
        bool IsNumber(int column) => double.TryParse(table.Cells[column][0], CultureInfo.InvariantCulture, out _);
        DataField[] fields = [.. table.Names.All.Index().Select(name => IsDate(name.Index) ? new DataField<DateTime>(name.Item)
            : IsNumber(name.Index) ? new DataField<double>(name.Item) : (DataField)new DataField<string>(name.Item))];
        await using FileStream stream = File.Create(path);
        await using ParquetWriter writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), stream);
        using ParquetRowGroupWriter group = writer.CreateRowGroup();
        foreach ((int column, DataField field) in fields.Index())
        {
            List<string> cells = table.Cells[column];
            if (IsDate(column))
                await group.WriteAsync<DateTime>(field, cells.Select(cell => DateTime.Parse(cell, CultureInfo.InvariantCulture)).ToArray().AsMemory());
            else if (IsNumber(column))
                await group.WriteAsync<double>(field, cells.Select(cell => double.Parse(cell, CultureInfo.InvariantCulture)).ToArray().AsMemory());
            else
                await group.WriteAsync(field, cells);
        }
    }
}
