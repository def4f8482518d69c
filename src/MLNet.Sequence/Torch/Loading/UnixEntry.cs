using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace MLNet.Sequence.Torch;

/// <summary>The kind, owner and permission bits of a path on Linux; links are not followed.</summary>
[SupportedOSPlatform("linux")]
internal readonly record struct UnixEntry(uint Owner, ushort Mode)
{
    private const int CurrentDirectory = -100;
    private const int NoFollow = 0x100;
    private const uint TypeModeAndOwner = 0x1 | 0x2 | 0x8;
    private const int NotFound = 2;
    private const int NotADirectory = 20;

    public bool IsDirectory => (Mode & 0xF000) == 0x4000;

    public bool IsFile => (Mode & 0xF000) == 0x8000;

    public bool IsLink => (Mode & 0xF000) == 0xA000;

    public UnixFileMode Permissions => (UnixFileMode)(Mode & 0xFFF);

    /// <summary>The effective user of this process.</summary>
    public static uint CurrentUser => GetEffectiveUser();

    /// <summary>The entry at <paramref name="path"/>; null if there is none.</summary>
    /// <exception cref="IOException">The entry cannot be read.</exception>
    public static UnixEntry? At(string path)
    {
        // The layout of struct statx is defined by the kernel and the same on every machine, unlike struct stat.
        var buffer = new byte[256];
        if (StatX(CurrentDirectory, path, NoFollow, TypeModeAndOwner, buffer) == 0)
        {
            return new UnixEntry(
                BinaryPrimitives.ReadUInt32LittleEndian(buffer.AsSpan(20)),
                BinaryPrimitives.ReadUInt16LittleEndian(buffer.AsSpan(28)));
        }
        var error = Marshal.GetLastPInvokeError();
        return error is NotFound or NotADirectory
            ? null
            : throw new IOException($"{path} cannot be read: {Marshal.GetPInvokeErrorMessage(error)}");
    }

    [DllImport("libc", EntryPoint = "geteuid")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern uint GetEffectiveUser();

    [DllImport("libc", EntryPoint = "statx", SetLastError = true)]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int StatX(
        int directory, [MarshalAs(UnmanagedType.LPUTF8Str)] string path, int flags, uint mask, [Out] byte[] result);
}
