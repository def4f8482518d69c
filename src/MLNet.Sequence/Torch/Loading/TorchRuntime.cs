using MLNet.Sequence.Torch;
using TorchSharp;

namespace MLNet.Sequence;

/// <summary>
/// Which libtorch this process uses, and its loading. libtorch is loaded once, at the library's first use of it, normally
/// from the package that the program references (TorchSharp-cpu, TorchSharp-cuda-linux or TorchSharp-cuda-windows).
/// </summary>
/// <remarks>
/// A program that uses TorchSharp itself before this library calls <see cref="EnsureLoaded"/> first: on Linux systems whose
/// C++ library is older than the one that TorchSharp was built with (Debian 12, Ubuntu 22.04, RHEL 9), TorchSharp's native
/// library only loads from a repaired copy, which is kept in <c>mlnet-sequence</c> in the user's cache folder.
/// Elsewhere nothing is written.
/// </remarks>
public static class TorchRuntime
{
    /// <summary>The environment variable that names a folder as <see cref="Use"/> does; <see cref="Use"/> goes before it.</summary>
    public const string EnvironmentVariable = "MLNET_SEQUENCE_LIBTORCH";

    private static readonly Lock Gate = new();
    private static readonly List<string> Messages = [];
    private static LibTorchDirectory? s_chosen;
    private static TorchLoadException? s_failure;
    private static volatile bool s_loaded;
    private static int s_told;

    /// <summary>
    /// What went less than well so far, such as a libtorch of another version than the one that TorchSharp was built for,
    /// oldest first; empty if nothing did.
    /// </summary>
    public static IReadOnlyList<string> Warnings
    {
        get
        {
            lock (Gate)
                return [.. Messages];
        }
    }

    /// <summary>Those of <see cref="Warnings"/> that no log of this process was told yet.</summary>
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
    /// comes with the package TorchSharp, is still needed; a package with a libtorch of its own must not be in the program.
    /// </summary>
    /// <param name="directory">The folder. If it tells a version other than those that were tried, 2.10 and 2.11
    /// (<c>build-version</c> or <c>version.py</c> in the folder above the libraries), <see cref="Warnings"/> names both.</param>
    /// <exception cref="ArgumentException"><paramref name="directory"/> is empty.</exception>
    /// <exception cref="DirectoryNotFoundException">There is no such folder.</exception>
    /// <exception cref="FileNotFoundException">The folder lacks needed files; the message lists them.</exception>
    /// <exception cref="InvalidOperationException">libtorch is loaded already.</exception>
    public static void Use(string directory)
    {
        ArgumentException.ThrowIfNullOrWhiteSpace(directory);
        lock (Gate)
        {
            if (s_loaded || LoadedModules.PathOf(NativeNames.TorchCpu) is not null)
            {
                var from = LoadedModules.PathOf(NativeNames.TorchCpu) is { } path ? $" from {path}" : "";
                throw new InvalidOperationException(
                    $"libtorch is loaded already{from}. Call TorchRuntime.Use before anything else that uses this library or TorchSharp.");
            }
            s_chosen = Choose(directory);
            s_failure = null;
        }
    }

    /// <summary>
    /// Loads libtorch if that is not done yet. The library does so itself; a program needs it only if it uses TorchSharp first.
    /// May be called at any time and by several threads; after a failure the next call tries again,
    /// except with a folder that was chosen: that failure stays until <see cref="Use"/> names another.
    /// </summary>
    /// <exception cref="TorchLoadException">A native library is missing or cannot be loaded; the message says which, why, and
    /// what to do.</exception>
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
            Warn($"libtorch was loaded already, from {earlier}, when the one in {chosen.Libraries} was to be used; the former stays in use.");
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
            // What was loaded of it stays in the process; a second attempt would take it for a libtorch that works.
            s_failure = failure;
            throw;
        }
        Start();
        if (chosen is null && NativeFolders.BorrowedFolder() is { } borrowed)
        {
            Warn($"libtorch was taken from {borrowed}, where NuGet keeps the packages of other programs: this one has no package that brings it, "
                + $"and will not run where that folder is not. Reference TorchSharp-cpu {NativeFolders.TorchSharpVersion()}, or TorchSharp-cuda-linux "
                + "or -windows.");
        }
    }

    // Here TorchSharp itself is touched for the first time: its static constructor looks for the libraries loaded above.
    private static void Start()
    {
        try
        {
            torch.InitializeDeviceType(DeviceType.CPU);
            // The first call: where a host looks libraries up, it is here that it gives another one, or none.
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
