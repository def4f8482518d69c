using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace MLNet.Sequence.Distributed;

/// <summary>
/// The functions of Open MPI that a cluster needs. Its handles are addresses of variables that libmpi exports; other implementations of MPI have
/// none of these names.
/// </summary>
internal static unsafe partial class OpenMpi
{
    /// <summary>One thread at a time calls MPI.</summary>
    public const int ThreadSerialized = 2;

    private const string Library = "mpi";
    private const int LongestError = 256, Tag = 0, Truncated = 15;

    private static readonly string[] Names = ["libmpi.so.40", "libmpi.so", "libmpi.40.dylib", "libmpi.dylib"];

    private static readonly Lazy<nint> Loaded = new(() => Load(Names));

    // .NET accepts one resolver for an assembly: a second start, after one that failed, must not register it again.
    private static readonly Lazy<bool> Resolved = new(() =>
    {
        NativeLibrary.SetDllImportResolver(typeof(OpenMpi).Assembly, (name, _, _) => name == Library ? Loaded.Value : 0);
        return true;
    });

    private static nint World => Handle("ompi_mpi_comm_world");

    private static nint Bytes => Handle("ompi_mpi_byte");

    /// <summary>Joins the processes that mpirun started.</summary>
    /// <exception cref="InvalidOperationException">Open MPI is missing or does not start; the message says what to do.</exception>
    public static (int Rank, int Size) Start()
    {
        UseResolver();
        Check(InitThread(0, 0, ThreadSerialized, out int provided), "start");
        if (provided < ThreadSerialized)
            throw new InvalidOperationException("This Open MPI was built without threads; the packages of Linux distributions have them.");
        // An error becomes an exception instead of the end of the process.
        Check(SetErrorHandler(World, Handle("ompi_mpi_errors_return")), "set its error handler");
        Check(CommRank(World, out int rank), "name its rank");
        Check(CommSize(World, out int size), "count the ranks");
        return (rank, size);
    }

    /// <summary>Lets the functions below find Open MPI; any number of calls.</summary>
    internal static void UseResolver() => _ = Resolved.Value;

    public static void Send(int rank, ReadOnlySpan<byte> bytes)
    {
        fixed (byte* first = bytes)
            Check(Send(first, bytes.Length, Bytes, rank, Tag, World), $"send {bytes.Length} bytes to rank {rank}");
    }

    /// <summary>Receives at most the bytes that fit and gives their number; null if the message was longer.</summary>
    public static int? Receive(int rank, Span<byte> bytes)
    {
        Status status = default;
        int code;
        fixed (byte* first = bytes)
            code = Receive(first, bytes.Length, Bytes, rank, Tag, World, ref status);
        if (code != 0 && ErrorClass(code, out int kind) == 0 && kind == Truncated)
            return null;
        Check(code, $"receive {bytes.Length} bytes from rank {rank}");
        return (int)status.Count;
    }

    public static void Stop() => Check(Finalize(), "stop");

    public static void Abort() => _ = Abort(World, 1);

    /// <summary>Loads the first library that there is.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    internal static nint Load(params string[] names)
    {
        foreach (string name in names)
        {
            if (NativeLibrary.TryLoad(name, typeof(OpenMpi).Assembly, DllImportSearchPath.SafeDirectories, out nint library))
                return library;
        }

        throw new InvalidOperationException(
            $"Open MPI was not found (tried {string.Join(", ", names)}). Install it on all machines: on Debian and Ubuntu with 'apt-get install openmpi-bin "
                + "libopenmpi-dev', on a Mac with 'brew install open-mpi'. If it is elsewhere, name its folder in LD_LIBRARY_PATH.");
    }

    private static nint Handle(string name) => NativeLibrary.TryGetExport(Loaded.Value, name, out nint handle)
        ? handle
        : throw new InvalidOperationException(
            $"The MPI library that was found is not Open MPI: it has no {name}. Install Open MPI, and start with its mpirun.");

    private static void Check(int code, string what)
    {
        if (code == 0)
            return;
        byte* text = stackalloc byte[LongestError];
        string reason = ErrorString(code, text, out int length) == 0 ? Encoding.UTF8.GetString(text, length) : $"code {code}";
        throw new InvalidOperationException($"Open MPI could not {what}: {reason}.");
    }

    [LibraryImport(Library, EntryPoint = "MPI_Init_thread")]
    private static partial int InitThread(nint argc, nint argv, int required, out int provided);

    [LibraryImport(Library, EntryPoint = "MPI_Comm_set_errhandler")]
    private static partial int SetErrorHandler(nint communicator, nint handler);

    [LibraryImport(Library, EntryPoint = "MPI_Comm_rank")]
    private static partial int CommRank(nint communicator, out int rank);

    [LibraryImport(Library, EntryPoint = "MPI_Comm_size")]
    private static partial int CommSize(nint communicator, out int size);

    [LibraryImport(Library, EntryPoint = "MPI_Send")]
    private static partial int Send(byte* first, int count, nint type, int rank, int tag, nint communicator);

    [LibraryImport(Library, EntryPoint = "MPI_Recv")]
    private static partial int Receive(byte* first, int count, nint type, int rank, int tag, nint communicator, ref Status status);

    [LibraryImport(Library, EntryPoint = "MPI_Error_string")]
    private static partial int ErrorString(int code, byte* text, out int length);

    [LibraryImport(Library, EntryPoint = "MPI_Error_class")]
    private static partial int ErrorClass(int code, out int kind);

    [LibraryImport(Library, EntryPoint = "MPI_Finalize")]
    private static partial int Finalize();

    [LibraryImport(Library, EntryPoint = "MPI_Abort")]
    private static partial int Abort(nint communicator, int code);

    // Open MPI's MPI_Status.
    [StructLayout(LayoutKind.Sequential)]
    private struct Status
    {
        public int Source, Tag, Error, Cancelled;
        public nuint Count;
    }
}
