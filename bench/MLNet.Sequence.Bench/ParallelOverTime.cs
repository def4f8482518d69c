using System.Diagnostics;
using System.Globalization;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Torch;
using MLNet.Sequence.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// A simple recurrent layer whose matrix has the Euclidean norm λ, for all time steps at once, with an error of at most 1e-3 of the largest
/// state: by sweeps, and in parts side by side after a warm-up, each with as many steps as needed. It is compared with nn.RNN step by step.
/// One thread; scoring, and forward with backward.
/// </summary>
internal static class ParallelOverTime
{
    private const int Inputs = 8, Rounds = 4;
    private const double Tolerance = 1e-3;

    // The largest number of floats of all states, and of products of the sweeps; larger cases are left out.
    private const long MostScored = 1L << 28, MostTrained = 1L << 26;
    private const double MostProducts = 4e10;

    private static readonly double[] Rates = [0.5, 0.8, 0.95];

    /// <param name="passes">Whether each case includes a backward pass.</param>
    public static int Run(params bool[] passes)
    {
        TorchRuntime.EnsureLoaded();
        set_num_threads(1);
        Console.WriteLine("parallel-over-time: time of nn.RNN divided by time of sweeps | of parts side by side (above 1: these are faster than nn.RNN)");
        string rates = string.Concat(Rates.Select(rate => FormattableString.Invariant($"{$"λ {rate}, k {Steps(rate)}",20}")));
        Console.WriteLine($"{"T",7}{"batch",7}{"hidden",8}{"nn.RNN ms",11}{rates}   largest error divided by the stated one");
        foreach (bool training in passes)
        {
            Console.WriteLine(training ? "forward and backward" : "scoring");
            foreach (int hidden in new[] { 64, 256 })
            {
                foreach (int batch in new[] { 1, 16 })
                {
                    for (int steps = 256; steps <= 65_536; steps *= 4)
                    {
                        if ((long)steps * batch * hidden <= (training ? MostTrained : MostScored))
                            Measure((steps, batch, hidden), training);
                    }
                }
            }
        }

        return 0;
    }

    private static int Steps(double rate) => (int)Math.Ceiling(Math.Log(Tolerance) / Math.Log(rate));

    private static void Measure((int Steps, int Batch, int Hidden) size, bool training)
    {
        using var scope = NewDisposeScope();
        Tensor input = randn(size.Batch, size.Steps, Inputs);
        var line = new List<string>();
        double sequential = double.PositiveInfinity, error = 0;
        foreach (double rate in Rates)
        {
            using var whole = new TorchNetwork(new RnnLayer(size.Hidden), Inputs, CPU, Contraction(size.Hidden, rate, path: ""));
            TorchPass sweeps = new() { Sweeps = Steps(rate) }, parts = new() { WarmUp = Steps(rate) };
            bool feasible = (double)Steps(rate) * size.Steps * size.Batch * size.Hidden * size.Hidden < MostProducts;
            double one = double.PositiveInfinity, other = one, third = one;
            // The fastest run of each, in turn, because other work of the machine only adds time.
            for (int round = 0; round < Rounds; round++)
            {
                one = Math.Min(one, Milliseconds(whole, input, TorchPass.Scoring, training));
                third = Math.Min(third, Milliseconds(whole, input, parts, training));
                if (feasible)
                    other = Math.Min(other, Milliseconds(whole, input, sweeps, training));
            }

            sequential = Math.Min(sequential, one);
            string Times(bool there, double ratio) => there ? ratio.ToString("F2", CultureInfo.InvariantCulture) : "–";
            line.Add($"{Times(feasible, one / other)} | {Times(input.shape[1] > 2 * Steps(rate), one / third)}");
            error = Math.Max(error, Math.Max(feasible ? Error(whole, sweeps, input) : 0, Error(whole, parts, input)));
        }

        Console.WriteLine(FormattableString.Invariant(
            $"{size.Steps,7}{size.Batch,7}{size.Hidden,8}{sequential,11:F1}{string.Concat(line.Select(text => $"{text,20}"))}   {error / Tolerance:F3}"));
    }

    private static double Milliseconds(TorchNetwork network, Tensor input, TorchPass pass, bool training)
    {
        using var scope = NewDisposeScope();
        using var mode = training ? enable_grad() : no_grad();
        long start = Stopwatch.GetTimestamp();
        Tensor output = network.Forward(input, pass);
        if (training)
            output.Square().mean().backward();
        return Stopwatch.GetElapsedTime(start).TotalMilliseconds;
    }

    // The largest Euclidean distance of two states, divided by the largest possible state.
    private static double Error(TorchNetwork network, TorchPass pass, Tensor input)
    {
        using var scope = NewDisposeScope();
        using var mode = no_grad();
        Tensor difference = network.Forward(input, TorchPass.Scoring) - network.Forward(input, pass);
        return Math.Sqrt(difference.Square().sum([2]).max().item<float>() / difference.shape[2]);
    }

    // R is a random orthogonal matrix times λ.
    private static Weights Contraction(int hidden, double rate, string path)
    {
        var layer = new RnnLayer(hidden) { Recurrent = RecurrentInitialization.Orthogonal };
        var weights = new Weights();
        foreach (Weight weight in Initializer.Draw(layer.AllWeights(Inputs), new RandomStream(1)))
        {
            float factor = weight.Name == "weight_hh" ? (float)rate : 1;
            weights.Add(new Weight(path + weight.Name, weight.Shape, [.. weight.Values.Select(value => factor * value)]));
        }

        return weights;
    }
}
