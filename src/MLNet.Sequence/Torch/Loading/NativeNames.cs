using System.Runtime.InteropServices;

namespace MLNet.Sequence.Torch;

/// <summary>The names of the native libraries on this system.</summary>
internal static class NativeNames
{
    /// <summary>The libtorch that TorchSharp 0.107.0 was built for.</summary>
    public const string LibTorchVersion = "2.10.0";

    /// <summary>The tested versions of libtorch, without their last part: the test suites and the programs have run with them.</summary>
    public static IReadOnlyList<string> TestedVersions { get; } = ["2.10", "2.11"];

    /// <summary>TorchSharp's own native library, the bridge from C# to libtorch.</summary>
    public static string Bridge { get; } = File("LibTorchSharp");

    /// <summary>The libraries of every libtorch, in the order of their dependencies.</summary>
    public static IReadOnlyList<string> Required { get; } = [File("c10"), File("torch_cpu"), File("torch")];

    /// <summary>All libraries of a libtorch, including those for CUDA, in loading order.</summary>
    public static IReadOnlyList<string> LoadOrder { get; } =
        [File("c10"), File("torch_cpu"), File("c10_cuda"), File("torch_cuda"), File("torch")];

    public static string TorchCpu { get; } = File("torch_cpu");

    public static string TorchCuda { get; } = File("torch_cuda");

    /// <summary>The name of this system in NuGet packages.</summary>
    public static string RuntimeIdentifier { get; } =
        (OperatingSystem.IsWindows() ? "win" : OperatingSystem.IsMacOS() ? "osx" : "linux") +
        (RuntimeInformation.ProcessArchitecture == System.Runtime.InteropServices.Architecture.Arm64 ? "-arm64" : "-x64");

    private static string File(string name) =>
        OperatingSystem.IsWindows() ? $"{name}.dll" :
        OperatingSystem.IsMacOS() ? $"lib{name}.dylib" :
        $"lib{name}.so";
}
