using System.Runtime.InteropServices;
using TorchSharp;

namespace MLNet.Sequence.Torch;

/// <summary>
/// Loads libtorch, then TorchSharp's bridge to it. TorchSharp, which looks for them by name, then finds them loaded.
/// </summary>
internal sealed class NativeLoader(LibTorchDirectory? chosen)
{
    private readonly string? _libtorch = chosen?.Libraries ?? NativeFolders.FolderOf(NativeNames.TorchCpu);
    private readonly string? _bridge = NativeFolders.FolderOf(NativeNames.Bridge) is { } folder
        ? Path.Combine(folder, NativeNames.Bridge)
        : null;

    /// <exception cref="TorchLoadException">A file cannot be loaded.</exception>
    public void Load()
    {
        if (LoadedModules.PathOf(NativeNames.Bridge) is not null)
            return;
        if (_libtorch is not null && LoadedModules.PathOf(NativeNames.TorchCpu) is null)
            LoadLibTorch(_libtorch);
        LoadBridge();
    }

    private void LoadLibTorch(string folder)
    {
        // The runtime's own search finds the packages' files on Windows and macOS; no repair is needed.
        if (chosen is null && !OperatingSystem.IsLinux())
            return;
        foreach (var path in NativeNames.LoadOrder.Select(file => Path.Combine(folder, file)).Where(File.Exists))
        {
            try
            {
                Open(path, complete: false);
            }
            catch (Exception e) when (IsExpected(e))
            {
                throw Failure(path, Reason(e), e);
            }
            // The bridge needs these names: a library with another name would be ignored, and a second libtorch would be loaded.
            if (chosen is not null && OperatingSystem.IsLinux() && !DynamicLinker.IsLoaded(Path.GetFileName(path)))
                throw Failure(path, $"the file has another internal name (its SONAME is not {Path.GetFileName(path)})");
        }
    }

    private void LoadBridge()
    {
        try
        {
            if (_bridge is null)
                NativeLibrary.Load("LibTorchSharp", typeof(torch).Assembly, null);
            else
                OpenBridge(_bridge);
        }
        catch (Exception e) when (IsExpected(e) || PluginContext.IsPlugin)
        {
            var reason = Reason(e);
            if (_bridge is null)
                throw Failure(NativeNames.Bridge, $"it is in none of the folders searched ({string.Join(", ", NativeFolders.All)})", e);
            if (!OperatingSystem.IsLinux() || !reason.Contains(RelaxedBridge.Version, StringComparison.Ordinal))
                throw Failure(_bridge, reason, e);
            if (!RelaxedBridge.TryLoad(_bridge, OpenBridge, out var problems))
                throw Failure(_bridge, $"{reason}; a copy that does not need {RelaxedBridge.Version} did not work: {problems}", e);
        }
    }

    private void OpenBridge(string path) => Open(path, complete: chosen is not null);

    private static void Open(string path, bool complete)
    {
        if (OperatingSystem.IsLinux())
            ElfSegments.RefuseIncomplete(path);
        if (complete && OperatingSystem.IsLinux())
            DynamicLinker.LoadComplete(path);
        else
            NativeLibrary.Load(path);
    }

    private static bool IsExpected(Exception e) =>
        e is DllNotFoundException or BadImageFormatException or IOException or UnauthorizedAccessException;

    private TorchLoadException Failure(string path, string reason, Exception? inner = null)
    {
        var remedy = chosen is null
            ? "Reference one of the packages TorchSharp-cpu, TorchSharp-cuda-linux and TorchSharp-cuda-windows, version "
                + $"{NativeFolders.TorchSharpVersion()}, in the program that runs, or name an existing libtorch {NativeNames.LibTorchVersion} "
                + $"by TorchRuntime.Use or the environment variable {TorchRuntime.EnvironmentVariable}."
            : $"The libtorch in use is {chosen.Version ?? "of unknown version"} from {chosen.Libraries}; TorchSharp "
                + $"{NativeFolders.TorchSharpVersion()} was built for libtorch {NativeNames.LibTorchVersion}. Name a folder with that version, "
                + "or reference one of the packages TorchSharp-cpu, TorchSharp-cuda-linux and TorchSharp-cuda-windows instead.";
        return new TorchLoadException($"{path} could not be loaded: {reason.TrimEnd('.')}. {remedy}{PluginContext.Advice}", path, inner);
    }

    /// <summary>The loader's own message: on Linux and macOS the runtime adds a line of advice before it.</summary>
    internal static string Reason(Exception error)
    {
        var lines = error.Message.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
        return string.Join("; ", (lines.Length > 1 ? lines.Skip(1) : lines).Distinct());
    }
}
