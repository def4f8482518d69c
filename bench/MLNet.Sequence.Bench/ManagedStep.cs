using System.Diagnostics;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Torch;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>One step of an LSTM (hidden 128, 8 inputs) in plain C# and through TorchSharp, one thread, in turn.</summary>
internal static class ManagedStep
{
    private const int Hidden = 128, Inputs = 8, Rounds = 9;

    public static int Run()
    {
        TorchRuntime.EnsureLoaded();
        set_num_threads(1);
        Layer tree = new Lstm { HiddenSize = Hidden }.Build(1);
        var managed = new ManagedNetwork(tree, Inputs, Initializer.Draw(tree.AllWeights(Inputs), new RandomStream(1)));
        float[] input = new float[Inputs], output = new float[Hidden], state = new float[managed.StateSize];
        using var lstm = nn.LSTM(Inputs, Hidden, batchFirst: true);
        using var noGrad = no_grad();
        using Tensor x = zeros(1, 1, Inputs), h = zeros(1, 1, Hidden), c = zeros(1, 1, Hidden);
        var ratios = new double[Rounds];
        for (int round = -2; round < Rounds; round++)
        {
            double plain = Microseconds(20_000, () => managed.Step(input, output, state));
            double torchStep = Microseconds(1_000, () => TorchStep(lstm, x, (h, c)));
            if (round < 0)
                continue;
            ratios[round] = torchStep / plain;
            Console.WriteLine(FormattableString.Invariant($"  plain C# {plain,7:F2} µs   TorchSharp {torchStep,8:F2} µs   {torchStep / plain:F1} × faster"));
        }

        Array.Sort(ratios);
        Console.WriteLine(FormattableString.Invariant($"managed-step: LSTM hidden {Hidden}, {Inputs} inputs: median {ratios[Rounds / 2]:F1} × faster than TorchSharp (aim: 12)"));
        return ratios[Rounds / 2] >= 12 ? 0 : 1;
    }

    private static void TorchStep(TorchSharp.Modules.LSTM lstm, Tensor x, (Tensor, Tensor) state)
    {
        using var scope = NewDisposeScope();
        lstm.call(x, state);
    }

    private static double Microseconds(int count, Action step)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
            step();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / count;
    }
}
