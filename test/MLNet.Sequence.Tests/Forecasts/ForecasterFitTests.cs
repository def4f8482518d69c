using System.Text.Json;
using Microsoft.ML;
using MLNet.Sequence.Torch;
using TorchSharp;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

[TestClass]
public sealed class ForecasterFitTests
{
    private readonly MLContext _ml = new(seed: 5);

    private static TrainingOptions WithoutSeed => BriefTraining with { Seed = null };

    [TestMethod]
    public void A_seed_gives_the_same_bits_after_any_other_training()
    {
        foreach (Architecture architecture in new Architecture[] { new Lstm { HiddenSize = 4, Dropout = 0.3 }, new Tcn { Channels = 4, Dropout = 0.3 } })
        {
            int[] first = Bits(Fit(Steps(60), Options, architecture).Model);
            Fit(Steps(40, 2), Options with { Training = BriefTraining with { Seed = 99 } }, new Tcn { Channels = 3 });
            torch.manual_seed(12345);

            CollectionAssert.AreEqual(first, Bits(Fit(Steps(60), Options, architecture).Model));
            CollectionAssert.AreNotEqual(first, Bits(Fit(Steps(60), Options with { Training = BriefTraining with { Seed = 12 } }, architecture).Model));
        }
    }

    [TestMethod]
    public void The_contexts_seed_serves_where_the_options_have_none()
    {
        int[] WeightsOf(int seed)
        {
            var ml = new MLContext(seed);
            return Bits(ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { Training = WithoutSeed }).Fit(View(ml, Steps(40))).Model);
        }

        CollectionAssert.AreEqual(WeightsOf(1), WeightsOf(1));
        CollectionAssert.AreNotEqual(WeightsOf(1), WeightsOf(2));
    }

    [TestMethod]
    public void The_same_estimator_fitted_twice_gives_the_same_weights()
    {
        SequenceForecaster forecaster = _ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { Training = WithoutSeed });

        CollectionAssert.AreEqual(Bits(forecaster.Fit(View(_ml, Steps(40))).Model), Bits(forecaster.Fit(View(_ml, Steps(40))).Model));
    }

    [TestMethod]
    [DoNotParallelize]
    public void Fit_and_scoring_leave_the_global_random_state_and_the_threads_as_they_were()
    {
        List<Step> steps = Steps(60);
        Fit(steps).Dispose();
        foreach (int threads in new[] { 2, 1 })
        {
            torch.set_num_threads(threads);
            torch.manual_seed(4711);
            using torch.Tensor before = torch.get_rng_state();

            foreach (Architecture architecture in new Architecture[] { new Lstm { HiddenSize = 4, Dropout = 0.3 }, new Tcn { Channels = 4, Dropout = 0.3 } })
            {
                using ForecastingTransformer model = Fit(steps, Options, architecture);
                Column(model.Transform(View(_ml, steps)));
            }

            using torch.Tensor after = torch.get_rng_state();
            CollectionAssert.AreEqual(before.data<byte>().ToArray(), after.data<byte>().ToArray());
            Assert.AreEqual(threads, torch.get_num_threads());
        }
    }

    [TestMethod]
    public void Validation_uses_the_validation_set()
    {
        TrainingReport given = Fit(Steps(60), Options with { ValidationSet = View(_ml, Steps(30, 2)) }).Model.Report;
        TrainingReport other = Fit(Steps(60), Options with { ValidationSet = View(_ml, Steps(30, 3)) }).Model.Report;
        TrainingReport tail = Fit(Steps(60)).Model.Report;
        TrainingReport none = Fit(Steps(60), Options with { Training = BriefTraining with { ValidationFraction = 0 } }).Model.Report;

        Assert.AreEqual((50L, 20L), (given.TrainingExamples, given.ValidationExamples));
        // The last 6 of 60 steps are for validation. A window ends before them, or its whole horizon is inside them.
        Assert.AreEqual((44L, 4L), (tail.TrainingExamples, tail.ValidationExamples));
        Assert.AreEqual((50L, 0L), (none.TrainingExamples, none.ValidationExamples));
        Assert.AreEqual(given.Epochs[0].Loss, other.Epochs[0].Loss);
        Assert.AreNotEqual(given.Epochs[0].ValidationLoss, other.Epochs[0].ValidationLoss);
        Assert.IsTrue(none.Epochs.All(epoch => epoch.ValidationLoss is null));
        Assert.AreEqual(none.Epochs.Count, none.BestEpoch);
    }

    [TestMethod]
    public void The_report_has_the_requested_loss_and_names_it()
    {
        TrainingReport Report(RegressionLoss loss) =>
            Fit(Steps(60), Options with { Loss = loss, ValidationSet = View(_ml, Steps(30, 2)), Training = BriefTraining with { Epochs = 1 } }).Model.Report;
        TrainingReport absolute = Report(RegressionLoss.Absolute), huber = Report(RegressionLoss.Huber(0.01));

        Assert.AreEqual(absolute.Epochs[0].Metrics["mae"], absolute.Epochs[0].ValidationLoss!.Value, 1e-6);
        // Errors are far above δ: δ |e|, less δ² / 2.
        Assert.AreEqual(0.01 * huber.Epochs[0].Metrics["mae"], huber.Epochs[0].ValidationLoss!.Value, 0.01 * 0.01);
        StringAssert.Contains(absolute.ToString(), "Loss: mean absolute error per window, in deviations of the training rows.");
        Assert.AreEqual("mean Huber loss (δ = 0.01) per window, in deviations of the training rows", huber.LossName);
        Assert.AreEqual("mean squared error per window, in deviations of the training rows", Report(RegressionLoss.Squared).LossName);
    }

    [TestMethod]
    public void The_validation_loss_of_the_report_is_that_of_the_models_forecasts()
    {
        List<Step> validation = Steps(30, 2);
        ForecastingOptions options = Options with { ValidationSet = View(_ml, validation), Training = BriefTraining with { Epochs = 1 } };
        using ForecastingTransformer model = Fit(Steps(60), options);
        IDataView scored = model.Transform(View(_ml, validation));
        double deviation = model.Model.Scaling.Pooled.Deviation[0];

        double[] errors = [.. Column(scored).Zip(Column(scored, "Actual"), (forecast, actual) => forecast.Zip(actual, (f, a) => (f - (double)a) / deviation))
            .SelectMany(row => row.ToArray() is var values && values.All(double.IsFinite) ? values : [])];

        Assert.HasCount(20 * Horizon, errors);
        Assert.AreEqual(errors.Average(error => error * error), model.Model.Report.Epochs[0].ValidationLoss!.Value,
            1e-3 * errors.Average(error => error * error));
        Assert.AreEqual(errors.Average(Math.Abs), model.Model.Report.Epochs[0].Metrics["mae"], 1e-3 * errors.Average(Math.Abs));
    }

    [TestMethod]
    public void Every_window_of_the_stride_is_trained_on()
    {
        TrainingOptions training = BriefTraining with { ValidationFraction = 0 };

        Assert.AreEqual(50, Fit(Steps(60), Options with { Training = training }).Model.Report.TrainingExamples);
        Assert.AreEqual(17, Fit(Steps(60), Options with { Training = training, Stride = 3 }).Model.Report.TrainingExamples);
        Assert.AreEqual(80, Fit([.. Steps(60), .. Steps(40, 2, "b")], SeriesOptions with { Training = training }).Model.Report.TrainingExamples);
    }

    [TestMethod]
    public void Training_lowers_the_loss_and_learns_a_wave()
    {
        List<Step> steps = Steps(400);
        using ForecastingTransformer model = Fit(steps, Options with { Training = BriefTraining with { Epochs = 15 } }, new Lstm { HiddenSize = 8 });
        IDataView scored = model.Transform(View(_ml, steps));

        var metrics = _ml.Forecasting.EvaluateSequence(scored, seasonality: 19);

        Assert.IsLessThan(model.Model.Report.Epochs[0].Loss / 4, model.Model.Report.Epochs[^1].Loss);
        Assert.IsLessThan(metrics.Naive!.MeanSquaredError / 10, metrics.MeanSquaredError);
    }

    [TestMethod]
    public void The_log_has_one_line_per_epoch_and_says_how_training_ended()
    {
        List<string> lines = [];
        _ml.Log += (_, entry) => lines.Add(entry.Message);

        _ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { Training = BriefTraining with { Epochs = 3 } }).Fit(View(_ml, Steps(60))).Dispose();

        string[] info = [.. lines.Where(line => line.Contains("Source=SequenceForecaster; Training, Kind=Info"))];
        Assert.HasCount(4, info);
        for (int epoch = 1; epoch <= 3; epoch++)
            StringAssert.Matches(info[epoch - 1], new($@"Epoch {epoch}/3: loss [\d.E-]+, validation loss [\d.E-]+, mae "));
        StringAssert.Contains(info[3], "All 3 epochs were run.");
    }

    [TestMethod]
    public void A_receptive_field_shorter_than_the_context_causes_a_warning_with_both_numbers()
    {
        List<string> lines = [];
        _ml.Log += (_, entry) => lines.Add(entry.Message);

        _ml.Forecasting.Trainers.Sequence(new Tcn { Channels = 2, KernelSize = 2, Levels = 1 }, Options).Fit(View(_ml, Steps(60))).Dispose();
        _ml.Forecasting.Trainers.Sequence(TinyTcn, Options).Fit(View(_ml, Steps(60))).Dispose();
        _ml.Forecasting.Trainers.Sequence(TinyLstm, Options).Fit(View(_ml, Steps(60))).Dispose();

        string[] warnings = [.. lines.Where(line => line.Contains("Kind=Warning") && line.Contains("receptive"))];
        StringAssert.Contains(warnings.Single(), "The receptive field of Tcn is 3 steps, and the context has 8: the network does not see the first 5 of them.");
    }

    [TestMethod]
    public void Progress_is_reported_at_the_end_of_every_epoch_with_the_reports_figures()
    {
        var told = new List<TrainingProgress>();
        TrainingOptions training = BriefTraining with { Epochs = 3, Progress = new Listener(told.Add) };

        TrainingReport report = Fit(Steps(60), Options with { Training = training }).Model.Report;

        TrainingProgress[] ends = [.. told.Where(progress => progress.Finished is not null)];
        CollectionAssert.AreEqual(new[] { 1, 2, 3 }, ends.Select(progress => progress.Epoch).ToArray());
        CollectionAssert.AreEqual(report.Epochs.ToArray(), ends.Select(progress => progress.Finished).ToArray());
        Assert.IsTrue(ends.All(progress => progress.Batch == progress.Batches && progress.Epochs == 3));
    }

    [TestMethod]
    public void The_report_has_the_options_of_training()
    {
        TrainingReport report = Fit(Steps(60)).Model.Report;

        Assert.AreEqual(11, report.Seed);
        Assert.AreEqual("cpu", report.Device);
        StringAssert.Contains(report.Threads, "(all cores)");
        Assert.AreEqual(2, report.Options.GetProperty("epochs").GetInt32());
        Assert.AreEqual(JsonValueKind.String, report.Options.GetProperty("optimizer").ValueKind);
        CollectionAssert.IsSubsetOf(new[] { ".NET", "MLNet.Sequence", "TorchSharp" }, report.Versions.Keys.ToArray());
        StringAssert.Contains(report.ToString(), report.StoppedBecause);
    }

    private sealed class Listener(Action<TrainingProgress> tell) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => tell(value);
    }
}
