using System.Reflection;
using TorchSharp;

namespace MLNet.Sequence.Torch;

/// <summary>
/// The folders in which the runtime and TorchSharp look for native libraries, in their order. The files found here must be those that
/// TorchSharp would load: two copies of libtorch abort the process.
/// </summary>
internal static class NativeFolders
{
    private static readonly Lazy<IReadOnlyList<string>> Folders = new(() => [.. ByName().Concat(InPackages()).Distinct().Where(Directory.Exists)]);

    public static IReadOnlyList<string> All => Folders.Value;

    /// <summary>The first folder of <see cref="All"/> with a file of this name; null if none has one.</summary>
    public static string? FolderOf(string file) => All.FirstOrDefault(folder => File.Exists(Path.Combine(folder, file)));

    /// <summary>
    /// The folder from which TorchSharp loads a file of this name even if a file of that name is already loaded; null if there is none.
    /// </summary>
    public static string? ProgramFolderOf(string file) => ByName().FirstOrDefault(folder => File.Exists(Path.Combine(folder, file)));

    /// <summary>
    /// The folder of a package in NuGet's machine-wide cache, if libtorch is found only there and the program does not reference the
    /// package. Null if the program has libtorch, or is a notebook, whose packages are all in the cache.
    /// </summary>
    public static string? BorrowedFolder()
    {
        string? folder = FolderOf(NativeNames.TorchCpu), application = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        bool own = folder is null || ByName().Concat([application, Path.Combine(application, InPackage)]).Contains(folder);
        return own || NotebookPackages(Managed) is not null ? null : folder;
    }

    private static string? Managed => Path.GetDirectoryName(typeof(torch).Assembly.Location);

    private static string InPackage => Path.Combine("runtimes", NativeNames.RuntimeIdentifier, "native");

    private static IEnumerable<string> ByName()
    {
        var declared = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        foreach (var folder in declared.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            yield return Path.TrimEndingDirectorySeparator(folder);
        if (!string.IsNullOrEmpty(Managed))
            yield return Managed;
    }

    private static IEnumerable<string> InPackages()
    {
        var application = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        yield return application;
        yield return Path.Combine(application, InPackage);
        var packages = PackagesFolder(Managed);
        yield return Path.Combine(packages, "torchsharp", TorchSharpVersion(), InPackage);
        yield return Path.Combine(packages, $"libtorch-cpu-{NativeNames.RuntimeIdentifier}", NativeNames.LibTorchVersion, InPackage);
    }

    // A notebook uses TorchSharp.dll from NuGet's cache: PACKAGES/torchsharp/VERSION/lib/FRAMEWORK.
    private static string? NotebookPackages(string? managed)
    {
        var package = string.IsNullOrEmpty(managed) ? null : Path.GetFullPath(Path.Combine(managed, "..", "..", ".."));
        return package is not null && Path.GetFileName(package).Equals("torchsharp", StringComparison.OrdinalIgnoreCase)
            ? Path.GetDirectoryName(package) ?? package
            : null;
    }

    private static string PackagesFolder(string? managed)
    {
        if (NotebookPackages(managed) is { } packages)
            return packages;
        return Environment.GetEnvironmentVariable("NUGET_PACKAGES") is { Length: > 0 } configured
            ? configured
            : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".nuget", "packages");
    }

    /// <summary>The version of the TorchSharp package in use, as NuGet writes it.</summary>
    public static string TorchSharpVersion()
    {
        var assembly = typeof(torch).Assembly;
        var version = assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion
            ?? assembly.GetName().Version?.ToString(3) ?? "";
        return version.Split('+')[0];
    }
}
