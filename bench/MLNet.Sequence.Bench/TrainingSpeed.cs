using System.Diagnostics;
using Microsoft.ML;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Training a forecaster of seven channels in batches of 32 with Adam through Fit, divided by the same forward, backward and step written by hand in
/// TorchSharp with prepared tensors. In turn, several times.
/// </summary>
/// <param name="Name">What the results are called.</param>
/// <param name="Architecture">What Fit trains.</param>
/// <param name="Hand">The same network by hand, for this many inputs.</param>
/// <param name="Context">The number of steps in a window.</param>
internal sealed record TrainingSpeed(string Name, Architecture Architecture, Func<int, HandMade> Hand, int Context)
{
    private const int Horizon = 24, Batch = 32, Outputs = Horizon * Waves.Channels;

    /// <summary>The number of rows of the series.</summary>
    public int Rows { get; init; } = 3_000;

    /// <summary>The number of rounds; their median counts.</summary>
    public int Rounds { get; init; } = 7;

    /// <summary>
    /// Threads of Fit; null: all cores. By hand, TorchSharp has as many; with null, its default number and one are tried, and the faster one counts.
    /// </summary>
    public int? Threads { get; init; } = 1;

    /// <summary>Whether the ratio's median is at least the aim.</summary>
    public bool Reaches(double aim)
    {
        Console.WriteLine($"{Name}: {Architecture.Name}, {Waves.Channels} inputs, context {Context}, batch {Batch}, "
            + $"{(Threads is { } number ? $"{number} thread(s)" : "all cores")}; samples per second, {Rounds} rounds in turn");
        int[] threads = Threads is { } one ? [one] : [get_num_threads(), 1];
        double[] ratios = new double[Rounds];
        for (int round = -1; round < Rounds; round++)
        {
            double fit = ThroughFit();
            double[] hand = [.. threads.Select(ByHand)];
            if (round < 0)
                continue; // warm-up
            ratios[round] = fit / hand.Max();
            string byHand = string.Join("   ", threads.Zip(hand, (count, speed) => FormattableString.Invariant($"by hand, {count} thread(s) {speed,8:F1}")));
            Console.WriteLine(FormattableString.Invariant($"  Fit {fit,8:F1}   {byHand}   ratio {ratios[round]:F3}"));
        }

        Array.Sort(ratios);
        Console.WriteLine(FormattableString.Invariant(
            $"  ratio: median {ratios[Rounds / 2]:F3}, lowest {ratios[0]:F3}, highest {ratios[^1]:F3} (aim: at least {aim})"));
        return ratios[Rounds / 2] >= aim;
    }

    private double ThroughFit()
    {
        var ml = new MLContext(seed: 1);
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(Architecture, new ForecastingOptions
        {
            Targets = ["Values"],
            Context = Context,
            Horizon = Horizon,
            Normalization = WindowNormalization.None,
            Training = new TrainingOptions { Epochs = 1, BatchSize = Batch, ValidationFraction = 0, Threads = Threads },
        }).Fit(Waves.Rows(ml, Rows));
        return model.Model.Report.Epochs[0].SamplesPerSecond;
    }

    private double ByHand(int threads)
    {
        int before = get_num_threads();
        set_num_threads(threads);
        int steps = (Rows - Context - Horizon + 1) / Batch;
        using var scope = NewDisposeScope();
        HandMade network = Hand(Waves.Channels);
        var head = nn.Linear(network.Features, Outputs);
        TorchSharp.Modules.Parameter[] weights = [.. network.Parameters, .. head.parameters()];
        var adam = optim.Adam(weights, 1e-3);
        // Ten batches in turn: their values do not change the time.
        (Tensor Input, Tensor Target)[] batches = [.. Enumerable.Range(0, 10).Select(_ => (randn(Batch, Context, Waves.Channels), randn(Batch, Outputs)))];
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++)
        {
            using var step = NewDisposeScope();
            (Tensor input, Tensor target) = batches[i % batches.Length];
            Tensor loss = nn.functional.mse_loss(head.call(network.Forward(input)), target);
            adam.zero_grad();
            loss.backward();
            nn.utils.clip_grad_norm_(weights, 1);
            adam.step();
            loss.item<float>();
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        set_num_threads(before);
        return steps * Batch / seconds;
    }
}
