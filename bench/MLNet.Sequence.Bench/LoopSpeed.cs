using System.Diagnostics;
using Microsoft.ML;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Estimators;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Training;
using TorchSharp;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>
/// The loop's overhead: LSTM (hidden 64, 7 inputs, context 96, batch 32), Adam, one thread, through Fit, over the same forward,
/// backward and step written by hand in TorchSharp with tensors that are made before. In turn, several times.
/// </summary>
internal static class LoopSpeed
{
    private const int Hidden = 64, Context = 96, Horizon = 24, Batch = 32, Rows = 8_000, Rounds = 7, Outputs = Horizon * Waves.Channels;

    public static int Run()
    {
        Console.WriteLine($"loop-speed: LSTM hidden {Hidden}, {Waves.Channels} inputs, context {Context}, batch {Batch}, 1 thread; samples per second, {Rounds} rounds in turn");
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
        Console.WriteLine(FormattableString.Invariant($"  ratio: median {ratios[Rounds / 2]:F3}, lowest {ratios[0]:F3}, highest {ratios[^1]:F3} (aim: at least 0.95)"));
        return ratios[Rounds / 2] >= 0.95 ? 0 : 1;
    }

    private static double ThroughFit()
    {
        var ml = new MLContext(seed: 1);
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Lstm { HiddenSize = Hidden }, new ForecastingOptions
        {
            Targets = ["Values"],
            Context = Context,
            Horizon = Horizon,
            Normalization = WindowNormalization.None,
            Training = new TrainingOptions { Epochs = 1, BatchSize = Batch, ValidationFraction = 0, Threads = 1 },
        }).Fit(Waves.Rows(ml, Rows));
        return model.Model.Report.Epochs[0].SamplesPerSecond;
    }

    private static double ByHand()
    {
        int threads = get_num_threads();
        set_num_threads(1);
        int steps = (Rows - Context - Horizon + 1) / Batch;
        using var scope = NewDisposeScope();
        var lstm = nn.LSTM(Waves.Channels, Hidden, batchFirst: true);
        var head = nn.Linear(Hidden, Outputs);
        var adam = optim.Adam(lstm.parameters().Concat(head.parameters()), 1e-3);
        // Ten batches in turn: what they hold does not change the time.
        (Tensor Input, Tensor Target)[] batches = [.. Enumerable.Range(0, 10).Select(_ => (randn(Batch, Context, Waves.Channels), randn(Batch, Outputs)))];
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
