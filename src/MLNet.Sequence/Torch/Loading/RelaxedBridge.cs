using System.Runtime.Versioning;
using System.Security;

namespace MLNet.Sequence.Torch;

/// <summary>
/// TorchSharp's Linux library needs a version of the C++ library that Debian 12, Ubuntu 22.04 and RHEL 9 do not have, for a symbol that it
/// never uses. A copy that needs it only weakly can be loaded there.
/// </summary>
[SupportedOSPlatform("linux")]
internal static class RelaxedBridge
{
    public const string Version = "GLIBCXX_3.4.32";

    /// <summary>Loads a relaxed copy of <paramref name="original"/> with <paramref name="load"/> from the first usable cache folder.</summary>
    /// <returns>Whether a copy was loaded; if not, <paramref name="problems"/> has the reason for each folder.</returns>
    public static bool TryLoad(string original, Action<string> load, out string problems)
    {
        var found = new List<string>();
        problems = "";
        try
        {
            var content = File.ReadAllBytes(original);
            var relaxed = ElfVersionNeeds.Weaken(content, Version);
            foreach (var directory in PatchedLibraryCache.Directories())
            {
                if (TryLoadFrom(directory, content, relaxed, load) is not { } problem)
                    return true;
                found.Add(problem);
            }
        }
        catch (Exception e) when (IsExpected(e))
        {
            found.Add(e.Message);
        }
        problems = string.Join("; ", found);
        return false;
    }

    private static string? TryLoadFrom(string directory, byte[] content, byte[] relaxed, Action<string> load)
    {
        try
        {
            var path = new PatchedLibraryCache(directory).Store(content, relaxed);
            try
            {
                load(path);
            }
            catch (DllNotFoundException)
            {
                // A copy that does not help is deleted.
                File.Delete(path);
                throw;
            }
            return null;
        }
        catch (Exception e) when (IsExpected(e) || e is DllNotFoundException)
        {
            return NativeLoader.Reason(e);
        }
    }

    private static bool IsExpected(Exception e) =>
        e is IOException or InvalidDataException or UnauthorizedAccessException or SecurityException;
}
