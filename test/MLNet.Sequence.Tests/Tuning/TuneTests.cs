using Microsoft.ML;
using MLNet.Sequence.Tests.Torch;
using MLNet.Sequence.Tests.Training;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Tuning;

[TestClass]
public sealed class TuneTests
{
    private readonly MLContext _ml = new(seed: 1);

    // Nothing varies but the architecture, and references are solved at once.
    private static SearchSpace References => Fixed with { Architectures = [new Mean(), new Ridge { Lags = 8 }, new Naive()] };

    private static SearchSpace Fixed => new()
    {
        Context = new SearchRange(Context, Context),
        LearningRate = null,
        Dropout = null,
        Width = null,
        BatchSize = null,
    };

    private static SearchSpace Networks => new()
    {
        Architectures = [new Linear(), new Rnn()],
        Context = new SearchRange(4, 8),
        Width = new SearchRange(2, 4),
    };

    private static BacktestOptions TwoFolds => new() { Folds = 2, Seasonality = 2 };

    private static ForecastingOptions Task => Options with { Training = new() { Epochs = 3 } };

    [TestMethod]
    public void The_loss_of_a_trial_is_that_of_a_backtest_and_the_best_is_fitted_on_all_rows()
    {
        IDataView rows = View(_ml, Steps(80));
        using TuneReport report = _ml.Forecasting.Tune(rows, Task, References, new TuneOptions { Trials = 9, Validation = TwoFolds, Seed = 3 });

        Dictionary<string, double> expected = References.Architectures.ToDictionary(one => one.Name, one =>
            _ml.Forecasting.Backtest(rows, _ml.Forecasting.Trainers.Sequence(one, Task), TwoFolds).Metrics.MeanAbsoluteScaledError);
        Assert.HasCount(9, report.Trials);
        foreach (TuneTrial trial in report.Trials)
            Assert.AreEqual(expected[trial.Settings.Architecture.Name], trial.Loss, 1e-12);
        Assert.AreEqual(expected.MinBy(one => one.Value).Key, report.Best.Settings.Architecture.Name);
        Assert.AreEqual(report.Best, report.Trials[0]);
        using ForecastingTransformer again = _ml.Forecasting.Trainers.Sequence(report.Best.Settings.Architecture, report.Options).Fit(rows);
        CollectionAssert.AreEqual(Bits(again.Model), Bits(((ForecastingTransformer)report.Model).Model));
    }

    [TestMethod]
    public void The_best_third_of_each_rung_goes_on_with_three_times_the_epochs()
    {
        using TuneReport report = _ml.Forecasting.Tune(View(_ml, Steps(60)), Options with { Training = new() { Epochs = 9 } }, Networks,
            new TuneOptions { Trials = 9, Validation = TwoFolds, Seed = 3, TrialsAtOnce = 1 });

        CollectionAssert.AreEqual(new[] { (2, 1), (1, 2), (0, 6) },
            report.Trials.GroupBy(trial => trial.Rung).Select(rung => (rung.Key, rung.Count())).ToArray());
        CollectionAssert.AreEqual(new[] { 9, 3, 1 }, report.Trials.Select(trial => trial.Epochs).Distinct().ToArray());
        // By hand: the losses of the first rung are those of one epoch.
        TuneTrial beaten = report.Trials[^1];
        ForecastingOptions one = beaten.Settings.Apply(Options with { Training = new() { Epochs = 1, Seed = 3 } });
        Assert.AreEqual(
            _ml.Forecasting.Backtest(View(_ml, Steps(60)), _ml.Forecasting.Trainers.Sequence(beaten.Settings.Architecture, one), TwoFolds)
                .Metrics.MeanAbsoluteScaledError,
            beaten.Loss, 1e-9);
        Assert.AreEqual(report.Trials.Where(trial => trial.Rung == 0).Max(trial => trial.Loss), beaten.Loss);
    }

    [TestMethod]
    public void A_seed_gives_the_same_trials_however_many_run_at_the_same_time()
    {
        double[] Losses(int atOnce, long seed)
        {
            using TuneReport report = _ml.Forecasting.Tune(View(_ml, Steps(60)), Task, Networks,
                new TuneOptions { Trials = 6, Validation = TwoFolds, Seed = seed, TrialsAtOnce = atOnce });
            return [.. report.Trials.Select(trial => trial.Loss)];
        }

        double[] one = Losses(1, seed: 7);
        CollectionAssert.AreEqual(one, Losses(4, seed: 7));
        CollectionAssert.AreNotEqual(one, Losses(1, seed: 8));
    }

    // By the token of the search, and by that of the training, which a Fit obeys too: in a trial, or in the training on all rows, the third one.
    [TestMethod]
    [DataRow(false, 1)]
    [DataRow(false, 7)]
    [DataRow(true, 1)]
    [DataRow(true, 7)]
    public void A_search_stops_within_a_training_whichever_it_is(bool byTraining, int at)
    {
        using var cancelled = new CancellationTokenSource();
        int epochs = 0;
        ForecastingOptions forecaster = Task with
        {
            Training = Task.Training with
            {
                CancellationToken = byTraining ? cancelled.Token : default,
                Progress = new Epochs(() =>
                {
                    if (++epochs == at)
                        cancelled.Cancel();
                }),
            },
        };
        Assert.Throws<OperationCanceledException>(() => _ml.Forecasting.Tune(View(_ml, Steps(60)), forecaster, Networks, new TuneOptions
        {
            Trials = 1,
            Validation = TwoFolds,
            Seed = 5,
            TrialsAtOnce = 1,
            CancellationToken = byTraining ? default : cancelled.Token,
        }));
        Assert.AreEqual(at, epochs);
    }

    [TestMethod]
    public void A_search_that_was_stopped_goes_on_from_its_file()
    {
        using var folder = new TemporaryFolder();
        string file = Path.Combine(folder.Path, "tune.json");
        IDataView rows = View(_ml, Steps(60));
        TuneOptions options = new() { Trials = 4, Validation = TwoFolds, Seed = 5, TrialsAtOnce = 1 };
        using TuneReport whole = _ml.Forecasting.Tune(rows, Task, Networks, options);

        using var cancelled = new CancellationTokenSource();
        int trained = 0;
        Assert.Throws<OperationCanceledException>(() => _ml.Forecasting.Tune(rows, Task, Networks, options with
        {
            File = file,
            CancellationToken = cancelled.Token,
            Progress = new Each(_ =>
            {
                if (++trained == 2)
                    cancelled.Cancel();
            }),
        }));
        Assert.AreEqual(2, trained);
        Assert.ContainsSingle(Directory.GetFiles(folder.Path));

        // The two results are read, without their seconds being spent again, and the seed is that of the file.
        var seen = new List<TuneTrial>();
        using TuneReport resumed = _ml.Forecasting.Tune(rows, Task, Networks, options with { File = file, Seed = null, Progress = new Each(seen.Add) });
        CollectionAssert.AreEqual(whole.Trials.Select(trial => trial.Loss).ToArray(), resumed.Trials.Select(trial => trial.Loss).ToArray());
        CollectionAssert.AreEqual(whole.Trials.Select(trial => trial.Number).ToArray(), resumed.Trials.Select(trial => trial.Number).ToArray());
        double before = seen[0].Seconds;
        seen.Clear();
        using TuneReport third = _ml.Forecasting.Tune(rows, Task, Networks, options with { File = file, Progress = new Each(seen.Add) });
        Assert.AreEqual(before, seen[0].Seconds);

        StringAssert.Contains(
            Assert.ThrowsExactly<FormatException>(() => _ml.Forecasting.Tune(rows, Task with { Horizon = 2 }, Networks, options with { File = file })).Message,
            "forecaster.Horizon: 3 in the file, 2 here");
        File.WriteAllText(file, "{ \"seconds\": ");
        StringAssert.Contains(
            Assert.ThrowsExactly<FormatException>(() => _ml.Forecasting.Tune(rows, Task, Networks, options with { File = file })).Message, "holds no results");
    }

    [TestMethod]
    public void The_end_of_the_time_ends_the_search_with_the_best_so_far()
    {
        var clock = new SetClock();
        var seen = new List<TuneTrial>();
        using TuneReport report = _ml.Forecasting.Tune(View(_ml, Steps(60)), Task, References, new TuneOptions
        {
            Trials = 9,
            Validation = TwoFolds,
            Seed = 3,
            TrialsAtOnce = 1,
            MaxTime = TimeSpan.FromHours(1),
            Clock = clock,
            Progress = new Each(trial =>
            {
                seen.Add(trial);
                if (seen.Count == 4)
                    clock.Advance(3_600_000);
            }),
        });
        Assert.HasCount(4, report.Trials);
        Assert.AreEqual(seen.Min(trial => trial.Loss), report.Best.Loss);
        StringAssert.Contains(report.StoppedBecause, "60 minutes");
        // However little time there is, one trial is trained.
        using TuneReport one = _ml.Forecasting.Tune(View(_ml, Steps(60)), Task, References, new TuneOptions
        {
            Validation = TwoFolds,
            MaxTime = TimeSpan.FromTicks(1),
        });
        Assert.ContainsSingle(one.Trials);
    }

    [TestMethod]
    public void A_trial_that_cannot_be_trained_says_why_and_the_others_go_on()
    {
        SearchSpace space = References with { Architectures = [new Naive(), new Ridge { Lags = 30 }] };
        using TuneReport report = _ml.Forecasting.Tune(View(_ml, Steps(60)), Task, space, new TuneOptions { Trials = 8, Validation = TwoFolds, Seed = 3 });
        TuneTrial failed = report.Trials.First(trial => trial.Failure is not null);
        StringAssert.Contains(failed.Failure, "Ridge.Lags must be at most Context, 8; found 30");
        Assert.IsTrue(double.IsNaN(failed.Loss));
        Assert.AreEqual("naive", report.Best.Settings.Architecture.Name);
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Forecasting.Tune(View(_ml, Steps(12)), Task, References,
                new TuneOptions { Trials = 2, Validation = TwoFolds })).Message,
            "No trial could be trained. The first one, ");
    }

    // Of b 14 rows are left before the folds: enough for a context of 11. For one above 71 no series is long enough. The naive forecast reads one row.
    [TestMethod]
    public void All_trials_are_tested_on_the_same_series()
    {
        var a = Steps(80);
        ForecastingOptions task = Task with { SeriesColumnName = "Series", ShortSeries = ShortSeries.Skip };
        SearchSpace space = References with { Architectures = [new Naive()], Context = new SearchRange(4, 200) { IsLogarithmic = true } };
        using TuneReport report = _ml.Forecasting.Tune(View(_ml, [.. a, .. Steps(20, 2, "b")]), task, space,
            new TuneOptions { Trials = 12, Validation = TwoFolds, Seed = 3, Metric = TuneMetric.MeanAbsoluteError });

        double expected = _ml.Forecasting.Backtest(View(_ml, a), _ml.Forecasting.Trainers.Sequence(new Naive(), Task), TwoFolds).Metrics.MeanAbsoluteError;
        Assert.Contains(trial => trial.Settings.Context <= 11, report.Trials);
        Assert.Contains(trial => trial.Settings.Context is > 11 and <= 71, report.Trials);
        Assert.Contains(trial => trial.Settings.Context > 71, report.Trials);
        foreach (TuneTrial trial in report.Trials)
        {
            if (trial.Settings.Context <= 71)
                Assert.AreEqual(expected, trial.Loss, 1e-5, $"{trial}");
            else
                StringAssert.Contains(trial.Failure, "too short: 'a' (80 rows), 'b' (20 rows)");
        }
    }

    [TestMethod]
    public void A_chain_is_fitted_as_a_whole_in_every_trial()
    {
        IDataView rows = View(_ml, Steps(80));
        IEstimator<ITransformer> Chain(SequenceForecaster forecaster) => _ml.Transforms.NormalizeMinMax("Load").Append(forecaster);
        using TuneReport report = _ml.Forecasting.Tune(rows, Task, References with { Architectures = [new Naive()] },
            new TuneOptions { Trials = 1, Validation = TwoFolds, Metric = TuneMetric.MeanAbsoluteError, Chain = Chain });
        double expected = _ml.Forecasting.Backtest(rows, Chain(_ml.Forecasting.Trainers.Sequence(new Naive(), Task)), TwoFolds).Metrics.MeanAbsoluteError;
        Assert.AreEqual(expected, report.Best.Loss, 1e-12);
        // The rows themselves are about 100; scaled ones are at most 1.
        Assert.IsLessThan(1, expected);
        Assert.IsInstanceOfType<Microsoft.ML.Data.TransformerChain<ForecastingTransformer>>(report.Model);
    }

    private sealed class Epochs(Action count) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value)
        {
            if (value.Finished is not null)
                count();
        }
    }

    private sealed class Each(Action<TuneTrial> report) : IProgress<TuneTrial>
    {
        public void Report(TuneTrial value) => report(value);
    }
}
