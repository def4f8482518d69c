using System.Diagnostics;
using Microsoft.ML;
using MLNet.Sequence.Layers;
using static TorchSharp.torch;

namespace MLNet.Sequence.Bench;

/// <summary>Whether memory grows: resident memory after epoch 50 divided by that after epoch 2, and tensors before and after Fit.</summary>
internal static class LoopMemory
{
    public static int Run()
    {
        var resident = new Dictionary<int, long>();
        Fit(epochs: 1, _ => { });
        long before = Tensor.TotalCount;
        Fit(epochs: 50, progress =>
        {
            if (progress.Finished is { } epoch)
                resident[epoch.Epoch] = Resident();
        });
        double ratio = (double)resident[50] / resident[2];
        Console.WriteLine(FormattableString.Invariant(
            $"loop-memory: resident {resident[2] / 1e6:F1} MB after epoch 2, {resident[50] / 1e6:F1} MB after epoch 50: ratio {ratio:F4} (aim: at most 1.02)"));
        Console.WriteLine($"  live tensors before Fit {before}, after {Tensor.TotalCount}");
        return ratio <= 1.02 && before == Tensor.TotalCount ? 0 : 1;
    }

    private static long Resident()
    {
        GC.Collect();
        using var process = Process.GetCurrentProcess();
        return process.WorkingSet64;
    }

    private static void Fit(int epochs, Action<TrainingProgress> told)
    {
        var ml = new MLContext(seed: 1);
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Lstm { HiddenSize = 32, Layers = 2, Dropout = 0.1 }, new ForecastingOptions
        {
            Targets = ["Values"],
            Context = 48,
            Horizon = 12,
            Training = new TrainingOptions { Epochs = epochs, Patience = null, Progress = new Immediate(told) },
        }).Fit(Waves.Rows(ml, 1_500));
    }

    private sealed class Immediate(Action<TrainingProgress> told) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => told(value);
    }
}
