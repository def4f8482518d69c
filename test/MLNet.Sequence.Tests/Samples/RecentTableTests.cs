using MLNet.Sequence.Samples.Columnar;
using MLNet.Sequence.Samples.Csv;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>One table is kept for the whole process: other tests would replace it.</summary>
[TestClass]
[DoNotParallelize]
public sealed class RecentTableTests
{
    [TestMethod]
    public void A_table_of_which_some_rows_were_read_is_kept_until_the_file_changes()
    {
        using var files = new SampleRun();
        string path = files.Write("a.csv", "a\n1\n2\n3\n");
        CsvTable two = RecentTable.Read(path, mostRows: 2);
        Assert.IsTrue(two.IsCut);
        Assert.AreSame(two.Cells, RecentTable.Read(path, mostRows: 2).Cells);
        Assert.AreEqual(3, RecentTable.Read(path).RowCount);
        CsvTable whole = RecentTable.Read(path, mostRows: 5);
        // It has all rows, whoever asks for them.
        Assert.AreSame(whole.Cells, RecentTable.Read(path).Cells);
        Assert.AreEqual(2, RecentTable.Read(path, mostRows: 2).RowCount);
        files.Write("a.csv", "a\n1\n2\n3\n4\n");
        Assert.AreEqual(4, RecentTable.Read(path, mostRows: 5).RowCount);
    }

    [TestMethod]
    public void What_one_reader_finds_of_the_numbers_is_not_what_another_has_read()
    {
        using var files = new SampleRun();
        string path = files.Write("a.csv", "a;b\n1;1,5\n2;2,5\n");
        CsvTable first = RecentTable.Read(path, mostRows: 5);
        CollectionAssert.AreEqual(new[] { 1.5, 2.5 }, NumberColumn.Read(first, 1));
        Assert.IsTrue(first.Numbers.HasCommas);
        CsvTable second = RecentTable.Read(path, mostRows: 5);
        CollectionAssert.AreEqual(new double[] { 1, 2 }, NumberColumn.Read(second, 0));
        Assert.IsFalse(second.Numbers.HasCommas);
    }

    [TestMethod]
    [DataRow("parquet")]
    [DataRow("arrow")]
    public void The_columns_of_a_typed_file_are_known_without_its_rows(string ending)
    {
        string path = SourceTree.Path("test", "MLNet.Sequence.Tests", "Samples", "Columnar", $"six-rows.{ending}");
        CollectionAssert.AreEqual(TypedFile.Read(path, "").Select(column => column.Name).ToArray(),
            TypedFile.Names(path, "").ToArray());
    }
}
