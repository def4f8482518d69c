using System.Globalization;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Forward and backward of recurrent layers with 8 inputs in this library's kernels and in libtorch's, one thread, in turn: the table by
/// which training chooses between them (docs/performance-tables.md). Medians of processor time.
/// </summary>
internal static class KernelTable
{
    private const int Inputs = 8;

    // Until the runtime has compiled its code a second time, with what it learned; large cells take longer, for their rounds.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(0.7), Measured = TimeSpan.FromSeconds(2.5);

    private const int FewestRounds = 5;

    private static readonly int[] Batches = [1, 8, 16, 32, 64, 256], Lengths = [16, 96, 512], Sizes = [16, 64, 128, 256, 512];

    private static readonly Dictionary<string, Func<int, Layer>> Layers = new()
    {
        ["lstm"] = size => new LstmLayer(size),
        ["gru"] = size => new GruLayer(size),
        ["rnn"] = size => new RnnLayer(size),
    };

    /// <param name="only">A layer, and a batch size; empty: all.</param>
    public static int Run(string[] only)
    {
        TorchRuntime.EnsureLoaded();
        using TorchThreads threads = TorchThreads.Use(1);
        foreach ((string name, Func<int, Layer> layer) in Layers.Where(one => only.Length == 0 || only[0] == one.Key))
        {
            foreach (int steps in Lengths)
            {
                Console.WriteLine($"\n{name}, {steps} steps: libtorch's time over ours\n| batch | {string.Join(" | ", Sizes.Select(size => $"h {size}"))} |");
                Console.WriteLine($"|{string.Concat(Enumerable.Repeat("---|", Sizes.Length + 1))}");
                foreach (int batch in Batches.Where(one => only.Length < 2 || only[1] == one.ToString(CultureInfo.InvariantCulture)))
                    Console.WriteLine($"| {batch} | {string.Join(" | ", Sizes.Select(size => Cell(layer(size), batch, steps)))} |");
            }
        }

        return 0;
    }

    private static string Cell(Layer layer, int batch, int steps)
    {
        using var network = new TorchNetwork(layer, Inputs, CPU, Initializer.Draw(layer.AllWeights(Inputs), new RandomStream(1)));
        using Tensor x = randn(batch, steps, Inputs);
        var clock = new ProcessorClock();
        List<double> ours = [], theirs = [];
        long start = clock.GetTimestamp();
        do
            Round([], []);
        while (clock.GetElapsedTime(start) < WarmUp);
        for (start = clock.GetTimestamp(); ours.Count < FewestRounds || clock.GetElapsedTime(start) < Measured;)
            Round(ours, theirs);
        return string.Create(CultureInfo.InvariantCulture, $"{Median(theirs) / Median(ours):F2} ({Median(ours):G3} ms)");

        void Round(List<double> own, List<double> other)
        {
            own.Add(Milliseconds(network, x, clock, TrainingKernels.Managed));
            other.Add(Milliseconds(network, x, clock, TrainingKernels.Libtorch));
        }
    }

    private static double Milliseconds(TorchNetwork network, Tensor x, ProcessorClock clock, TrainingKernels kernels)
    {
        using var scope = NewDisposeScope();
        long start = clock.GetTimestamp();
        BackwardPass.Run(network.Forward(x, new TorchPass { Kernels = kernels }).sum());
        return clock.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Median(List<double> times) => times.Order().ElementAt(times.Count / 2);
}
