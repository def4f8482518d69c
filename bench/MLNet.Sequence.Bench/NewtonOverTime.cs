using System.Diagnostics;
using System.Globalization;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Recurrent layers by Newton's method, compared with the same layers step by step in this library's kernels: forward and backward on one
/// thread, the faster of two runs each, in turn. Weights are drawn as for training, and made three times larger so that some do not
/// contract.
/// </summary>
internal static class NewtonOverTime
{
    private const int Inputs = 8, Rounds = 2, Most = 50;

    public static int Run()
    {
        TorchRuntime.EnsureLoaded();
        using TorchThreads threads = TorchThreads.Use(1);
        Console.WriteLine("| layer | weights | T | batch | hidden | step by step | Newton | iterations | residual | step by step at last |");
        Console.WriteLine("|---|---|---|---|---|---|---|---|---|---|");
        foreach (Func<int, Layer> layer in new Func<int, Layer>[] { h => new ParaGruLayer(h), h => new ParaLstmLayer(h) })
        {
            foreach ((int steps, int batch, int hidden) in new[] { (512, 16, 64), (4096, 1, 64), (16_384, 1, 64) })
                Both(layer(hidden), (steps, batch, hidden));
        }

        foreach (Func<int, Layer> layer in new Func<int, Layer>[] { h => new RnnLayer(h), h => new GruLayer(h), h => new LstmLayer(h) })
        {
            Both(layer(8), (512, 16, 8));
            Both(layer(64), (512, 16, 64));
        }

        return 0;
    }

    private static void Both(Layer layer, (int Steps, int Batch, int Hidden) size)
    {
        Measure(layer, size, 1);
        Measure(layer, size, 3);
    }

    private static void Measure(Layer layer, (int Steps, int Batch, int Hidden) size, double scale)
    {
        using var scope = NewDisposeScope();
        var weights = new Weights();
        foreach (Weight weight in Initializer.Draw(layer.AllWeights(Inputs), new RandomStream(1)))
            weights.Add(weight with { Values = [.. weight.Values.Select(value => (float)scale * value)] });
        using var network = new TorchNetwork(layer, Inputs, CPU, weights);
        manual_seed(1);
        Tensor input = randn(size.Batch, size.Steps, Inputs);
        var tally = new NewtonTally(Most);
        TorchPass plain = new() { Kernels = TrainingKernels.Managed }, newton = plain with { Newton = tally };
        double one = double.PositiveInfinity, other = one;
        for (int round = 0; round < Rounds; round++)
        {
            one = Math.Min(one, Milliseconds(network, input, plain));
            other = Math.Min(other, Milliseconds(network, input, newton));
        }

        NewtonReport report = tally.Take();
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {layer.GetType().Name[..^"Layer".Length]} | × {scale} | {size.Steps} | {size.Batch} | {size.Hidden} | {one:F1} ms | {other:F1} ms "
                + $"({other / one:F1} ×) | {report.MeanIterations:F1} | {report.Residual:G2} | {(report.StepByStep > 0 ? "yes" : "no")} |"));
    }

    private static double Milliseconds(TorchNetwork network, Tensor input, TorchPass pass)
    {
        using var scope = NewDisposeScope();
        long start = Stopwatch.GetTimestamp();
        BackwardPass.Run(network.Forward(input, pass).Square().mean());
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
