using MLNet.Sequence;
using MLNet.Sequence.Tests.Scoring;
using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Torch;
using TorchSharp;

/// <summary>
/// The code of a child process in the loading tests. libtorch is loaded once per process, so each case needs its own process.
/// The runtime calls a class of this name in an assembly named by DOTNET_STARTUP_HOOKS, before the program's Main.
/// </summary>
internal static class StartupHook
{
    public static void Initialize()
    {
        if (Environment.GetEnvironmentVariable("FORECAST_MODEL") is { } model)
            Environment.Exit(FreshProcess.Score(model));
        if (Environment.GetEnvironmentVariable("LOADING_STEPS") is not { } steps)
            return;
        var failures = 0;
        foreach (var step in steps.Split('\n'))
            failures += Run(step) ? 0 : 1;
        Environment.Exit(failures);
    }

    private static bool Run(string step)
    {
        try
        {
            var parts = step.Split(' ', 2);
            switch (parts[0])
            {
                case "use":
                    TorchRuntime.Use(parts[1]);
                    break;
                case "load":
                    Parallel.For(0, 4, _ => TorchRuntime.EnsureLoaded());
                    break;
                case "plugin":
                    PluginHost.Start(parts[1]);
                    break;
                case "sum":
                    Console.WriteLine($"sum: {Sum()}");
                    break;
                default:
                    Console.WriteLine($"loaded: {LoadedModules.PathOf(parts[1])}");
                    break;
            }
            foreach (var warning in TorchRuntime.Warnings)
                Console.WriteLine($"warning: {warning}");
            return true;
        }
        catch (Exception e)
        {
            var error = e is AggregateException several ? several.InnerExceptions[0] : e;
            Console.WriteLine($"{error.GetType().Name}: {error.Message}");
            return false;
        }
    }

    // A separate method, because its compilation loads TorchSharp.
    [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
    private static double Sum()
    {
        using var ones = torch.ones(3, 4);
        using var product = ones.matmul(ones.t()).Add(1.5f);
        using var sum = product.sum();
        return sum.item<float>();
    }
}
