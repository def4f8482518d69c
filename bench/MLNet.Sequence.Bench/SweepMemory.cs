using System.Globalization;
using System.Runtime.InteropServices;
using MLNet.Sequence.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// The memory of forward and backward of a simple recurrent layer in k sweeps over all steps: the highest resident memory during them, less
/// that before them, in units of a state of all steps. Linux only, which can reset that maximum.
/// </summary>
internal static class SweepMemory
{
    private const int Steps = 4096, Batch = 16, Hidden = 64;

    public static int Run()
    {
        TorchRuntime.EnsureLoaded();
        using TorchThreads threads = TorchThreads.Use(1);
        Console.WriteLine($"T {Steps}, batch {Batch}, hidden {Hidden}: a state of all steps has {(double)Steps * Batch * Hidden * 4 / (1 << 20)} MiB");
        Console.WriteLine("| sweeps | at the fixed point | truncated | all sweeps in one graph |\n|---|---|---|---|");
        var cell = new SweptRnn(x => x.tanh(), bound: 1);
        foreach (int sweeps in new[] { 4, 16, 64 })
        {
            string[] cells =
            [
                States(given => TimeSweeps.Run(cell, given, sweeps)), States(given => TimeSweeps.Truncated(cell, given, sweeps)),
                States(given => InOneGraph(cell, given, sweeps)),
            ];
            Console.WriteLine($"| {sweeps} | {string.Join(" | ", cells)} |");
        }

        return 0;
    }

    private static Tensor InOneGraph(SweptRnn cell, Tensor[] given, int sweeps)
    {
        Tensor[] states = [cell.Zeros(given, Steps)];
        for (int sweep = 0; sweep < sweeps; sweep++)
        {
            using var scope = NewDisposeScope();
            states = [cell.Next(given, SweptCells.Before(states))[0].MoveToOuterDisposeScope()];
        }

        return states[0];
    }

    private static string States(Func<Tensor[], Tensor> run)
    {
        using var scope = NewDisposeScope();
        Tensor[] given = [randn(Batch, Steps, Hidden), randn(Hidden, Hidden).Mul(0.125), zeros(Hidden)];
        foreach (Tensor tensor in given)
            tensor.requires_grad_(true);
        // The allocator keeps what earlier cases freed.
        _ = Trim(0);
        File.WriteAllText("/proc/self/clear_refs", "5");
        double before = Highest();
        BackwardPass.Run(run(given).Square().mean());
        return ((Highest() - before) / ((double)Steps * Batch * Hidden * 4)).ToString("F1", CultureInfo.InvariantCulture);
    }

    [DllImport("libc", EntryPoint = "malloc_trim")]
    [DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]
    private static extern int Trim(nuint kept);

    private static double Highest()
    {
        string line = File.ReadLines("/proc/self/status").First(line => line.StartsWith("VmHWM:", StringComparison.Ordinal));
        return 1024 * double.Parse(line["VmHWM:".Length..].Trim().Split(' ')[0], CultureInfo.InvariantCulture);
    }
}
