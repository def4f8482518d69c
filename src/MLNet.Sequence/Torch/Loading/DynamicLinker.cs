using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace MLNet.Sequence.Torch;

/// <summary>Linux's dlopen with the modes that <see cref="NativeLibrary"/> does not offer.</summary>
[SupportedOSPlatform("linux")]
internal static class DynamicLinker
{
    private const int Now = 2;
    private const int OnlyIfLoaded = 4;

    /// <summary>Whether a library with this internal name (SONAME) is loaded.</summary>
    public static bool IsLoaded(string soname) => Open(soname, Now | OnlyIfLoaded) != 0;

    /// <summary>
    /// Loads a library and binds every function it uses. With the usual lazy binding, a function that is missing in a libtorch of another
    /// version would end the process at its first call.
    /// </summary>
    /// <exception cref="DllNotFoundException">The library cannot be loaded; the message is the loader's.</exception>
    public static void LoadComplete(string path)
    {
        // The first call resolves the function itself, which would lose the message.
        _ = Error();
        if (Open(path, Now) == 0)
            throw new DllNotFoundException(Marshal.PtrToStringUTF8(Error()) ?? "the loader gave no reason");
    }

    [DllImport("libc", EntryPoint = "dlopen")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Open([MarshalAs(UnmanagedType.LPUTF8Str)] string file, int mode);

    [DllImport("libc", EntryPoint = "dlerror")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern nint Error();
}
