using System.IO.Compression;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>Unusable data is refused before any training, with a message that says what to change and where.</summary>
[TestClass]
public sealed class BadDataTests
{
    [TestMethod]
    public void A_missing_file_is_named()
    {
        using var run = new SampleRun();
        run.MustRefuse(["--data", run.Path("nowhere.csv")], "no data file", "nowhere.csv");
    }

    [TestMethod]
    public void An_empty_file_is_reported_as_empty()
    {
        using var run = new SampleRun();
        run.MustRefuse(["--data", run.Write("data.csv", "")], "data.csv", "is empty");
    }

    [TestMethod]
    public void A_header_without_rows_is_reported()
    {
        using var run = new SampleRun();
        run.MustRefuse(["--data", run.Write("data.csv", "date,load\n")], "no rows", "date, load");
    }

    [TestMethod]
    [DataRow("--targets", "laod")]
    [DataRow("--time", "dat")]
    [DataRow("--series", "sit")]
    public void A_typo_in_a_column_lists_the_nearest_names(string option, string wrong)
    {
        using var run = new SampleRun();
        string data = run.Write("data.csv", "date,load,site\n2020-01-01,1,a\n");
        string right = wrong switch { "laod" => "'load'", "dat" => "'date'", _ => "'site'" };
        run.MustRefuse(["--data", data, option, wrong], $"'{wrong}'", option, $"nearest names in the file: {right}");
    }

    [TestMethod]
    [DataRow("abc", "'abc' is not a number")]
    [DataRow("", "the cell is empty")]
    [DataRow("NaN", "the cell is 'NaN'")]
    [DataRow("1e300", "not finite or too large")]
    public void A_cell_that_is_no_number_is_named_by_row_line_and_column_with_advice(string cell, string found)
    {
        using var run = new SampleRun();
        string data = run.WriteHours("data.csv", 60, row => row == 41 ? cell : "1");
        run.MustRefuse(["--data", data], "row 42 (line 43)", "column 'a'", found, cell is "" or "NaN" ? "Fill the gap" : "correct the cell");
    }

    [TestMethod]
    public void Too_few_rows_are_refused_with_the_needed_number_which_is_enough()
    {
        using var run = new SampleRun();
        run.MustRefuse(["--data", run.WriteHours("data.csv", 20), "--context", "10", "--horizon", "5"], "has 20 rows; at least 47 are needed");
        run.MustRefuse(["--data", run.WriteHours("data.csv", 46), "--context", "10", "--horizon", "5"], "at least 47");
        int code = run.Run("--data", run.WriteHours("data.csv", 47), "--context", "10", "--horizon", "5", "--epochs", "1", "--architectures", "tcn");
        Assert.AreEqual(0, code, run.Error);
    }

    [TestMethod]
    public void A_series_that_is_too_short_is_named()
    {
        using var run = new SampleRun();
        IEnumerable<string> rows = Enumerable.Range(0, 100)
            .SelectMany(step => step < 30 ? new[] { $"{step},north,1", $"{step},south,2" } : [$"{step},north,1"]);
        string data = run.Write("data.csv", "step,site,load\n" + string.Join("\n", rows));
        string[] args = ["--data", data, "--time", "step", "--series", "site", "--context", "20", "--horizon", "5"];
        run.MustRefuse(args, "series 'south'", "30 rows", "are needed");
        run.MustRefuse(["forecast", .. args[..^3], "40"], "series 'south'", "30 rows");
    }

    [TestMethod]
    public void Rows_out_of_time_order_are_named_with_both_times()
    {
        using var run = new SampleRun();
        string data = run.WriteHours("data.csv", 60);
        string[] lines = File.ReadAllLines(data);
        (lines[30], lines[31]) = (lines[31], lines[30]);
        File.WriteAllLines(data, lines);
        run.MustRefuse(["--data", data], "row 31 (line 32)", "column 'date'", "2020-01-02 05:00:00 does not come after 2020-01-02 06:00:00", "sort the rows");
    }

    [TestMethod]
    public void A_time_of_another_form_is_named()
    {
        using var run = new SampleRun();
        string data = run.Write("data.csv", "date,a\n2020-01-01,1\n2020-01-02,2\nyesterday,3\n");
        run.MustRefuse(["--data", data], "row 3 (line 4)", "'yesterday'", "yyyy-MM-dd");
    }

    [TestMethod]
    [DataRow("a,b\n1,2\n\n3,4,5\n", "row 2 (line 4) has 3 cells; the header names 2")]
    [DataRow("a,b\n1,2\n\"3,4\n", "line 3: a quote is never closed")]
    [DataRow("a,b\n\"1\"2\",4\"\n", "line 2: the quotes do not fit")]
    [DataRow("a,b\n\"1\" x,4\n", "line 2: the quotes do not fit: \"1\" x")]
    [DataRow("a,b\n1,\"2\n3,4\n", "line 2: a quote is never closed")]
    [DataRow("a, a \n1,2\n", "Two columns are named 'a': columns 1 and 2")]
    [DataRow("date,a\n2020-01-01,1,5\n2020-01-02,2,5\n", "semicolons")]
    [DataRow("2020-01-01,10.5\n2020-01-02,11.5\n",
        "begins with a row of data (2020-01-01, 10.5) where its column names belong. Write a line of names above it, for instance date,column2")]
    [DataRow("1.5,2\n3,4\n", "begins with a row of data")]
    [DataRow("a\nx\n", "no numeric column")]
    public void A_broken_table_is_refused_with_the_line(string text, string message)
    {
        using var run = new SampleRun();
        run.MustRefuse(["--data", run.Write("data.csv", text)], message);
    }

    [TestMethod]
    [DataRow("data.csv.gz")]
    [DataRow("classify.csv.gz", "classify", "--test", "x.csv", "--train")]
    [DataRow("classify.tsv.gz", "classify", "--test", "x.csv", "--train")]
    [DataRow("classify.ts.gz", "classify", "--test", "x.csv", "--train")]
    [DataRow("tagged.tsv.gz", "tag", "--test", "x.tsv", "--train")]
    [DataRow("text.txt.gz", "language", "--train")]
    [DataRow("pieces.json.gz", "music", "--data")]
    public void A_gzip_file_that_is_cut_off_anywhere_is_not_taken_for_a_whole_one(string name, params string[] command)
    {
        using var run = new SampleRun();
        string[] args = command.Length == 0 ? ["--data"] : command;
        string path = run.Path(name);
        byte[] whole = Packed("a,b\n1,2\n");
        // In the header, the compressed data, the checksum and the length.
        foreach (int cut in new[] { 1, 9, 10, 11, whole.Length - 9, whole.Length - 8, whole.Length - 5, whole.Length - 4, whole.Length - 1 })
        {
            File.WriteAllBytes(path, whole[..cut]);
            run.MustRefuse([.. args, path], $"'{path}' is not a complete gzip file", "ends with a checksum and a length");
        }

        File.WriteAllText(path, "a,b\n1,2\n");
        run.MustRefuse([.. args, path], "not a complete gzip file");
        File.WriteAllBytes(path, whole);
        run.Run([.. args, path]);
        Assert.DoesNotContain("gzip", run.Error);
    }

    private static byte[] Packed(string text)
    {
        using var bytes = new MemoryStream();
        using (var packed = new StreamWriter(new GZipStream(bytes, CompressionLevel.Fastest)))
            packed.Write(text);
        return bytes.ToArray();
    }
}
