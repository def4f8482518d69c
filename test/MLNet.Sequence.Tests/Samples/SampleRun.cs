using System.Globalization;
using System.Text;
using MLNet.Sequence.Samples;

namespace MLNet.Sequence.Tests.Samples;

/// <summary>Runs the program in a folder of its own, and gives its files and its output.</summary>
internal sealed class SampleRun : IDisposable
{
    public string Folder { get; } = Directory.CreateTempSubdirectory("samples-").FullName;

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    /// <summary>All files and folders, hidden ones too, relative to <see cref="Folder"/>.</summary>
    public string[] Entries => [.. Directory.EnumerateFileSystemEntries(Folder, "*", SearchOption.AllDirectories)
        .Select(path => System.IO.Path.GetRelativePath(Folder, path).Replace('\\', '/')).Order(StringComparer.Ordinal)];

    public string Path(string name) => System.IO.Path.Combine(Folder, name);

    public string Write(string name, string text)
    {
        File.WriteAllText(Path(name), text);
        return Path(name);
    }

    /// <summary>Hourly rows "date,a,b"; <paramref name="a"/> gives the cell of column a.</summary>
    public string WriteHours(string name, int rows, Func<int, string>? a = null)
    {
        var text = new StringBuilder("date,a,b\n");
        for (int row = 0; row < rows; row++)
        {
            string date = new DateTime(2020, 1, 1).AddHours(row).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
            string cell = a?.Invoke(row) ?? Math.Sin(row / 4.0).ToString("F4", CultureInfo.InvariantCulture);
            text.Append(CultureInfo.InvariantCulture, $"{date},{cell},{row % 7}\n");
        }

        return Write(name, text.ToString());
    }

    /// <summary>Runs the program; its results go to "out" in the folder.</summary>
    public int Run(params IEnumerable<string> args) => Run(default, args);

    public int Run(CancellationToken cancellation, params IEnumerable<string> args)
    {
        using StringWriter output = new(CultureInfo.InvariantCulture), error = new(CultureInfo.InvariantCulture);
        int code = Cli.Run([.. args, "--out", Path("out")], output, error, cancellation);
        (Output, Error) = (output.ToString(), error.ToString());
        return code;
    }

    /// <summary>
    /// Runs the program on input that it must refuse: exit code 2, a message with all these parts and no stack trace, and no new file.
    /// </summary>
    public void MustRefuse(IEnumerable<string> args, params IEnumerable<string> parts)
    {
        string[] before = Entries;
        Assert.AreEqual(Cli.UserMistake, Run(args), Output + Error);
        foreach (string part in parts)
            Assert.Contains(part, Error);
        Assert.DoesNotContain("   at ", Error);
        Assert.DoesNotContain("Exception", Error);
        CollectionAssert.AreEqual(before, Entries);
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
