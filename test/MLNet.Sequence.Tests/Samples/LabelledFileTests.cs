using System.IO.Compression;
using MLNet.Sequence.Samples;
using MLNet.Sequence.Samples.Sequences;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>The three forms of files of labelled sequences.</summary>
[TestClass]
public sealed class LabelledFileTests
{
    [TestMethod]
    public void A_csv_file_has_a_label_column_and_a_column_for_each_step()
    {
        using var run = new SampleRun();
        LabelledRows named = LabelledFile.Read(run.Write("a.csv", "t1,kind,t2\n1.5,x,2\n3,y,\n"), "--train", "kind");
        LabelledRows usual = LabelledFile.Read(run.Write("b.csv", "t1,label\n1,x\n"), "--train", null),
            first = LabelledFile.Read(run.Write("c.csv", "k,t1\nx,1\n"), "--train", null);

        AssertRow(named, 0, "x", 1.5f, 2);
        AssertRow(named, 1, "y", 3);
        AssertRow(usual, 0, "x", 1);
        AssertRow(first, 0, "x", 1);
    }

    [TestMethod]
    public void A_ucr_file_has_the_label_first_and_missing_values_after_short_sequences()
    {
        using var run = new SampleRun();
        LabelledRows rows = LabelledFile.Read(run.Write("a.tsv", "1\t0.5\t-2e-1\t3\n-1\t4\tNaN\tNaN\n2\tNaN\t1\t2\n"), "--train", null);

        AssertRow(rows, 0, "1", 0.5f, -0.2f, 3);
        AssertRow(rows, 1, "-1", 4);
        AssertRow(rows, 2, "2", float.NaN, 1, 2);
        Assert.AreEqual(1, rows.Missing);
        Assert.AreEqual("3 sequences of 1 to 3 steps in 3 classes; interpolated values: 1", rows.ToString());
    }

    [TestMethod]
    public void A_ts_file_has_dimensions_and_sequences_of_any_length()
    {
        using var run = new SampleRun();
        LabelledRows rows = LabelledFile.Read(
            run.Write("a.ts", "# a comment\n@problemName Two\n@timeStamps false\n@univariate false\n@classLabel true a "
                + "b\n@data\n1,2,3:10,20,30:a\n4,?:40,50:b\n"), "--train", null);

        Assert.AreEqual(2, rows.Features);
        AssertRow(rows, 0, "a", 1, 10, 2, 20, 3, 30);
        AssertRow(rows, 1, "b", 4, 40, float.NaN, 50);
        Assert.AreEqual("2 sequences of 2 to 3 steps of 2 values in 2 classes; interpolated values: 1", rows.ToString());
    }

    [TestMethod]
    [DataRow("a.csv", "label,t1,t2,t3,t4\na,1,?,3,?\nb,5,,,\n")]
    [DataRow("a.csv", "label;t1;t2;t3;t4\na;1,0;?;3,0;?\nb;5,0;;;\n")]
    [DataRow("a.tsv", "a\t1\tNaN\t3\tNaN\nb\t5\tNaN\tNaN\tNaN\n")]
    [DataRow("a.ts", "@classLabel true a b\n@data\n1,?,3,?:a\n5,?,?,?:b\n")]
    public void Missing_values_after_the_end_are_cut_off_in_every_form(string name, string text)
    {
        using var run = new SampleRun();
        LabelledRows rows = LabelledFile.Read(run.Write(name, text), "--train", null);

        AssertRow(rows, 0, "a", 1, float.NaN, 3);
        AssertRow(rows, 1, "b", 5);
    }

    [TestMethod]
    public void A_step_of_several_values_ends_a_sequence_where_all_are_missing_from_there()
    {
        using var run = new SampleRun();
        LabelledRows rows = LabelledFile.Read(run.Write("a.ts", "@classLabel true a\n@data\n1,2,?,?:10,?,30,?:a\n"), "--train", null);

        AssertRow(rows, 0, "a", 1, 10, 2, float.NaN, float.NaN, 30);
    }

    [TestMethod]
    public void Packed_files_are_read_as_they_are()
    {
        using var run = new SampleRun();
        string path = run.Path("a.tsv.gz");
        using (var writer = new StreamWriter(new GZipStream(File.Create(path), CompressionLevel.Fastest)))
            writer.Write("x\t1\t2\n");

        AssertRow(LabelledFile.Read(path, "--train", null), 0, "x", 1, 2);
    }

    [TestMethod]
    [DataRow("1,2,Label", "3,4,x")]
    [DataRow("LABEL,0.5,1", "x,3,4")]
    [DataRow("kind,0,10", "x,3,4")]
    [DataRow("label,2,1", "x,3,4")]
    public void A_label_column_is_found_in_any_case(string names, string row)
    {
        using var run = new SampleRun();
        AssertRow(LabelledFile.Read(run.Write("a.csv", $"{names}\n{row}\n"), "--train", null), 0, "x", 3, 4);
    }

    [TestMethod]
    [DataRow("a.csv", "label,t1\nx,one\n", "row 1 (line 2), column 't1': 'one' is not a number")]
    [DataRow("a.csv", "label,t1\n ,1\n", "row 1 (line 2): the label is missing")]
    [DataRow("a.csv", "label\nx\n", "has one column")]
    [DataRow("a.tsv", "1\t2\n1\tx\n", "line 2: 'x' is not a number")]
    [DataRow("a.tsv", "1\t2\t3\n1\t4\t5\n1\t6\n", "the last line has 2 cells, all lines before it have 3")]
    [DataRow("a.csv", "slow,0.5,-0.25,0.75\nfast,1,2,3\n", "begins with a line of numbers")]
    [DataRow("a.csv", "label,t1,t2\nx,1,2\ny,?,?\n", "row 2 (line 3): all values of the sequence are missing")]
    [DataRow("a.ts", "@classLabel true\n@data\n?,?:a\n", "line 3: all values of the sequence are missing")]
    [DataRow("a.tsv", "\n", "has no sequences")]
    [DataRow("a.ts", "@classLabel true\n1,2:a\n", "has no line @data")]
    [DataRow("a.ts", "@classLabel false\n@data\n1,2:a\n", "has no classes")]
    [DataRow("a.ts", "@timeStamps true\n@data\n", "line 1: sequences with time stamps")]
    [DataRow("a.ts", "@classLabel true\n@data\n1,2:1,2:a\n1:a\n", "line 4 has 1 dimensions; the lines before have 2")]
    [DataRow("a.ts", "@classLabel true\n@data\n1,2:1:a\n", "line 3: the dimensions of a sequence must have the same number of steps")]
    public void What_is_wrong_is_named_with_its_place(string name, string text, string message)
    {
        using var run = new SampleRun();
        string path = run.Write(name, text);

        StringAssert.Contains(Assert.ThrowsExactly<UserError>(() => LabelledFile.Read(path, "--train", null)).Message, message);
    }

    private static void AssertRow(LabelledRows rows, int row, string label, params float[] features)
    {
        Assert.AreEqual(label, rows.Rows[row].Label);
        CollectionAssert.AreEqual(features, rows.Rows[row].Features);
    }
}
