using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace MLNet.Sequence.Torch;

/// <summary>
/// Counts numbers below the smallest normal one (1.2e-38 in float32) as 0 on this thread for as long as the scope is held. The gradient of a
/// recurrent layer that forgets falls below it within some dozen steps, and a processor takes up to a hundred times as long for such numbers.
/// Where this is not Linux on x64, nothing is changed. libtorch's further threads, where it has several, keep their own ways.
/// </summary>
internal sealed class TinyNumbers : IDisposable
{
    // glibc's fenv_t on x64 ends with the control register of vector arithmetic, in which two bits count results and operands as 0.
    private const int Size = 32, Place = 28;
    private const uint Flushed = 0x8040;

    private readonly uint _before;
    private readonly int _thread = Environment.CurrentManagedThreadId;

    private TinyNumbers(uint before) => _before = before;

    private static bool IsKnown => OperatingSystem.IsLinux() && RuntimeInformation.ProcessArchitecture == Architecture.X64;

    public static TinyNumbers Flush()
    {
        uint before = 0;
        if (IsKnown)
            Change(flags => (before = flags) | Flushed);
        return new TinyNumbers(before);
    }

    public void Dispose()
    {
        if (IsKnown && Environment.CurrentManagedThreadId == _thread)
            Change(flags => (flags & ~Flushed) | (_before & Flushed));
    }

    private static void Change(Func<uint, uint> flags)
    {
        var environment = new byte[Size];
        try
        {
            _ = Read(environment);
            Span<byte> register = environment.AsSpan(Place);
            BinaryPrimitives.WriteUInt32LittleEndian(register, flags(BinaryPrimitives.ReadUInt32LittleEndian(register)));
            _ = Write(environment);
        }
        catch (Exception missing) when (missing is DllNotFoundException or EntryPointNotFoundException)
        {
            // Another C library: slower, and else the same.
        }
    }

    [DllImport("libm.so.6", EntryPoint = "fegetenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Read([Out] byte[] environment);

    [DllImport("libm.so.6", EntryPoint = "fesetenv")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Write([In] byte[] environment);
}
