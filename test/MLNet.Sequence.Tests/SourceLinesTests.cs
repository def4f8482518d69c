namespace MLNet.Sequence.Tests;

[TestClass]
public sealed class SourceLinesTests
{
    private const int Longest = 160;

    [TestMethod]
    public void No_line_of_code_is_longer_than_a_reader_sees_at_once()
    {
        string[] folders = ["src", "test", "bench", "build"];
        string[] files = [.. folders.SelectMany(folder => Directory.EnumerateFiles(SourceTree.Path(folder), "*.cs", SearchOption.AllDirectories))
            .Where(file => !file.Split(Path.DirectorySeparatorChar).Any(part => part is "obj" or "bin"))];
        string[] tooLong = [.. files.SelectMany(file => File.ReadLines(file)
            .Select((line, i) => (Line: line, Place: $"{Path.GetRelativePath(SourceTree.Root, file)}:{i + 1}"))
            .Where(one => one.Line.Length > Longest)
            .Select(one => one.Place))];

        Assert.IsGreaterThan(1_000, files.Length);
        Assert.AreEqual("", string.Join(Environment.NewLine, tooLong));
    }
}
