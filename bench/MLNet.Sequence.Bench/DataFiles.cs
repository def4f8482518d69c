using ICSharpCode.SharpZipLib.GZip;

namespace MLNet.Sequence.Bench;

/// <summary>The places of the data: some sets are in the repository, the others must not be and are searched for next to it.</summary>
internal static class DataFiles
{
    /// <summary>The folder of the solution.</summary>
    public static string Repository { get; } = FindRepository();

    /// <summary>A path under the folder named by SEQUENCE_DATA, or under ../shared/data next to the repository.</summary>
    public static string Shared(params string[] parts) =>
        Path.GetFullPath(Path.Combine(
            [Environment.GetEnvironmentVariable("SEQUENCE_DATA") ?? Path.Combine(Repository, "..", "shared", "data"), .. parts]));

    /// <summary>The content of a gzip file. A truncated file is an error; .NET's own GZipStream accepts it as complete.</summary>
    public static Stream OpenGzip(string path) => new GZipInputStream(File.OpenRead(path));

    /// <summary>The rows of a gzipped CSV file, each split into fields without their quotes. Fields must not contain commas.</summary>
    public static IEnumerable<string[]> ReadGzip(string path)
    {
        using var reader = new StreamReader(OpenGzip(path));
        while (reader.ReadLine() is { } line)
            yield return [.. line.Split(',').Select(field => field.Trim('"'))];
    }

    private static string FindRepository()
    {
        for (DirectoryInfo? folder = new(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "MLNet.Sequence.sln")))
                return folder.FullName;
        }

        throw new DirectoryNotFoundException($"MLNet.Sequence.sln is in no folder above {AppContext.BaseDirectory}: run from a clone.");
    }
}
