using System.Diagnostics;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Forward and backward of one minGRU layer (hidden 128, 8 inputs, 512 steps, batch 16) and of TorchSharp's own nn.GRU, one
/// thread, in turn.
/// </summary>
internal static class MinGruStep
{
    private const int Hidden = 128, Inputs = 8, Steps = 512, Batch = 16, Rounds = 9;

    public static int Run()
    {
        TorchRuntime.EnsureLoaded();
        set_num_threads(1);
        using var minimal = Network(new MinGruLayer(Hidden));
        using var gru = nn.GRU(Inputs, Hidden, batchFirst: true);
        using Tensor x = randn(Batch, Steps, Inputs);
        var ratios = new double[Rounds];
        for (int round = -2; round < Rounds; round++)
        {
            double ours = Milliseconds(() => minimal.Forward(x, TorchPass.Scoring));
            double theirs = Milliseconds(() => gru.call(x).Item1);
            if (round < 0)
                continue;
            ratios[round] = theirs / ours;
            Console.WriteLine(FormattableString.Invariant($"  minGRU {ours,7:F1} ms   nn.GRU {theirs,7:F1} ms   {theirs / ours:F1} × faster"));
        }

        Array.Sort(ratios);
        Console.WriteLine(FormattableString.Invariant(
            $"min-gru-step: hidden {Hidden}, {Steps} steps, batch {Batch}: median {ratios[Rounds / 2]:F1} × faster than nn.GRU (aim: 3)"));
        return ratios[Rounds / 2] >= 3 ? 0 : 1;
    }

    private static TorchNetwork Network(Layer layer) =>
        new(layer, Inputs, CPU, Initializer.Draw(layer.AllWeights(Inputs), new RandomStream(1)));

    private static double Milliseconds(Func<Tensor> forward)
    {
        using var scope = NewDisposeScope();
        long start = Stopwatch.GetTimestamp();
        forward().Square().mean().backward();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
