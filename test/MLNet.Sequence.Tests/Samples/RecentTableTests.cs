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
        Assert.AreSame(two, RecentTable.Read(path, mostRows: 2));
        Assert.AreEqual(3, RecentTable.Read(path).RowCount);
        CsvTable whole = RecentTable.Read(path, mostRows: 5);
        // It has all rows, whoever asks for them.
        Assert.AreSame(whole, RecentTable.Read(path));
        Assert.AreEqual(2, RecentTable.Read(path, mostRows: 2).RowCount);
        files.Write("a.csv", "a\n1\n2\n3\n4\n");
        Assert.AreEqual(4, RecentTable.Read(path, mostRows: 5).RowCount);
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
