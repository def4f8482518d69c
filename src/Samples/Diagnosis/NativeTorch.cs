using System.Diagnostics;
using TorchSharp;

namespace MLNet.Sequence.Samples.Diagnosis;

/// <summary>The libtorch of this process: which file, and why this one.</summary>
/// <param name="File">The loaded file; null: none was loaded.</param>
/// <param name="Package">The package of this program that has it, with its version; null: it comes from elsewhere.</param>
/// <param name="Reason">Why this file, or why none.</param>
/// <param name="Warnings">What may go wrong later.</param>
/// <param name="Devices">The number of CUDA devices.</param>
internal sealed record NativeTorch(string? File, string? Package, string Reason, IReadOnlyList<string> Warnings, int Devices)
{
    public bool IsLoaded => File is not null;

    /// <summary>Whether it was built for CUDA; a build for the CPU finds no device.</summary>
    public bool HasCuda { get; private init; }

    /// <summary>Loads libtorch as a training would. It never throws.</summary>
    public static NativeTorch Load()
    {
        try
        {
            TorchRuntime.EnsureLoaded();
            string? file = Module("torch_cpu");
            return new NativeTorch(file ?? "libtorch", Programs.Package("libtorch-"), Why(file), TorchRuntime.Warnings, Count())
            {
                HasCuda = Module("torch_cuda") is not null,
            };
        }
        // Whatever a loader, a driver or a damaged file causes is a finding.
        catch (Exception exception)
        {
            return new NativeTorch(null, null, exception.Message, TorchRuntime.Warnings, 0);
        }
    }

    private static int Count() => torch.cuda.is_available() ? torch.cuda.device_count() : 0;

    private static string? Module(string name)
    {
        using var process = Process.GetCurrentProcess();
        return process.Modules.Cast<ProcessModule>().Select(module => module.FileName)
            .FirstOrDefault(file => Path.GetFileNameWithoutExtension(file).EndsWith(name, StringComparison.OrdinalIgnoreCase));
    }

    private static string Why(string? file)
    {
        string? folder = Path.GetDirectoryName(file);
        // With separators at the ends: /opt/torch does not hold /opt/torch2.
        static string Whole(string path) => Path.TrimEndingDirectorySeparator(Path.GetFullPath(path)) + Path.DirectorySeparatorChar;
        bool IsIn(string? parent) => folder is not null && !string.IsNullOrWhiteSpace(parent)
            && Whole(folder).StartsWith(Whole(parent), StringComparison.Ordinal);
        if (IsIn(Environment.GetEnvironmentVariable(TorchRuntime.EnvironmentVariable)))
            return $"the environment variable {TorchRuntime.EnvironmentVariable} names its folder";
        return IsIn(AppContext.BaseDirectory)
            ? "it comes with this program"
            : "this program has none; this one was found on the machine";
    }
}
