using Microsoft.ML;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

[TestClass]
public sealed class ChosenContextTests
{
    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _lines = [];

    public ChosenContextTests() => _ml.Log += (_, entry) => _lines.Add(entry.Message);

    private static ForecastingOptions Open => new() { Targets = ["Load"], TimeColumnName = "Time", Horizon = 24, Training = BriefTraining };

    [TestMethod]
    public void A_short_series_has_a_smaller_context_in_whole_seasons()
    {
        // Of the 96 rows before the horizon four years, which are less than two thirds.
        Assert.AreEqual(48, Chosen(Months(120), Open));
        Assert.ContainsSingle(line => line.Contains("Context 48 is chosen: 4 seasons of 12, since a series of 120 rows", StringComparison.Ordinal), _lines);
        // 2 / 3 · (90 − 24) = 44, and 36 are whole years.
        Assert.AreEqual(36, Chosen(Months(90), Open));
        // Two thirds of 16 are less than a year: half of them.
        Assert.AreEqual(8, Chosen(Months(40), Open));
    }

    [TestMethod]
    public void A_long_series_has_the_usual_context_and_eight_weeks_of_hours_a_week()
    {
        Assert.AreEqual(96, Chosen(Months(4 * 96 + 24), Open));
        Assert.AreEqual(48, Chosen(Months(4 * 96 + 23), Open));
        Assert.AreEqual(96, Chosen(Steps(1_343), Open));
        Assert.AreEqual(168, Chosen(Steps(1_344), Open));
        Assert.AreEqual(96, Chosen(Steps(1_344), Open with { TimeColumnName = null }));
    }

    [TestMethod]
    [DataRow(30, 336, DisplayName = "half hours: a week")]
    [DataRow(15, 96, DisplayName = "quarters of an hour: a week would be too long")]
    [DataRow(10, 144, DisplayName = "ten minutes: a day")]
    [DataRow(1, 96, DisplayName = "minutes: a day would be too long")]
    public void A_cycle_is_a_week_or_a_day_of_at_most_512_steps(int minutes, int context) =>
        Assert.AreEqual(context, ContextChoice.Of([1_000_000], Open, Frequency.Every(TimeSpan.FromMinutes(minutes))).Context);

    [TestMethod]
    public void The_simplest_call_trains_on_48_rows()
    {
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(new Linear(), "Load").Fit(View(_ml, Steps(48)));
        Assert.AreEqual((12, 24), (model.Model.Task.Series!.Context, model.Model.Task.Series.Horizon));
    }

    [TestMethod]
    public void A_context_that_is_given_stays()
    {
        Assert.AreEqual(20, Chosen(Months(120), Open with { Context = 20 }));
        Assert.DoesNotContain("is chosen", string.Join("\n", _lines));
    }

    [TestMethod]
    public void Every_series_has_room_for_a_window()
    {
        // The typical one has room for 96, the shortest for 6.
        List<Step> steps = [.. Steps(400, 1, "a"), .. Steps(400, 2, "b"), .. Steps(30, 3, "new")];
        Assert.AreEqual(6, Chosen(steps, Open with { SeriesColumnName = "Series", TimeColumnName = null }));
    }

    [TestMethod]
    [DataRow(ShortSeries.Skip)]
    [DataRow(ShortSeries.Pad)]
    public void Series_that_may_be_left_out_or_padded_do_not_shorten_the_context_of_the_others(ShortSeries handling)
    {
        List<Step> steps = [.. Steps(400, 1, "a"), .. Steps(400, 2, "b"), .. Steps(30, 3, "new")];
        Assert.AreEqual(96, Chosen(steps, Open with
        {
            SeriesColumnName = "Series",
            TimeColumnName = null,
            ShortSeries = handling,
            MissingValues = MissingValues.Forward,
        }));
    }

    [TestMethod]
    public void Differences_have_the_steps_before_them()
    {
        // One year of 12, half of the rows before the horizon: 14.
        ForecastingOptions seasonal = Open with { Horizon = 12, Differencing = Differencing.Seasonal() };
        Assert.AreEqual(12, Chosen(Months(40), seasonal with { Differencing = null }));
        Assert.AreEqual(14, Chosen(Months(40), seasonal));
        Assert.ContainsSingle(line => line.Contains("Context 14 is chosen: a difference needs the 12 steps before it", StringComparison.Ordinal), _lines);
        Assert.AreEqual(102, ContextChoice.Of([200], seasonal with { Differencing = Differencing.FirstAndSeasonal(100) }, null).Context);
        // Room for a second season.
        Assert.AreEqual(200, ContextChoice.Of([900], seasonal with { Differencing = Differencing.Seasonal(100) }, null).Context);
        // The usual one is long enough.
        Assert.AreEqual(48, Chosen(Months(120), seasonal));
    }

    [TestMethod]
    public void A_context_leaves_room_for_the_steps_that_validate()
    {
        // 30 rows to train on, 18 of them before a horizon of 12: half of these.
        Assert.AreEqual(9, Chosen(Steps(60), Open with { TimeColumnName = null, Horizon = 12, ValidationSteps = 30 }));
    }

    [TestMethod]
    public void A_comparison_counts_the_steps_that_rows_are_combined_to()
    {
        // 130 hours in quarters: a context from 520 rows would be 96.
        ForecastingOptions options = Open with { Frequency = Frequency.Hourly, Resample = Resampling.Mean };
        Step[] quarters = [.. Steps(520).Select((step, i) => new Step
        {
            Time = new DateTime(2020, 1, 1).AddMinutes(15 * i), Load = step.Load, Price = step.Price,
        })];
        ForecastingOptions chosen = ContextChoice.In(new SequenceHost(_ml, "Test"), View(_ml, quarters), options);
        Assert.AreEqual(ContextChoice.Of([130], options, Frequency.Hourly).Context, chosen.Context);
        Assert.AreNotEqual(96, chosen.Context);
    }

    [TestMethod]
    public void A_backtest_pads_a_series_beyond_which_a_chosen_context_reaches()
    {
        List<Step> steps = [.. Steps(300, 1, "a"), .. Steps(300, 2, "c"), .. Steps(60, 3, "b")];
        SequenceForecaster trainer = _ml.Forecasting.Trainers.Sequence(new Linear(), Open with
        {
            Horizon = Horizon,
            SeriesColumnName = "Series",
            TimeColumnName = null,
            ShortSeries = ShortSeries.Pad,
            MissingValues = MissingValues.Forward,
        });
        foreach (bool refit in new[] { true, false })
        {
            BacktestResult result = _ml.Forecasting.Backtest(View(_ml, steps), trainer, new BacktestOptions { Folds = 2, Refit = refit });
            Assert.AreEqual(96, ((ForecastingTransformer)result.Folds[0].Model).Task.Context);
            Assert.AreEqual(6, result.Metrics.Count);
        }
    }

    [TestMethod]
    public void A_reference_has_as_much_context_as_it_reads()
    {
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(new SeasonalNaive { Season = 24 }, Open with { TimeColumnName = null })
            .Fit(View(_ml, Steps(60)));
        Assert.AreEqual(24, model.Model.Task.Series!.Context);
    }

    [TestMethod]
    public void A_split_has_the_history_that_the_forecaster_will_choose()
    {
        List<Step> steps = Months(144);
        var split = _ml.Forecasting.TrainTestSplit(View(_ml, steps), Open, testSteps: 24);
        int context = Chosen([.. steps.Take(120)], Open);
        Assert.AreEqual(24 + context, split.TestSet.GetRowCount());
    }

    [TestMethod]
    public void A_backtest_gives_each_model_the_history_that_it_reads()
    {
        List<Step> steps = Months(100);
        ForecastingOptions open = Open with { Horizon = Horizon };
        SequenceForecaster trainer = _ml.Forecasting.Trainers.Sequence(new Linear(), open);
        BacktestResult result = _ml.Forecasting.Backtest(View(_ml, steps), trainer, new BacktestOptions { Folds = 2, Stride = 30 });
        for (int fold = 0; fold < 2; fold++)
        {
            int cut = 100 - Horizon - (1 - fold) * 30;
            using ForecastingTransformer model = trainer.Fit(View(_ml, steps[..cut]));
            Assert.AreEqual(fold == 0 ? 36 : 48, model.Model.Task.Series!.Context);
            float[] forecast = Column(model.Transform(View(_ml, steps[..cut])))[^1];
            double expected = forecast.Select((value, step) => Math.Abs((double)value - steps[cut + step].Load)).Average();
            Assert.AreEqual(expected, result.Folds[fold].Metrics.MeanAbsoluteError, 1e-6 * expected);
        }
    }

    [TestMethod]
    public void Few_windows_are_passed_several_times_in_an_epoch_whose_number_is_not_set()
    {
        TrainingOptions open = BriefTraining with { Epochs = null, Patience = null, ValidationFraction = 0 };
        TrainingReport Report(int rows, TrainingOptions training) => Fit(Steps(rows), Options with { Training = training }).Model.Report;
        // 40 − 8 − 3 + 1 = 30 windows are one batch, and 50 of them an epoch.
        TrainingReport few = Report(40, open);
        Assert.HasCount(20, few.Epochs);
        Assert.AreEqual(50, few.Epochs[0].Step);
        Assert.AreEqual(30, few.TrainingExamples);
        // 1,700 windows are 54 batches.
        Assert.AreEqual(54, Report(1_710, open with { MaxSteps = 54 }).Epochs[0].Step);
        // Who sets the epochs gets so many passes.
        TrainingReport set = Report(40, open with { Epochs = 3 });
        Assert.AreEqual((3, 3L), (set.Epochs.Count, set.Epochs[^1].Step));
    }

    [TestMethod]
    public void A_short_seasonal_series_is_learned_by_the_defaults()
    {
        // Like monthly sales: a trend, a season that grows with it, and noise.
        var random = new Random(4);
        List<Step> steps = [.. Months(144).Select((step, i) => new Step
        {
            Time = step.Time,
            Load = (float)((100 + 2 * i) * (1 + 0.3 * Math.Sin(i * Math.PI / 6)) + 5 * random.NextDouble()),
        })];
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(
            new Linear(), new ForecastingOptions { Targets = ["Load"], TimeColumnName = "Time", Horizon = 12, Training = new() { Seed = 1 } })
            .Fit(View(_ml, steps.Take(132)));
        ForecastRow[] forecast = [.. model.Forecast(View(_ml, steps.Take(132)))];
        double error = Enumerable.Range(0, 12).Average(i => Math.Abs(forecast[i].Forecast - steps[132 + i].Load));
        double seasonal = Enumerable.Range(0, 12).Average(i => Math.Abs(steps[120 + i].Load - steps[132 + i].Load));
        Assert.IsLessThan(0.5 * seasonal, error);
    }

    private int Chosen(List<Step> steps, ForecastingOptions options)
    {
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(new Linear { Size = 2 }, options with
        {
            Training = options.Training with { Epochs = 1, MaxSteps = 1 },
        }).Fit(View(_ml, steps));
        return model.Model.Task.Series!.Context;
    }

    private static List<Step> Months(int count) =>
        [.. Steps(count).Select((step, i) => new Step { Time = new DateTime(2010, 1, 1).AddMonths(i), Load = step.Load, Price = step.Price })];
}
