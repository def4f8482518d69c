using System.Diagnostics;
using MLNet.Sequence.Torch;

namespace MLNet.Sequence.Tests.Torch;

/// <summary>A folder like that of an installed program, in which a separate process tests loading.</summary>
internal sealed class LoadingProgram : IDisposable
{
    private static readonly string[] Managed = ["MLNet.Sequence.Tests.dll", "MLNet.Sequence.dll", "MLNet.Sequence.Runtime.dll", "TorchSharp.dll"];
    private readonly TemporaryFolder _folder = new();

    public LoadingProgram()
    {
        foreach (var file in Managed.Append("MLNet.Sequence.Tests.runtimeconfig.json"))
            File.Copy(Path.Combine(AppContext.BaseDirectory, file), Path.Combine(Application, file));
        _folder.Folder("home");
        _folder.Folder("temporary");
        _folder.Folder("packages");
    }

    public string Application => _folder.Folder("application");

    public string Cache => _folder.At("cache");

    /// <summary>Files below the program's cache, home and temporary folders: everything that loading wrote.</summary>
    public IReadOnlyList<string> Written =>
        [.. new[] { Cache, _folder.At("home"), _folder.At("temporary") }.Where(Directory.Exists)
            .SelectMany(path => Directory.EnumerateFiles(path, "*", SearchOption.AllDirectories))];

    /// <summary>A folder next to the program, with links to the test's libtorch in <c>lib</c>.</summary>
    public string LibTorch(string name, string version)
    {
        var lib = _folder.Folder(name, "lib");
        Link(lib, path => !IsBridge(path));
        File.WriteAllText(_folder.At(name, "build-version"), version);
        return lib;
    }

    /// <summary>The other .NET assemblies of a program that uses this library, without native libraries.</summary>
    public void AddLibraries()
    {
        foreach (string path in Directory.EnumerateFiles(AppContext.BaseDirectory, "*.dll").Where(path => !Managed.Contains(Path.GetFileName(path))))
            File.CreateSymbolicLink(Path.Combine(Application, Path.GetFileName(path)), path);
    }

    public void AddLibTorch() => Link(Application, path => !IsBridge(path));

    /// <summary>libtorch as NuGet unpacks it for all programs of a machine.</summary>
    public string AddPackage()
    {
        string folder = _folder.Folder("packages", $"libtorch-cpu-{NativeNames.RuntimeIdentifier}", NativeNames.LibTorchVersion, "runtimes",
            NativeNames.RuntimeIdentifier, "native");
        Link(folder, path => !IsBridge(path));
        return folder;
    }

    public void AddBridge(byte[] content) => File.WriteAllBytes(Path.Combine(Application, "libLibTorchSharp.so"), content);

    /// <summary>Runs the steps of <see cref="StartupHook"/> in a new process.</summary>
    public (int ExitCode, string Output) Run(string steps, params ReadOnlySpan<(string Name, string Value)> environment)
    {
        var program = Path.Combine(Application, Managed[0]);
        var start = new ProcessStartInfo(Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet")
        {
            ArgumentList = { "exec", program },
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment["DOTNET_STARTUP_HOOKS"] = program;
        start.Environment["LOADING_STEPS"] = steps;
        start.Environment["XDG_CACHE_HOME"] = Cache;
        start.Environment["HOME"] = _folder.At("home");
        start.Environment["TMPDIR"] = _folder.At("temporary");
        start.Environment["NUGET_PACKAGES"] = _folder.At("packages");
        start.Environment["DOTNET_EnableDiagnostics"] = "0";
        foreach (var (name, value) in environment)
            start.Environment[name] = value;
        using var process = Process.Start(start)!;
        var errors = process.StandardError.ReadToEndAsync();
        var output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return (process.ExitCode, output + errors.Result);
    }

    public void Dispose() => _folder.Dispose();

    private static bool IsBridge(string path) => Path.GetFileName(path) == "libLibTorchSharp.so";

    private static void Link(string folder, Func<string, bool> wanted)
    {
        foreach (var path in Directory.EnumerateFiles(AppContext.BaseDirectory, "lib*.so*").Where(wanted))
            File.CreateSymbolicLink(Path.Combine(folder, Path.GetFileName(path)), path);
    }
}
