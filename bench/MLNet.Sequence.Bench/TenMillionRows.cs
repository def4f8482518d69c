using Microsoft.ML;

namespace MLNet.Sequence.Bench;

/// <summary>One series of ten million rows, context 336: managed memory during training divided by that of the raw floats, and the share of
/// the time for the data.</summary>
internal static class TenMillionRows
{
    private const int Rows = 10_000_000;

    public static int Run()
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = Waves.OneChannel(ml, Rows);
        long before = GC.GetTotalMemory(forceFullCollection: true), held = 0;
        var options = new ForecastingOptions
        {
            Targets = ["Value"],
            Context = 336,
            Horizon = 24,
            Training = new TrainingOptions
            {
                Epochs = 1,
                MaxSteps = 200,
                ValidationFraction = 0,
                Progress = new Immediate(() => held = held == 0 ? GC.GetTotalMemory(forceFullCollection: true) - before : held),
            },
        };
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Lstm { HiddenSize = 64 }, options).Fit(rows);
        EpochReport epoch = model.Model.Report.Epochs[0];
        double ratio = held / (Rows * (double)sizeof(float)), part = epoch.DataSeconds / epoch.Seconds;
        Console.WriteLine(FormattableString.Invariant(
            $"ten-million-rows: {held / 1e6:F1} MB held for {Rows * sizeof(float) / 1e6:F1} MB of floats: ratio {ratio:F3} (aim: below 1.3)"));
        Console.WriteLine(FormattableString.Invariant(
            $"  gathering batches: {epoch.DataSeconds:F3} s of {epoch.Seconds:F2} s: {part:P2} (aim: below 5 %)"));
        return ratio < 1.3 && part < 0.05 ? 0 : 1;
    }

    private sealed class Immediate(Action told) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => told();
    }
}
