using System.Reflection;
using TorchSharp;

namespace MLNet.Sequence.Torch;

/// <summary>Keeps TorchSharp from loading its own libtorch beside the one that the user chose.</summary>
internal static class TorchSharpState
{
    private static readonly FieldInfo? CpuLoaded =
        typeof(torch).GetField("nativeBackendLoaded", BindingFlags.NonPublic | BindingFlags.Static);

    /// <summary>Why TorchSharp would load a second libtorch, which aborts the process; null if it would not.</summary>
    public static string? Conflict(LibTorchDirectory chosen)
    {
        // TorchSharp looks for torch_cuda by full path in its static constructor, before anything can be said to it.
        var avoidable = CpuLoaded?.FieldType == typeof(bool) ? null : NativeNames.TorchCpu;
        foreach (var file in new[] { NativeNames.TorchCuda, avoidable }.OfType<string>())
        {
            if (NativeFolders.FolderOf(file) is { } own && !SameFolder(own, chosen.Libraries))
            {
                return $"The program has a libtorch of its own ({Path.Combine(own, file)}) beside the one chosen in {chosen.Libraries}; "
                    + "TorchSharp would load both, which aborts the process. Remove the package that brings it "
                    + "(TorchSharp-cpu, TorchSharp-cuda-linux, TorchSharp-cuda-windows) or do not choose another.";
            }
        }
        return null;
    }

    /// <summary>Tells TorchSharp that libtorch for the CPU is loaded: else it looks for one in its own folders by full path.</summary>
    public static void MarkLoaded()
    {
        if (CpuLoaded?.FieldType == typeof(bool))
            CpuLoaded.SetValue(null, true);
    }

    private static bool SameFolder(string left, string right) => string.Equals(
        Path.GetFullPath(left), right, OperatingSystem.IsWindows() ? StringComparison.OrdinalIgnoreCase : StringComparison.Ordinal);
}
