using System.Diagnostics;

namespace MLNet.Sequence.Torch;

/// <summary>The libraries that this process has already loaded.</summary>
internal static class LoadedModules
{
    /// <summary>The path of the loaded library <paramref name="file"/>, or of a version or a copy of it; null if none is loaded.</summary>
    public static string? PathOf(string file)
    {
        using var process = Process.GetCurrentProcess();
        var stem = Path.GetFileNameWithoutExtension(file);
        foreach (ProcessModule module in process.Modules)
        {
            var name = Path.GetFileName(module.FileName);
            if (name.StartsWith(file, StringComparison.OrdinalIgnoreCase) || name.StartsWith($"{stem}-", StringComparison.OrdinalIgnoreCase))
                return module.FileName;
        }
        return null;
    }
}
