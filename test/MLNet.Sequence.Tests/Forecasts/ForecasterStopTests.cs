using System.Globalization;
using System.Reflection;
using Microsoft.ML;
using MLNet.Sequence.Tests.Torch;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

[TestClass]
public sealed class ForecasterStopTests
{
    private readonly MLContext _ml = new(seed: 5);

    [TestMethod]
    public void Early_stopping_gives_back_the_weights_of_the_best_epoch()
    {
        ForecastingOptions options = Reversed(BriefTraining with { Epochs = 60, Patience = 4 });
        using ForecastingTransformer stopped = Fit(Steps(120), options);
        TrainingReport report = stopped.Model.Report;
        double[] losses = [.. report.Epochs.Select(epoch => epoch.ValidationLoss!.Value)];

        Assert.AreEqual(Array.IndexOf(losses, losses.Min()) + 1, report.BestEpoch);
        Assert.HasCount(report.BestEpoch + 4, report.Epochs);
        Assert.IsLessThan(60, report.Epochs.Count);
        StringAssert.Contains(report.StoppedBecause, "loss had not improved for 4 epochs");
        using ForecastingTransformer best = Fit(Steps(120), options with { Training = options.Training with { Epochs = report.BestEpoch } });
        CollectionAssert.AreEqual(Bits(best.Model), Bits(stopped.Model));
        using ForecastingTransformer last = Fit(Steps(120), options with
        {
            Training = options.Training with { Epochs = report.Epochs.Count, ValidationFraction = 0 },
            ValidationSet = null,
        });
        CollectionAssert.AreNotEqual(Bits(last.Model), Bits(stopped.Model));
    }

    [TestMethod]
    public void Without_patience_all_epochs_run_and_the_best_weights_still_come_back()
    {
        ForecastingOptions options = Reversed(BriefTraining with { Epochs = 12, Patience = null, Monitor = "mae" });
        TrainingReport report = Fit(Steps(120), options).Model.Report;
        double[] errors = [.. report.Epochs.Select(epoch => epoch.Metrics["mae"])];

        Assert.HasCount(12, report.Epochs);
        Assert.AreEqual(Array.IndexOf(errors, errors.Min()) + 1, report.BestEpoch);
    }

    [TestMethod]
    public void A_cancelled_token_stops_training_within_one_batch()
    {
        using var cancel = new CancellationTokenSource();
        AssertStops(_ => cancel.Cancel(), cancel.Token);
    }

    [TestMethod]
    public void A_cancelled_context_stops_training_within_one_batch() => AssertStops(Cancel, default);

    [TestMethod]
    public void What_is_cancelled_before_it_begins_reads_nothing_to_the_end()
    {
        var options = Options with { Training = BriefTraining with { CancellationToken = new CancellationToken(canceled: true) } };
        Assert.Throws<OperationCanceledException>(() => Fit(Steps(40), options));

        SequenceForecaster forecaster = _ml.Forecasting.Trainers.Sequence(TinyLstm, Options);
        using ForecastingTransformer model = forecaster.Fit(View(_ml, Steps(40)));
        IDataView scored = model.Transform(View(_ml, Steps(40)));
        Cancel(_ml);
        Assert.Throws<OperationCanceledException>(() => forecaster.Fit(View(_ml, Steps(40))));
        Assert.Throws<OperationCanceledException>(() => Column(scored));
    }

    // Cancels inside the first epoch. The checkpoint then names the step that training had reached.
    private void AssertStops(Action<MLContext> cancel, CancellationToken token)
    {
        using var folder = new TemporaryFolder();
        long? step = null;
        var training = BriefTraining with
        {
            BatchSize = 1,
            CancellationToken = token,
            Checkpoints = new CheckpointOptions { Directory = folder.At("checkpoints") },
            Progress = new Listener(progress =>
            {
                if (step is not null)
                    return;
                Assert.IsNull(progress.Finished, "the epoch was over too soon");
                step = progress.Step;
                cancel(_ml);
            }),
        };

        Assert.Throws<OperationCanceledException>(
            () => _ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { Training = training }).Fit(View(_ml, Steps(20000))));

        string checkpoint = Path.GetFileName(Directory.GetFiles(folder.At("checkpoints")).Single());
        Assert.IsGreaterThan(0L, step!.Value);
        StringAssert.StartsWith(checkpoint, string.Create(CultureInfo.InvariantCulture, $"checkpoint-{step:D9}-"));
    }

    // A model that learns the wave becomes worse on its mirror image sooner or later.
    private ForecastingOptions Reversed(TrainingOptions training)
    {
        List<Step> mirror = Steps(60, 2);
        foreach (Step step in mirror)
            step.Load = (float)(100 + 10 * Math.Sin(step.Time.Hour * step.Time.Hour));
        return Options with { ValidationSet = View(_ml, mirror), Training = training };
    }

    private static void Cancel(MLContext ml) =>
        typeof(MLContext).GetMethod("CancelExecution", BindingFlags.Instance | BindingFlags.NonPublic)!.Invoke(ml, null);

    private sealed class Listener(Action<TrainingProgress> tell) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => tell(value);
    }
}
