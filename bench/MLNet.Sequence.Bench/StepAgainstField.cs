using System.Diagnostics;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Torch;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// The next output of a convolutional network: one step in plain C#, which remembers, beside running its whole receptive field
/// through libtorch, which does not. One thread, in turn, the same weights.
/// </summary>
internal sealed class StepAgainstField(string name, Architecture architecture, int inputs)
{
    private const int Rounds = 7;

    /// <summary>Prints both times, and gives exit code 0 if the step is so many times faster in the median.</summary>
    public int Run(double aim)
    {
        using TorchThreads threads = TorchThreads.Use(1);
        Layer tree = architecture.Build(1);
        int field = tree.ReceptiveField!.Value;
        Weights weights = Initializer.Draw(tree.AllWeights(inputs), new RandomStream(1));
        var managed = new ManagedNetwork(tree, inputs, weights);
        using var torchNetwork = new TorchNetwork(tree, inputs, CPU, weights);
        float[] window = [.. Enumerable.Range(0, field * inputs).Select(i => MathF.Sin(i * 0.37f))];
        float[] state = Fed(managed, window, out float[] output);
        Difference(output, torchNetwork.Score(window, 1));
        var (steps, ratios) = (new double[Rounds], new double[Rounds]);
        for (int round = -2; round < Rounds; round++)
        {
            double step = Microseconds(20_000, () => managed.Step(window.AsSpan(0, inputs), output, state));
            double whole = Microseconds(3, () => torchNetwork.Score(window, 1));
            if (round < 0)
                continue; // warm-up
            (steps[round], ratios[round]) = (step, whole / step);
            Console.WriteLine(FormattableString.Invariant($"  step in plain C# {step,8:F2} µs   receptive field in TorchSharp {whole,10:F1} µs   {whole / step:F0} × faster"));
        }

        Array.Sort(steps);
        Array.Sort(ratios);
        Console.WriteLine(FormattableString.Invariant(
            $"{name}: {architecture.Name}, {inputs} inputs, receptive field {field}: median {steps[Rounds / 2]:F2} µs per step, {ratios[Rounds / 2]:F0} × faster than the whole receptive field (aim: {aim})"));
        return ratios[Rounds / 2] >= aim ? 0 : 1;
    }

    private float[] Fed(ManagedNetwork network, float[] window, out float[] output)
    {
        var state = new float[network.StateSize];
        output = new float[network.OutputSize];
        for (int i = 0; i < window.Length; i += inputs)
            network.Step(window.AsSpan(i, inputs), output, state);
        return state;
    }

    // What is compared is the same number.
    private static void Difference(float[] step, float[] whole)
    {
        float[] last = whole[^step.Length..];
        float difference = step.Zip(last, (one, other) => Math.Abs(one - other)).Max(), largest = last.Max(Math.Abs);
        Console.WriteLine(FormattableString.Invariant($"  largest difference between the two {difference:E1} of {largest:E1}"));
    }

    private static double Microseconds(int count, Action run)
    {
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < count; i++)
            run();
        return Stopwatch.GetElapsedTime(start).TotalMicroseconds / count;
    }
}
