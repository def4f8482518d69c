using System.Reflection;
using TorchSharp;

namespace MLNet.Sequence.Torch;

/// <summary>
/// The folders in which the runtime and TorchSharp look for native libraries, in their order. The same files must be
/// found here that TorchSharp would load: two copies of libtorch abort the process.
/// </summary>
internal static class NativeFolders
{
    private static readonly Lazy<IReadOnlyList<string>> Folders = new(() => [.. Candidates().Distinct().Where(Directory.Exists)]);

    public static IReadOnlyList<string> All => Folders.Value;

    /// <summary>The first of <see cref="All"/> that has a file of this name; null if none has.</summary>
    public static string? FolderOf(string file) => All.FirstOrDefault(folder => File.Exists(Path.Combine(folder, file)));

    private static IEnumerable<string> Candidates()
    {
        var declared = AppContext.GetData("NATIVE_DLL_SEARCH_DIRECTORIES") as string ?? "";
        foreach (var folder in declared.Split(Path.PathSeparator, StringSplitOptions.RemoveEmptyEntries))
            yield return Path.TrimEndingDirectorySeparator(folder);

        var native = Path.Combine("runtimes", NativeNames.RuntimeIdentifier, "native");
        var managed = Path.GetDirectoryName(typeof(torch).Assembly.Location);
        var application = Path.TrimEndingDirectorySeparator(AppContext.BaseDirectory);
        if (!string.IsNullOrEmpty(managed))
            yield return managed;
        yield return application;
        yield return Path.Combine(application, native);

        var packages = PackagesFolder(managed);
        yield return Path.Combine(packages, "torchsharp", TorchSharpVersion(), native);
        var libtorch = $"libtorch-cpu-{NativeNames.RuntimeIdentifier}";
        yield return Path.Combine(packages, libtorch, NativeNames.LibTorchVersion, native);
    }

    // In a notebook TorchSharp.dll is used where NuGet unpacked it: PACKAGES/torchsharp/VERSION/lib/FRAMEWORK.
    private static string PackagesFolder(string? managed)
    {
        var package = managed is null ? null : Path.GetFullPath(Path.Combine(managed, "..", "..", ".."));
        if (package is not null && Path.GetFileName(package).Equals("torchsharp", StringComparison.OrdinalIgnoreCase))
            return Path.GetDirectoryName(package) ?? package;
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
