using System.Text.RegularExpressions;

namespace MLNet.Sequence.Torch;

/// <summary>An existing libtorch on this machine: unpacked, or inside a Python installation of PyTorch.</summary>
internal sealed partial record LibTorchDirectory
{
    private LibTorchDirectory(string libraries, string? version) => (Libraries, Version) = (libraries, version);

    /// <summary>The folder of the libraries, as a full path.</summary>
    public string Libraries { get; }

    /// <summary>The version given in the folder, with its build suffix such as <c>+cu128</c>; null if there is none.</summary>
    public string? Version { get; }

    /// <summary>The warning about an untested version; null if there is none.</summary>
    public string? VersionWarning => Version is null || NativeNames.TestedVersions.Any(tested => Version.StartsWith($"{tested}.", StringComparison.Ordinal))
        ? null
        : $"libtorch {Version} in {Libraries} is not the version that TorchSharp {NativeFolders.TorchSharpVersion()} was built for, "
            + $"libtorch {NativeNames.LibTorchVersion}, and was not tried, as {string.Join(" and ", NativeNames.TestedVersions)} were; it may fail to load "
            + "or give wrong results.";

    /// <summary>Why TorchSharp would load a second libtorch in addition to this one, which aborts the process; null if it would not.</summary>
    public string? Conflict()
    {
        // Its static constructor loads these from the program's folders by full path, before it can be configured.
        foreach (var file in new[] { NativeNames.TorchCpu, NativeNames.TorchCuda })
        {
            if (NativeFolders.ProgramFolderOf(file) is { } own && Path.GetFullPath(own) != Libraries)
            {
                return $"The program has its own libtorch, {Path.Combine(own, file)}, in addition to the one chosen in {Libraries}; "
                    + "TorchSharp would load both, which aborts the process. Build the program without its libtorch package "
                    + "(TorchSharp-cpu, TorchSharp-cuda-linux or TorchSharp-cuda-windows), or choose no other libtorch.";
            }
        }
        return null;
    }

    /// <summary>Opens the folder of the libraries, or its parent folder (<c>libtorch</c>, <c>torch</c>).</summary>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">Needed files are missing; the message lists them.</exception>
    public static LibTorchDirectory Open(string directory)
    {
        var folder = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        if (!Directory.Exists(folder))
            throw new DirectoryNotFoundException($"The libtorch folder {folder} does not exist.");
        var inner = Path.Combine(folder, "lib");
        var libraries = Missing(folder).Count > 0 && Missing(inner).Count == 0 ? inner : folder;
        var missing = Missing(libraries);
        if (missing.Count > 0)
        {
            throw new FileNotFoundException(
                $"The folder {folder} holds no complete libtorch; missing: {string.Join(", ", missing)}. "
                + "Name the folder that holds these files, such as an unpacked libtorch's lib or a Python PyTorch's torch/lib.",
                Path.Combine(folder, missing[0]));
        }
        return new LibTorchDirectory(libraries, FindVersion(Path.GetDirectoryName(libraries) ?? libraries));
    }

    private static List<string> Missing(string folder) =>
        [.. NativeNames.Required.Where(file => !File.Exists(Path.Combine(folder, file)))];

    private static string? FindVersion(string root)
    {
        var plain = Path.Combine(root, "build-version");
        if (File.Exists(plain) && File.ReadAllText(plain).Trim() is { Length: > 0 } version)
            return version;
        var python = Path.Combine(root, "version.py");
        if (!File.Exists(python))
            return null;
        var match = PythonVersion().Match(File.ReadAllText(python));
        return match.Success ? match.Groups[1].Value : null;
    }

    [GeneratedRegex("""^__version__\s*=\s*['"]([^'"]+)['"]""", RegexOptions.Multiline)]
    private static partial Regex PythonVersion();
}
