using System.Diagnostics;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// A training step of a stable layer beside the same layer without its projection (hidden 128, 8 inputs, 128 steps, batch 32, Adam),
/// one thread, in turn.
/// </summary>
internal static class ProjectionStep
{
    private const int Hidden = 128, Inputs = 8, Steps = 128, Batch = 32, Rounds = 31;
    private const double Aim = 1.05;

    public static int Run()
    {
        TorchRuntime.EnsureLoaded();
        set_num_threads(1);
        // All are run, whatever the first of them says.
        bool[] reached =
        [
            Compare("rnn, singular values", new StableRnn { HiddenSize = Hidden }, new Rnn { HiddenSize = Hidden }),
            Compare("rnn, power iteration", new StableRnn { HiddenSize = Hidden, Projection = SpectralProjection.PowerIteration }, new Rnn { HiddenSize = Hidden }),
            Compare("lstm", new StableLstm { HiddenSize = Hidden }, new Lstm { HiddenSize = Hidden }),
            Compare("gru", new StableGru { HiddenSize = Hidden }, new Gru { HiddenSize = Hidden }),
        ];
        return reached.All(one => one) ? 0 : 1;
    }

    private static bool Compare(string name, Architecture stable, Architecture free)
    {
        using TorchNetwork constrained = Network(stable), unconstrained = Network(free);
        using var with = new TrainingStep(constrained, new ForecastingObjective(), new TrainingOptions());
        using var without = new TrainingStep(unconstrained, new ForecastingObjective(), new TrainingOptions());
        using Tensor x = randn(Batch, Steps, Inputs), y = randn(Batch, 1);
        var ratios = new double[Rounds];
        double ours = 0, plain = 0;
        for (int round = -3; round < Rounds; round++)
        {
            double first = Milliseconds(with, x, y), second = Milliseconds(without, x, y);
            if (round < 0)
                continue;
            ratios[round] = first / second;
            (ours, plain) = (ours + first / Rounds, plain + second / Rounds);
        }

        Array.Sort(ratios);
        double projection = Enumerable.Range(0, Rounds).Select(_ => Milliseconds(constrained)).Order().ElementAt(Rounds / 2);
        Console.WriteLine(FormattableString.Invariant(
            $"projection: {name,-22} with {ours,6:F1} ms, without {plain,6:F1} ms: median ratio {ratios[Rounds / 2]:F3} (aim: at most {Aim}); the projection alone {projection:F2} ms"));
        return ratios[Rounds / 2] <= Aim;
    }

    private static TorchNetwork Network(Architecture architecture)
    {
        var network = new Sequential(architecture.Build(Steps), new LastStep(), new Dense(1));
        return new TorchNetwork(network, Inputs, CPU, Initializer.Draw(network.AllWeights(Inputs), new RandomStream(1)));
    }

    private static double Milliseconds(TrainingStep step, Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        long start = Stopwatch.GetTimestamp();
        step.Accumulate(new Batch(x, y, Batch), 1, maskSeed: 1);
        step.Advance(rate: 1e-3);
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    private static double Milliseconds(TorchNetwork network)
    {
        long start = Stopwatch.GetTimestamp();
        foreach (ITorchConstraint constraint in network.Constraints)
            constraint.Project();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }
}
