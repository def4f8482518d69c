using System.Diagnostics;
using Microsoft.ML;
using MLNet.Sequence.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// Training an LSTM (7 inputs, batch 32), Adam, one thread, through Fit, divided by the same forward, backward and step written by hand in
/// TorchSharp with prepared tensors. In turn, several times.
/// </summary>
/// <param name="name">The command.</param>
/// <param name="hidden">Units.</param>
/// <param name="context">The number of steps in a window.</param>
/// <param name="rows">The number of rows of the series.</param>
internal sealed class LoopSpeed(string name, int hidden, int context, int rows)
{
    private const int Horizon = 24, Batch = 32, Rounds = 7, Outputs = Horizon * Waves.Channels;

    /// <summary>Exit code 0 if the ratio's median is at least the aim.</summary>
    public int Run(double aim)
    {
        Console.WriteLine($"{name}: LSTM hidden {hidden}, {Waves.Channels} inputs, context {context}, batch {Batch}, 1 thread; "
            + $"samples per second, {Rounds} rounds in turn");
        double[] ratios = new double[Rounds];
        for (int round = -1; round < Rounds; round++)
        {
            double fit = ThroughFit(), hand = ByHand();
            if (round < 0)
                continue; // warm-up
            ratios[round] = fit / hand;
            Console.WriteLine(FormattableString.Invariant($"  Fit {fit,8:F1}   by hand {hand,8:F1}   ratio {fit / hand:F3}"));
        }

        Array.Sort(ratios);
        Console.WriteLine(FormattableString.Invariant(
            $"  ratio: median {ratios[Rounds / 2]:F3}, lowest {ratios[0]:F3}, highest {ratios[^1]:F3} (aim: at least {aim})"));
        return ratios[Rounds / 2] >= aim ? 0 : 1;
    }

    private double ThroughFit()
    {
        var ml = new MLContext(seed: 1);
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Lstm { HiddenSize = hidden }, new ForecastingOptions
        {
            Targets = ["Values"],
            Context = context,
            Horizon = Horizon,
            Normalization = WindowNormalization.None,
            Training = new TrainingOptions { Epochs = 1, BatchSize = Batch, ValidationFraction = 0, Threads = 1 },
        }).Fit(Waves.Rows(ml, rows));
        return model.Model.Report.Epochs[0].SamplesPerSecond;
    }

    private double ByHand()
    {
        int threads = get_num_threads();
        set_num_threads(1);
        int steps = (rows - context - Horizon + 1) / Batch;
        using var scope = NewDisposeScope();
        var lstm = nn.LSTM(Waves.Channels, hidden, batchFirst: true);
        var head = nn.Linear(hidden, Outputs);
        var adam = optim.Adam(lstm.parameters().Concat(head.parameters()), 1e-3);
        // Ten batches in turn: their values do not change the time.
        (Tensor Input, Tensor Target)[] batches = [.. Enumerable.Range(0, 10).Select(_ => (randn(Batch, context, Waves.Channels), randn(Batch, Outputs)))];
        long start = Stopwatch.GetTimestamp();
        for (int i = 0; i < steps; i++)
        {
            using var step = NewDisposeScope();
            (Tensor input, Tensor target) = batches[i % batches.Length];
            Tensor output = head.call(lstm.call(input).Item1.select(1, -1));
            Tensor loss = nn.functional.mse_loss(output, target);
            adam.zero_grad();
            loss.backward();
            nn.utils.clip_grad_norm_(lstm.parameters().Concat(head.parameters()), 1);
            adam.step();
            loss.item<float>();
        }

        double seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        set_num_threads(threads);
        return steps * Batch / seconds;
    }
}
