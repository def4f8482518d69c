using System.Globalization;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Training;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// A training step of a stable layer, compared with the same layer without its projection (hidden 128, 8 inputs, 128 steps, batch 32,
/// Adam), one thread, in turn. Processor time is measured, so that other work on the machine does not count.
/// </summary>
internal static class ProjectionStep
{
    private const int Hidden = 128, Inputs = 8, Steps = 128, Batch = 32, Rounds = 101;
    private const double Aim = 1.05;

    public static int Run()
    {
        TorchRuntime.EnsureLoaded();
        set_num_threads(1);
        // The aim holds for the default. All are run, even if the first one misses it.
        Compare("rnn, singular values", new StableRnn { HiddenSize = Hidden, Projection = SpectralProjection.SingularValues }, new Rnn { HiddenSize = Hidden });
        bool[] reached =
        [
            Compare("rnn, power iteration", new StableRnn { HiddenSize = Hidden }, new Rnn { HiddenSize = Hidden }),
            Compare("lstm", new StableLstm { HiddenSize = Hidden }, new Lstm { HiddenSize = Hidden }),
            Compare("gru", new StableGru { HiddenSize = Hidden }, new Gru { HiddenSize = Hidden }),
        ];
        return reached.All(one => one) ? 0 : 1;
    }

    private static bool Compare(string name, Architecture stable, Architecture free)
    {
        using TorchNetwork constrained = Network(stable), unconstrained = Network(free);
        using var with = new GivenStep(constrained, new ForecastingObjective(), new TrainingOptions());
        using var without = new GivenStep(unconstrained, new ForecastingObjective(), new TrainingOptions());
        using Tensor x = randn(Batch, Steps, Inputs), y = randn(Batch, 1);
        double[] ratios = new double[Rounds], ours = new double[Rounds], plain = new double[Rounds];
        for (int round = -3; round < Rounds; round++)
        {
            double first = Milliseconds(with, x, y), second = Milliseconds(without, x, y);
            if (round >= 0)
                (ours[round], plain[round], ratios[round]) = (first, second, first / second);
        }

        double ratio = Median(ours) / Median(plain);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"projection: {name,-22} with {Median(ours),6:F2} ms, without {Median(plain),6:F2} ms: ratio of medians {ratio:F3}, median of ratios "
                + $"{Median(ratios):F3} (aim: at most {Aim})"));
        return ratio <= Aim;
    }

    private static double Median(double[] values) => values.Order().ElementAt(values.Length / 2);

    private static TorchNetwork Network(Architecture architecture)
    {
        var network = new Sequential(architecture.Build(Steps), new LastStep(), new Dense(1));
        return new TorchNetwork(network, Inputs, CPU, Initializer.Draw(network.AllWeights(Inputs), new RandomStream(1)));
    }

    private static double Milliseconds(GivenStep step, Tensor x, Tensor y)
    {
        using var scope = NewDisposeScope();
        TimeSpan start = Environment.CpuUsage.TotalTime;
        step.Accumulate(new Batch(x, y, Batch), 1, maskSeed: 1);
        step.Advance(rate: 1e-3);
        return (Environment.CpuUsage.TotalTime - start).TotalMilliseconds;
    }
}
