using System.Numerics;
using System.Reflection;
using System.Runtime.InteropServices;
using System.Runtime.Intrinsics;
using System.Runtime.Intrinsics.Arm;
using System.Runtime.Intrinsics.X86;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using MLNet.Sequence.Torch;
using TorchSharp;

namespace MLNet.Sequence.Training;

/// <summary>What must be the same on all ranks, so that all compute the same bits and take the same decisions.</summary>
internal static class RankFacts
{
    private const int MostNamed = 12;

    // They change the instructions that libtorch's kernels are made of.
    private static readonly string[] Variables = ["ATEN_CPU_CAPABILITY", "DNNL_MAX_CPU_ISA", "ONEDNN_MAX_CPU_ISA", "MKL_ENABLE_INSTRUCTIONS", "MKL_CBWR"];

    // A run may be resumed with others, but all ranks must have the same.
    private static readonly HashSet<string> Common =
    [
        nameof(TrainingOptions.Epochs), nameof(TrainingOptions.MaxSteps), nameof(TrainingOptions.MaxTime), nameof(TrainingOptions.Patience),
        nameof(TrainingOptions.Checkpoints), nameof(TrainingOptions.ResumeFrom),
    ];

    /// <summary>The facts of this rank.</summary>
    public static Dictionary<string, string> Of(TorchNetwork network, TrainingJob job, TrainingOptions options)
    {
        var facts = new Dictionary<string, string>(Machine(), StringComparer.Ordinal)
        {
            ["seed (Training.Seed, or that of the MLContext)"] = FormattableString.Invariant($"{job.Seed}"),
        };
        foreach ((string name, string text) in TrainingFingerprint.Of(network, job, options))
            facts[name] = text;
        foreach ((string name, string text) in TrainingFingerprint.Options(options, property => Common.Contains(property.Name)))
            facts["Training." + name] = text;
        facts["initial weights"] = HashOf(network.Parameters);
        return facts;
    }

    /// <summary>The weights, as a short text.</summary>
    public static string HashOf(TorchParameters parameters) => $"SHA-256 {Convert.ToHexStringLower(SHA256.HashData(parameters.Values.bytes))[..16]}";

    public static byte[] ToBytes(IReadOnlyDictionary<string, string> facts) => JsonSerializer.SerializeToUtf8Bytes(facts);

    /// <summary>A message that names what differs from rank 0, from the facts of each rank; "" if nothing does.</summary>
    public static string Differences(IReadOnlyList<byte[]> ranks)
    {
        Dictionary<string, string>[] all = [.. ranks.Select(bytes => JsonSerializer.Deserialize<Dictionary<string, string>>(bytes)!)];
        string[] different = [.. from rank in Enumerable.Range(1, Math.Max(0, all.Length - 1))
            from name in all[0].Keys.Union(all[rank].Keys)
            let first = all[0].GetValueOrDefault(name, "none")
            let other = all[rank].GetValueOrDefault(name, "none")
            where first != other
            select $"{name}: {first} on rank 0, {other} on rank {rank}"];
        if (different.Length == 0)
            return "";
        IEnumerable<string> named = different.Length > MostNamed ? different.Take(MostNamed).Append($"and {different.Length - MostNamed} more") : different;
        return $"The ranks of Training.Cluster differ:\n{string.Join("\n", named)}\nAll ranks must run the same program with the same rows and options, on "
            + "processors with the same instruction sets.";
    }

    private static Dictionary<string, string> Machine()
    {
        var facts = new Dictionary<string, string>(StringComparer.Ordinal)
        {
            ["MLNet.Sequence"] = typeof(RankFacts).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()!.InformationalVersion,
            ["TorchSharp"] = typeof(torch).Assembly.GetName().Version!.ToString(),
            [".NET"] = RuntimeInformation.FrameworkDescription,
            ["system"] = RuntimeInformation.RuntimeIdentifier,
            ["processor"] = Vendor(),
            ["vector width"] = FormattableString.Invariant($"{8 * Vector<byte>.Count} bits"),
            ["instruction sets"] = string.Join(" ", InstructionSets()),
        };
        foreach (string name in Variables)
            facts[name] = Environment.GetEnvironmentVariable(name) ?? "not set";
        return facts;
    }

    private static IEnumerable<string> InstructionSets()
    {
        (string Name, bool Supported)[] all =
        [
            ("AVX", Avx.IsSupported), ("AVX2", Avx2.IsSupported), ("FMA", Fma.IsSupported), ("AVX-512", Avx512F.IsSupported),
            ("AVX-512 vectors", Vector512.IsHardwareAccelerated), ("AVX10", Avx10v1.IsSupported), ("NEON", AdvSimd.IsSupported),
        ];
        return all.Where(set => set.Supported).Select(set => set.Name).DefaultIfEmpty("none");
    }

    // libtorch's matrix products differ between the processors of different makers.
    private static string Vendor()
    {
        if (!X86Base.IsSupported)
            return RuntimeInformation.ProcessArchitecture.ToString();
        (_, int ebx, int ecx, int edx) = X86Base.CpuId(0, 0);
        return Encoding.ASCII.GetString(MemoryMarshal.AsBytes<int>([ebx, edx, ecx]));
    }
}
