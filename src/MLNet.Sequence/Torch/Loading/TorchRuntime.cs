using MLNet.Sequence.Torch;
using TorchSharp;

namespace MLNet.Sequence;

/// <summary>
/// Chooses and loads the libtorch of this process. libtorch is loaded once, when the library first uses it, normally from the package that
/// the program references (TorchSharp-cpu, TorchSharp-cuda-linux or TorchSharp-cuda-windows).
/// </summary>
/// <remarks>
/// A program that uses TorchSharp before this library must call <see cref="EnsureLoaded"/> first. On Linux systems whose C++ library is
/// older than the one that TorchSharp was built with (Debian 12, Ubuntu 22.04, RHEL 9), TorchSharp's native library can only be loaded from
/// a repaired copy, which is kept in <c>mlnet-sequence</c> in the user's cache folder. On other systems nothing is written.
/// </remarks>
public static class TorchRuntime
{
    /// <summary>The environment variable that names a folder, as <see cref="Use"/> does; <see cref="Use"/> takes precedence.</summary>
    public const string EnvironmentVariable = "MLNET_SEQUENCE_LIBTORCH";

    private static readonly Lock Gate = new();
    private static readonly List<string> Messages = [];
    private static LibTorchDirectory? s_chosen;
    private static TorchLoadException? s_failure;
    private static volatile bool s_loaded;
    private static int s_told;

    /// <summary>
    /// The warnings so far, oldest first, such as a libtorch of another version than the one that TorchSharp was built for; empty if there are none.
    /// </summary>
    public static IReadOnlyList<string> Warnings
    {
        get
        {
            lock (Gate)
                return [.. Messages];
        }
    }

    /// <summary>The <see cref="Warnings"/> that have not been logged yet in this process.</summary>
    internal static IReadOnlyList<string> TakeWarnings()
    {
        lock (Gate)
        {
            string[] untold = [.. Messages.Skip(s_told)];
            s_told = Messages.Count;
            return untold;
        }
    }

    /// <summary>
    /// Uses the libtorch in this folder instead of a package's: an unpacked libtorch or its <c>lib</c>, or the
    /// <c>torch/lib</c> of a Python installation of PyTorch; for the CPU or for CUDA. TorchSharp's own native library, which
    /// comes with the package TorchSharp, is still needed; the program must not reference a package with its own libtorch.
    /// </summary>
    /// <param name="directory">The folder. If its version (<c>build-version</c> or <c>version.py</c> in the folder above the libraries) is
    /// not one of the tested versions 2.10 and 2.11, <see cref="Warnings"/> names both.</param>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is empty.</exception>
    /// <exception cref="DirectoryNotFoundException">The folder does not exist.</exception>
    /// <exception cref="FileNotFoundException">The folder lacks needed files; the message lists them.</exception>
    /// <exception cref="InvalidOperationException">libtorch is already loaded.</exception>
    public static void Use(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        lock (Gate)
        {
            if (s_loaded || LoadedModules.PathOf(NativeNames.TorchCpu) is not null)
            {
                var from = LoadedModules.PathOf(NativeNames.TorchCpu) is { } path ? $" from {path}" : "";
                throw new InvalidOperationException(
                    $"libtorch is already loaded{from}. Call TorchRuntime.Use before anything else that uses this library or TorchSharp.");
            }
            s_chosen = Choose(directory);
            s_failure = null;
        }
    }

    /// <summary>
    /// Loads libtorch if it is not loaded yet. The library does this itself; a program needs it only if it uses TorchSharp first. May be
    /// called at any time and from several threads. After a failure the next call tries again, except with a chosen folder: that failure
    /// stays until <see cref="Use"/> names another folder.
    /// </summary>
    /// <exception cref="TorchLoadException">A native library is missing or cannot be loaded; the message names the library, the reason and
    /// the remedy.</exception>
    /// <exception cref="DirectoryNotFoundException">The environment variable names a folder that does not exist.</exception>
    /// <exception cref="FileNotFoundException">The folder named by the environment variable lacks needed files.</exception>
    public static void EnsureLoaded()
    {
        if (s_loaded)
            return;
        lock (Gate)
        {
            if (s_loaded)
                return;
            Load();
            s_loaded = true;
        }
    }

    private static void Load()
    {
        if (s_failure is not null)
            throw new TorchLoadException(s_failure.Message, s_failure.File, s_failure);
        var chosen = s_chosen ?? FromEnvironment();
        if (chosen is not null && LoadedModules.PathOf(NativeNames.TorchCpu) is { } earlier)
        {
            Warn($"libtorch was already loaded from {earlier}, before the one in {chosen.Libraries} could be used; the first one stays in use.");
            chosen = null;
        }
        if (chosen?.Conflict() is { } conflict)
            throw new TorchLoadException(conflict);
        try
        {
            new NativeLoader(chosen).Load();
        }
        catch (TorchLoadException failure) when (chosen is not null)
        {
            // The part that was loaded stays in the process; a second attempt would treat it as a working libtorch.
            s_failure = failure;
            throw;
        }
        Start();
        if (chosen is null && NativeFolders.BorrowedFolder() is { } borrowed)
        {
            Warn($"libtorch was taken from {borrowed}, where NuGet keeps the packages of other programs: this one has no libtorch package "
                + $"and will not run where that folder is missing. Reference TorchSharp-cpu {NativeFolders.TorchSharpVersion()}, or TorchSharp-cuda-linux "
                + "or -windows.");
        }
    }

    // TorchSharp itself is used here for the first time: its static constructor looks for the libraries loaded above.
    private static void Start()
    {
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            // The first call: if a host looks up libraries, it may return another one here, or none.
            _ = torch.get_num_threads();
        }
        catch (Exception e) when (PluginContext.IsPlugin || e is TypeInitializationException or NotSupportedException)
        {
            var cause = e.GetBaseException();
            throw new TorchLoadException($"TorchSharp did not start although its libraries were loaded: "
                + $"{cause.Message.TrimEnd('.')}.{PluginContext.Advice}", null, e);
        }
    }

    private static LibTorchDirectory? FromEnvironment() =>
        Environment.GetEnvironmentVariable(EnvironmentVariable) is { } directory && !string.IsNullOrWhiteSpace(directory)
            ? Choose(directory)
            : null;

    private static LibTorchDirectory Choose(string directory)
    {
        var chosen = LibTorchDirectory.Open(directory);
        if (chosen.VersionWarning is { } warning)
            Warn(warning);
        return chosen;
    }

    private static void Warn(string message)
    {
        if (!Messages.Contains(message))
            Messages.Add(message);
    }
}
