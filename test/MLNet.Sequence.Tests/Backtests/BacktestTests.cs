using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Columns;
using MLNet.Sequence.Tests.Forecasts;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Backtests;

[TestClass]
public sealed class BacktestTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void A_fold_is_the_chain_fitted_on_the_rows_before_it_and_evaluated_on_its_test_rows()
    {
        List<Step> steps = Steps(80);
        var chain = _ml.Transforms.NormalizeMinMax("Load").Append(_ml.Forecasting.Trainers.Sequence(TinyLstm, Options));

        BacktestResult result = _ml.Forecasting.Backtest(View(_ml, steps), chain, new BacktestOptions { Folds = 3, Seasonality = 2 });

        for (int fold = 0; fold < 3; fold++)
        {
            int cut = 80 - (3 - fold) * Horizon;
            IDataView train = View(_ml, steps[..cut]);
            using var model = chain.Fit(train);
            IDataView test = View(_ml, steps[(cut - Context)..(cut + Horizon)]);
            ForecastingMetrics expected = _ml.Forecasting.EvaluateSequence(model.Transform(test), 2, NormalizedBy(model, train));

            ForecastingMetrics found = result.Folds[fold].Metrics;
            Assert.AreEqual(fold, result.Folds[fold].Fold);
            Assert.AreEqual(1, found.Count);
            Assert.AreEqual(expected.MeanSquaredError, found.MeanSquaredError, 1e-12);
            Assert.AreEqual(expected.MeanAbsoluteScaledError, found.MeanAbsoluteScaledError, 1e-12);
            Assert.AreEqual(expected.SeasonalNaive!.MeanAbsoluteError, found.SeasonalNaive!.MeanAbsoluteError, 1e-12);
        }

        Assert.AreEqual(3, result.Metrics.Count);
        Assert.AreEqual(result.Folds.Average(fold => fold.Metrics.MeanAbsoluteError), result.Metrics.MeanAbsoluteError, 1e-12);
        StringAssert.Contains(result.ToString(), "fold 3: 1 windows");
    }

    [TestMethod]
    public void A_sliding_window_trains_on_the_last_rows_only()
    {
        List<Step> steps = Steps(80);
        var trainer = _ml.Forecasting.Trainers.Sequence(TinyLstm, Options);

        BacktestResult result = _ml.Forecasting.Backtest(View(_ml, steps), trainer, new BacktestOptions { Folds = 2, Stride = 5, TrainingSteps = 30 });

        int cut = 80 - Horizon - 5;
        using var model = trainer.Fit(View(_ml, steps[(cut - 30)..cut]));
        CollectionAssert.AreEqual(Bits(model.Model), Bits(((ForecastingTransformer)result.Folds[0].Model).Model));
    }

    [TestMethod]
    public void Folds_side_by_side_give_the_same_results()
    {
        IDataView rows = View(_ml, Steps(80));
        var trainer = _ml.Forecasting.Trainers.Sequence(TinyLstm, Options);
        double Error(int atOnce) => _ml.Forecasting.Backtest(rows, trainer, new BacktestOptions { Folds = 4, FoldsAtOnce = atOnce }).Metrics.MeanSquaredError;
        Assert.AreEqual(Error(1), Error(4));
    }

    [TestMethod]
    public void Folds_of_a_chain_side_by_side_give_the_same_results_as_its_own_fit()
    {
        IDataView rows = View(_ml, Steps(80));
        var chain = _ml.Transforms.NormalizeMeanVariance("Load").Append(_ml.Transforms.NormalizeMinMax("Load"))
            .Append(_ml.Forecasting.Trainers.Sequence(TinyLstm, Options));
        BacktestResult one = _ml.Forecasting.Backtest(rows, chain, new BacktestOptions { Folds = 3, FoldsAtOnce = 1 });
        BacktestResult three = _ml.Forecasting.Backtest(rows, chain, new BacktestOptions { Folds = 3, FoldsAtOnce = 3 });
        Assert.AreEqual(one.Metrics.MeanSquaredError, three.Metrics.MeanSquaredError);
        var cached = new EstimatorChain<ITransformer>().Append(_ml.Transforms.NormalizeMeanVariance("Load")).AppendCacheCheckpoint(_ml)
            .Append(_ml.Transforms.NormalizeMinMax("Load")).Append(_ml.Forecasting.Trainers.Sequence(TinyLstm, Options));
        Assert.AreEqual(one.Metrics.MeanSquaredError, _ml.Forecasting.Backtest(rows, cached, new BacktestOptions { Folds = 3 }).Metrics.MeanSquaredError);
        // The chain that is returned is what Fit returns.
        using var whole = chain.Fit(View(_ml, Steps(80).Take(77)));
        Assert.AreEqual(whole.GetType(), three.Folds[2].Model.GetType());
        var last = (TransformerChain<ForecastingTransformer>)three.Folds[2].Model;
        CollectionAssert.AreEqual(Bits(whole.LastTransformer.Model), Bits(last.LastTransformer.Model));
    }

    [TestMethod]
    public void Without_refit_one_model_scores_all_origins_in_one_pass()
    {
        List<Step> a = Steps(80), b = Steps(70, seed: 2, series: "b");
        var counting = new CountingView(View(_ml, Interleaved(a, b)));
        var options = SeriesOptions with { TimeColumnName = null };
        var trainer = _ml.Forecasting.Trainers.Sequence(TinyLstm, options);

        BacktestResult result = _ml.Forecasting.Backtest(
            counting, trainer, new BacktestOptions { Folds = 6, Stride = 2, TestSteps = 4, Refit = false, Seasonality = 3 });

        // By hand: the model of the rows before the first fold, over all rows, at the origins of the folds.
        int tested = 4 + 5 * 2;
        using var model = trainer.Fit(View(_ml, [.. a[..^tested], .. b[..^tested]]));
        double[] errors = [.. new[] { a, b }.SelectMany(series => Enumerable.Range(0, 6).SelectMany(fold => Enumerable.Range(0, 2).Select(origin =>
        {
            int row = series.Count - tested + 2 * fold + origin - 1;
            float[] forecast = Column(model.Transform(View(_ml, series)))[row];
            return forecast.Select((value, ahead) => Math.Abs(value - series[row + 1 + ahead].Load)).Average();
        })))];
        Assert.AreEqual(24, result.Metrics.Count);
        Assert.AreEqual(errors.Average(), result.Metrics.MeanAbsoluteError, 1e-4);
        Assert.AreEqual(2, result.Metrics.PerSeries.Count);
        Assert.AreEqual(errors.Take(12).Average(), result.Metrics.PerSeries[0].Scores.MeanAbsoluteError, 1e-4);
        Assert.AreEqual(4, result.Folds[2].Metrics.Count);
        Assert.AreSame(result.Folds[0].Model, result.Folds[5].Model);
        Assert.IsTrue(counting.Requests.Count < 10, "The rows are not read once for each fold.");
    }

    [TestMethod]
    public void References_read_the_whole_history_of_a_series()
    {
        double[] loads = [.. Steps(80).Select(step => (double)step.Load)];
        BacktestResult result = _ml.Forecasting.Backtest(View(_ml, Steps(80)), _ml.Forecasting.Trainers.Sequence(new Naive(), Options),
            new BacktestOptions { Folds = 2, References = [new Theta { Season = 4 }, new Naive2()] });

        double expected = Enumerable.Range(1, 2).SelectMany(fold =>
        {
            int cut = 80 - fold * Horizon;
            return new Theta { Season = 4 }.Forecast(loads.AsSpan(0, cut), Horizon).Zip(loads[cut..], (f, y) => Math.Abs(f - y));
        }).Average();
        Assert.AreEqual(expected, result.Metrics.References.Single(one => one.Name == "Theta").Metrics.MeanAbsoluteError, 1e-9);
        // The naive forecast against Naive2 without a season.
        Assert.AreEqual(1, result.Metrics.OverallWeightedAverage, 1e-5);
    }

    [TestMethod]
    public void Cross_validation_has_the_form_of_MLNet()
    {
        IReadOnlyList<TrainCatalogBase.CrossValidationResult<ForecastingMetrics>> folds =
            _ml.Forecasting.CrossValidate(View(_ml, Steps(80)), _ml.Forecasting.Trainers.Sequence(TinyLstm, Options), numberOfFolds: 2);

        Assert.HasCount(2, folds);
        Assert.AreEqual(Horizon, folds[1].ScoredHoldOutSet.GetRowCount() - Context);
        Assert.IsInstanceOfType<ForecastingTransformer>(folds[0].Model);
        Assert.AreEqual(1, Column(folds[1].ScoredHoldOutSet).Count(forecast => !float.IsNaN(forecast[0])));
    }

    [TestMethod]
    public void A_column_that_was_normalised_with_the_test_rows_is_refused()
    {
        IDataView rows = View(_ml, Steps(80)), normalized = _ml.Transforms.NormalizeMinMax("Load").Fit(rows).Transform(rows);
        Exception refused = Assert.Throws<InvalidOperationException>(
            () => _ml.Forecasting.Backtest(normalized, _ml.Forecasting.Trainers.Sequence(TinyLstm, Options)));
        StringAssert.Contains(refused.Message, "'Load' was normalised before the rows were split");
    }

    [TestMethod]
    [DataRow(0, true)]
    [DataRow(1, false)]
    [DataRow(3, false)]
    public void An_input_that_holds_the_target_of_a_later_step_is_refused(int ahead, bool isKnown)
    {
        List<Step> steps = Steps(80 + ahead);
        for (int i = 0; i < 80; i++)
            steps[i].Price = steps[i + ahead].Load;
        ForecastingOptions options = isKnown ? Options with { KnownInputs = ["Price"] } : Options with { Inputs = ["Price"] };
        var trainer = _ml.Forecasting.Trainers.Sequence(TinyTcn, options);

        Exception refused = Assert.Throws<InvalidOperationException>(() => _ml.Forecasting.Backtest(View(_ml, steps[..80]), trainer));

        StringAssert.Contains(refused.Message, $"'Price' holds 'Load' of {(ahead == 0 ? "the same step" : $"{ahead} steps later")} in every row");
    }

    [TestMethod]
    public void Inputs_of_the_past_and_of_a_target_that_repeats_itself_are_accepted()
    {
        List<Step> steps = Steps(60);
        for (int i = 59; i >= 0; i--)
            steps[i].Price = i == 0 ? 0 : steps[i - 1].Load;
        List<Step> periodic = Steps(60);
        foreach ((int i, Step step) in periodic.Index())
            (step.Load, step.Price) = (i % 4, (i + 1) % 4);
        var trainer = _ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { Inputs = ["Price"] });

        Assert.AreEqual(1, _ml.Forecasting.Backtest(View(_ml, steps), trainer, new BacktestOptions { Folds = 1 }).Metrics.Count);
        Assert.AreEqual(1, _ml.Forecasting.Backtest(View(_ml, periodic), trainer, new BacktestOptions { Folds = 1 }).Metrics.Count);
    }

    [TestMethod]
    public void Folds_without_rows_are_refused_before_anything_is_trained()
    {
        var trained = new Progressed();
        var trainer = _ml.Forecasting.Trainers.Sequence(TinyLstm, SeriesOptions with { Training = BriefTraining with { Progress = trained } });
        IDataView rows = View(_ml, [.. Steps(80), .. Steps(20, seed: 2, series: "new")]);

        Exception refused = Assert.Throws<InvalidOperationException>(() => _ml.Forecasting.Backtest(rows, trainer, new BacktestOptions { Folds = 4 }));

        StringAssert.Contains(refused.Message, "'new' (20 rows)");
        StringAssert.Contains(refused.Message, $"at least {Context + Horizon + 4 * Horizon} rows");
        Assert.AreEqual(0, trained.Count);
    }

    [TestMethod]
    public void Wrong_options_are_refused_together()
    {
        var trainer = _ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { ValidationSet = View(_ml, Steps(30)) });
        IDataView rows = View(_ml, Steps(80));

        Exception refused = Assert.Throws<ArgumentException>(() => _ml.Forecasting.Backtest(rows, trainer,
            new BacktestOptions { Folds = 0, TestSteps = 1, TrainingSteps = 4, Seasonality = 0, FoldsAtOnce = 0, References = [new Theta { Season = 0 }] }));

        foreach (string name in new[] { "Folds", "TestSteps", "TrainingSteps", "Seasonality", "FoldsAtOnce", "Season", "ValidationSet" })
            StringAssert.Contains(refused.Message, $"{name} must");
        StringAssert.Contains(Assert.Throws<ArgumentException>(() => _ml.Forecasting.Backtest(rows, _ml.Forecasting.Trainers.Sequence(TinyLstm, Options),
            new BacktestOptions { TestSteps = 10, Stride = 2 })).Message, "Stride must be at least 8");
        StringAssert.Contains(Assert.Throws<ArgumentException>(() => _ml.Forecasting.Backtest(rows, _ml.Transforms.NormalizeMinMax("Load"))).Message,
            "a chain that ends with one");
        Exception made = Assert.Throws<ArgumentOutOfRangeException>(() => _ml.Forecasting.Backtest(
            rows, _ml.Transforms.Conversion.MapValueToKey("Key", "Series")
                .Append(_ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { SeriesColumnName = "Key" }))));
        StringAssert.Contains(made.Message, "'Key'");
    }

    [TestMethod]
    public void A_series_column_that_the_chain_makes_is_named_in_the_data()
    {
        IDataView rows = View(_ml, Interleaved(Steps(50), Steps(50, seed: 2, series: "b")));
        var chain = _ml.Transforms.Conversion.MapValueToKey("Key", "Series")
            .Append(_ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { SeriesColumnName = "Key" }));

        BacktestResult result = _ml.Forecasting.Backtest(rows, chain, new BacktestOptions { Folds = 2, SeriesColumnName = "Series" });

        Assert.AreEqual(4, result.Metrics.Count);
        Assert.AreEqual("a b", string.Join(" ", result.Metrics.PerSeries.Select(one => one.Series).Order(StringComparer.Ordinal)));
    }

    [TestMethod]
    public void A_cancelled_backtest_ends()
    {
        using var cancelled = new CancellationTokenSource();
        cancelled.Cancel();
        Assert.Throws<OperationCanceledException>(() => _ml.Forecasting.Backtest(View(_ml, Steps(80)), _ml.Forecasting.Trainers.Sequence(TinyLstm, Options),
            new BacktestOptions { CancellationToken = cancelled.Token }));
    }

    [TestMethod]
    [DataRow(false, true)]
    [DataRow(true, true)]
    [DataRow(true, false)]
    public void A_backtest_that_is_cancelled_in_a_training_does_not_wait_for_its_end(bool inChain, bool refit)
    {
        using var cancelled = new CancellationTokenSource();
        var trained = new Progressed { Told = cancelled.Cancel };
        TrainingOptions endless = BriefTraining with { Epochs = 300, Patience = 300, Progress = trained };
        var trainer = _ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { Training = endless });
        IEstimator<ITransformer> estimator = inChain ? _ml.Transforms.NormalizeMinMax("Load").Append(trainer) : trainer;
        Assert.Throws<OperationCanceledException>(() => _ml.Forecasting.Backtest(View(_ml, Steps(80)), estimator,
            new BacktestOptions { CancellationToken = cancelled.Token, FoldsAtOnce = 1, Refit = refit, Folds = 2 }));
        Assert.IsLessThan(100, trained.Count);
    }

    private static IDataView NormalizedBy(TransformerChain<ForecastingTransformer> model, IDataView rows) => model.First().Transform(rows);

    private sealed class Progressed : IProgress<TrainingProgress>
    {
        public int Count { get; private set; }

        public Action? Told { get; init; }

        public void Report(TrainingProgress value)
        {
            Count++;
            Told?.Invoke();
        }
    }
}
