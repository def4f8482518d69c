using System.Globalization;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Scans and causal convolutions in this library's kernels, compared with libtorch's operations for the same layers: forward and backward,
/// batches of 32, one thread, in turn, medians of processor time. The convolutions' table is the one by which training chooses
/// (docs/performance-tables.md).
/// </summary>
internal static class ScanKernels
{
    private const int Batch = 32, Inputs = 8, FewestRounds = 5;

    // Until the runtime has compiled its code a second time, with what it learned; large cells take longer, for their rounds.
    private static readonly TimeSpan WarmUp = TimeSpan.FromSeconds(1), Measured = TimeSpan.FromSeconds(3);

    private static readonly TorchPass Own = new() { Kernels = TrainingKernels.Managed };

    /// <summary>Exit code 0 if a minGRU is 3 times as fast as nn.GRU and a TCN 1.3 times as fast as by hand.</summary>
    public static int Run()
    {
        TorchRuntime.EnsureLoaded();
        using TorchThreads threads = TorchThreads.Use(1);
        Console.WriteLine("| layer | steps | hidden | ours | libtorch's operations | nn.GRU |\n|---|---|---|---|---|---|");
        bool scans = Scans(512, 64) & Scans(512, 128) & Scans(64, 64);
        Console.WriteLine("\n| steps | channels → filters | taps | ours | libtorch's operations |\n|---|---|---|---|---|");
        foreach (int steps in new[] { 1, 4, 8, 16, 96, 512 })
            Convolution(steps, 32, 32, 3);
        foreach (int width in new[] { 1, 4, 8, 16, 64, 128, 256, 512 })
            Convolution(96, width, width, 3);
        foreach (int steps in new[] { 1, 4, 16 })
            Convolution(steps, 128, 128, 3);
        foreach ((int channels, int filters) in new[] { (1, 32), (7, 32), (128, 32), (32, 1), (32, 8), (32, 128), (128, 256) })
            Convolution(96, channels, filters, 3);
        foreach (int taps in new[] { 1, 2, 7 })
            Convolution(96, 32, 32, taps);
        Console.WriteLine("\n| dropout | all steps | the last step | libtorch's operations, all steps | by hand |\n|---|---|---|---|---|");
        bool network = ConvolutionalNetwork(dropout: 0) & ConvolutionalNetwork(dropout: 0.1f);
        return scans && network ? 0 : 1;
    }

    // Only the last step has a gradient, as in a forecaster.
    private static bool Scans(int steps, int hidden)
    {
        using Tensor x = randn(Batch, steps, Inputs);
        using var gru = nn.GRU(Inputs, hidden, batchFirst: true);
        bool reached = true;
        Layer[] layers =
            [new MinGruLayer(hidden), new MinLstmLayer(hidden), new ParaGruLayer(hidden), new ParaLstmLayer(hidden), new LruLayer(hidden)];
        foreach (Layer layer in layers)
        {
            using TorchNetwork network = Network(new Sequential(layer, new LastStep()), Inputs);
            double[] times = Medians(
                () => network.Forward(x, Own), () => network.Forward(x, TorchPass.Scoring), () => gru.call(x).Item1.select(1, -1));
            Console.WriteLine($"| {layer.GetType().Name[..^"Layer".Length]} | {steps} | {hidden} | {Cells(times)} |");
            reached &= layer is not MinGruLayer || times[2] / times[0] >= 3;
        }

        return reached;
    }

    // With weight normalisation and max(·, 0), as in a TCN. The gradients of the input are needed too, as in a layer behind another.
    private static void Convolution(int steps, int channels, int filters, int taps)
    {
        var layers = new Sequential(new CausalConv(filters, taps, 2) { WeightNormalized = true }, new Activation(ActivationKind.Relu));
        using TorchNetwork network = Network(layers, channels);
        using Tensor x = randn(Batch, steps, channels).requires_grad_(true);
        double[] times = Medians(() => network.Forward(x, Own), () => network.Forward(x, TorchPass.Scoring));
        Console.WriteLine($"| {steps} | {channels} → {filters} | {taps} | {Cells(times)} |");
    }

    // 5 levels of 32 channels and 3 taps over 96 steps, and the same network by hand, which computes all steps.
    private static bool ConvolutionalNetwork(float dropout)
    {
        const int steps = 96, channels = 7;
        Layer tree = new Tcn { Channels = 32, Levels = 5, KernelSize = 3, Dropout = dropout }.Build(steps);
        using TorchNetwork all = Network(tree, channels), last = Network(new Sequential(tree, new LastStep()), channels);
        using var hand = new HandMadeTcn(channels, 32, 5, dropout);
        using Tensor x = randn(Batch, steps, channels);
        long seed = 0;
        double[] times = Medians(
            () => all.Forward(x, Own with { Dropout = new DropoutMasks(seed++) }),
            () => last.Forward(x, Own with { Dropout = new DropoutMasks(seed++) }),
            () => all.Forward(x, new TorchPass { Dropout = new DropoutMasks(seed++) }),
            () => hand.Forward(x));
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {dropout} | {Cells(times)} |"));
        return times[3] / times[0] >= 1.3;
    }

    // The time of the first way, and the others' with their ratio to it.
    private static string Cells(double[] times) => string.Join(" | ", times.Select((time, i) => i == 0
        ? string.Create(CultureInfo.InvariantCulture, $"{time:G3} ms")
        : string.Create(CultureInfo.InvariantCulture, $"{time:G3} ms ({time / times[0]:F2} ×)")));

    private static TorchNetwork Network(Layer layer, int inputs) =>
        new(layer, inputs, CPU, Initializer.Draw(layer.AllWeights(inputs), new RandomStream(1)));

    private static double[] Medians(params Func<Tensor>[] ways)
    {
        var clock = new ProcessorClock();
        List<double>[] times = [.. ways.Select(_ => new List<double>())];
        long start = clock.GetTimestamp();
        do
            Round([.. ways.Select(_ => new List<double>())]);
        while (clock.GetElapsedTime(start) < WarmUp);
        for (start = clock.GetTimestamp(); times[0].Count < FewestRounds || clock.GetElapsedTime(start) < Measured;)
            Round(times);
        return [.. times.Select(of => of.Order().ElementAt(of.Count / 2))];

        void Round(List<double>[] taken)
        {
            for (int way = 0; way < ways.Length; way++)
                taken[way].Add(Milliseconds(ways[way], clock));
        }
    }

    private static double Milliseconds(Func<Tensor> forward, ProcessorClock clock)
    {
        using var scope = NewDisposeScope();
        long start = clock.GetTimestamp();
        BackwardPass.Run(forward().sum());
        return clock.GetElapsedTime(start).TotalMilliseconds;
    }
}
