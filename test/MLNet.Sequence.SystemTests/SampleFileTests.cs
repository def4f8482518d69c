namespace MLNet.Sequence.SystemTests;

/// <summary>The programs of one file each run from a fresh clone by the command in their first comment.</summary>
[TestClass]
[DoNotParallelize]
public sealed class SampleFileTests
{
    // A part of what each prints.
    private static readonly Dictionary<string, string> Said = new()
    {
        ["backtest.cs"] = "Theta",
        ["classify.cs"] = "accuracy",
        ["forecast.cs"] = "MAE",
        ["generate.cs"] = "First Citizen:",
        ["onnx.cs"] = "ONNX Runtime ",
        ["pairs.cs"] = "3 1 4 in reverse: 4 1 3",
        ["recurrence.cs"] = "feed-forward",
        ["stream.cs"] = "step 659: forecast",
        ["tag.cs"] = "span F1",
    };

    public static IEnumerable<object[]> Files => Directory.GetFiles(Path.Combine(Shell.Root, "src", "Samples", "files"), "*.cs")
        .Select(file => new object[] { Path.GetFileName(file) }).OrderBy(file => (string)file[0], StringComparer.Ordinal);

    [TestMethod]
    [DynamicData(nameof(Files))]
    public void A_program_of_one_file_runs(string file)
    {
        string place = $"src/Samples/files/{file}";
        StringAssert.Contains(File.ReadAllText(Path.Combine(Shell.Root, place)), $"dotnet run {place}");
        // "Show" prints the path of the page that it writes, and opens no browser here.
        string output = new Shell(Shell.Root).Run("dotnet", "run", "-c", "Release", place);
        StringAssert.Contains(output, Said[file]);
        if (file == "onnx.cs")
            AssertSameForecasts(output);
    }

    // What ONNX Runtime forecasts is what the library forecasts.
    private static void AssertSameForecasts(string output)
    {
        string[] lines = [.. output.Split('\n').Where(line => line.StartsWith("ONNX Runtime", StringComparison.Ordinal))];
        Assert.HasCount(4, lines);
        foreach (string line in lines)
        {
            string[] words = line.Trim().Replace(",", "", StringComparison.Ordinal).Split(' ');
            Assert.AreEqual(double.Parse(words[2], System.Globalization.CultureInfo.InvariantCulture),
                double.Parse(words[^1], System.Globalization.CultureInfo.InvariantCulture), 1e-3, line);
        }
    }
}
