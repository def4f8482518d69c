namespace MLNet.Sequence.Tests;

/// <summary>The repository that the tests were built from.</summary>
internal static class SourceTree
{
    public static string Root { get; } = FindRoot();

    public static string Path(params string[] parts) => System.IO.Path.Combine([Root, .. parts]);

    public static void AssertHolds(params string[] parts) =>
        Assert.IsTrue(File.Exists(Path(parts)), $"There is no file {string.Join('/', parts)}.");

    private static string FindRoot()
    {
        string? folder = AppContext.BaseDirectory;
        while (folder is not null && !File.Exists(System.IO.Path.Combine(folder, "MLNet.Sequence.sln")))
            folder = System.IO.Path.GetDirectoryName(folder);
        return folder ?? throw new InvalidOperationException($"No folder above {AppContext.BaseDirectory} holds MLNet.Sequence.sln.");
    }
}
