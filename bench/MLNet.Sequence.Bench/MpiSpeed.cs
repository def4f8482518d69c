using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Training an LSTM through Fit on two ranks of one thread, divided by one rank of one thread. Each figure is that of a process which mpirun started,
/// after an epoch of warm-up; pairs in turn, since other work of the machine changes both.
/// </summary>
internal static class MpiSpeed
{
    private const int Hidden = 128, Context = 128, Batch = 32, Horizon = 24, Steps = 60, Rounds = 7;
    private const double Aim = 1.8;

    /// <summary>Exit code 0 if the ratio's median is at least the aim.</summary>
    public static int Run()
    {
        Console.WriteLine($"mpi: LSTM hidden {Hidden}, {Waves.Channels} inputs, context {Context}, batch {Batch}; samples per second, {Rounds} rounds in turn");
        double[] ratios = new double[Rounds];
        for (int round = 0; round < Rounds; round++)
        {
            double one = OnRanks(1), two = OnRanks(2);
            ratios[round] = two / one;
            Console.WriteLine(FormattableString.Invariant($"  2 ranks {two,8:F1}   1 rank {one,8:F1}   ratio {two / one:F3}"));
        }

        Array.Sort(ratios);
        Console.WriteLine(FormattableString.Invariant(
            $"  ratio: median {ratios[Rounds / 2]:F3}, lowest {ratios[0]:F3}, highest {ratios[^1]:F3} (aim: at least {Aim})"));
        return ratios[Rounds / 2] >= Aim ? 0 : 1;
    }

    /// <summary>One rank: trains, and rank 0 prints the samples per second of the second epoch.</summary>
    public static int Child()
    {
        using Mpi cluster = Mpi.Start();
        var ml = new MLContext(seed: 1);
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Lstm { HiddenSize = Hidden }, new ForecastingOptions
        {
            Targets = ["Values"],
            Context = Context,
            Horizon = Horizon,
            Normalization = WindowNormalization.None,
            Training = new TrainingOptions { Epochs = 2, BatchSize = Batch, ValidationFraction = 0, Threads = 1, Cluster = cluster, ShowProgress = false },
        }).Fit(Waves.Rows(ml, Context + Horizon - 1 + Steps * Batch));
        if (cluster.Rank == 0)
            Console.WriteLine(model.Model.Report.Epochs[1].SamplesPerSecond.ToString("R", CultureInfo.InvariantCulture));
        return 0;
    }

    private static double OnRanks(int ranks)
    {
        string[] command = ["--allow-run-as-root", "-n", $"{ranks}", "dotnet", typeof(MpiSpeed).Assembly.Location, "mpi-child"];
        // mpirun gives its processes a terminal, to which .NET would write control characters.
        var start = new ProcessStartInfo("mpirun", command) { RedirectStandardOutput = true, Environment = { ["TERM"] = "dumb" } };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return double.Parse(output.Trim().Split('\n')[^1], CultureInfo.InvariantCulture);
    }
}
