namespace MLNet.Sequence.SystemTests;

/// <summary>
/// A folder with packages made from the sources, for projects in the same folder. Packages from it are unpacked in this folder, and those of
/// others are taken from the machine's cache where they are there.
/// </summary>
internal sealed class PackageSource : IDisposable
{
    public PackageSource()
    {
        Shell = new Shell(Folder) { Variables = { ["NUGET_PACKAGES"] = At("cache"), ["DOTNET_CLI_HOME"] = At("home"), ["DOTNET_NOLOGO"] = "1" } };
        Directory.CreateDirectory(At("packages"));
        string cache = Environment.GetEnvironmentVariable("NUGET_PACKAGES")
            ?? Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
        File.WriteAllText(At("nuget.config"), $"""
            <configuration>
              <packageSources><add key="sources" value="{At("packages")}" /></packageSources>
              <fallbackPackageFolders><add key="machine" value="{cache}" /></fallbackPackageFolders>
            </configuration>
            """);
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("packages-").FullName;

    /// <summary>Runs commands in the folder, with a cache of its own.</summary>
    public Shell Shell { get; }

    public string At(string name) => Path.Combine(Folder, name);

    /// <summary>Packs a project.</summary>
    public void Pack(string project, params string[] properties) =>
        new Shell(Shell.Root).Run("dotnet", ["pack", Path.Combine("src", project), "-c", "Release", "-v", "q", "-o", At("packages"), .. properties]);

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}
