using Microsoft.ML;
using Microsoft.ML.Transforms.Text;
using MLNet.Sequence.Tests.Forecasts;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Backtests;

/// <summary>Which series a backtest tests, if some are short.</summary>
[TestClass]
public sealed class ShortSeriesBacktestTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Series_without_rows_for_all_folds_are_left_out_and_padded_ones_begin_with_fewer_rows(bool refit)
    {
        List<string> lines = [];
        _ml.Log += (_, line) => lines.Add(line.Message);
        // Two folds test the last six rows: five of b and one of c are left, a context is eight.
        List<Step> a = Steps(60), b = Steps(11, 2, "b"), c = Steps(7, 3, "c");
        ForecastingOptions options = SeriesOptions with { MissingValues = MissingValues.Mask };
        var folds = new BacktestOptions { Folds = 2, Refit = refit };
        BacktestResult Backtest(IEnumerable<Step> rows, ShortSeries @short) => _ml.Forecasting.Backtest(
            View(_ml, rows), _ml.Forecasting.Trainers.Sequence(TinyLstm, options with { ShortSeries = @short }), folds);

        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Backtest([.. a, .. b, .. c], ShortSeries.Error)).Message,
            "'b' (11 rows), 'c' (7 rows)");
        BacktestResult skipped = Backtest([.. a, .. b, .. c], ShortSeries.Skip), alone = Backtest(a, ShortSeries.Error);
        Assert.AreEqual(alone.Metrics.MeanSquaredError, skipped.Metrics.MeanSquaredError);
        Assert.AreEqual(2, skipped.Metrics.Count);
        Assert.Contains(line => line.Contains("2 series are left out, beginning with 'b' (11 rows), 'c' (7 rows)", StringComparison.Ordinal), lines);

        BacktestResult padded = Backtest([.. a, .. b, .. c], ShortSeries.Pad);
        Assert.AreEqual(4, padded.Metrics.Count);
        Assert.Contains(line => line.Contains("1 series are left out, beginning with 'c' (7 rows)", StringComparison.Ordinal), lines);
        // By hand: the model of a fold, from all rows before its test rows, of which b has five in the first fold.
        for (int fold = 0; fold < 2; fold++)
        {
            SequenceModel model = ((ForecastingTransformer)padded.Folds[fold].Model).Model;
            double Error(List<Step> rows)
            {
                int cut = rows.Count - (2 - fold) * Horizon;
                return model.Forecast([.. rows[..cut].SelectMany(row => new double[] { row.Load, row.Price })], rows[0].Series)
                    .Zip(rows[cut..], (forecast, row) => Math.Abs(forecast - row.Load)).Average();
            }

            Assert.AreEqual((Error(a) + Error(b)) / 2, padded.Folds[fold].Metrics.MeanAbsoluteError, 1e-3);
        }
    }

    // Before the first fold b has 96 rows, one more than the context that is chosen, 95: too few for a window to train on.
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Only_series_that_a_fold_was_trained_on_are_tested(bool refit)
    {
        List<Step> rows = [.. Steps(200), .. Steps(200, 2, "c"), .. Steps(200, 3, "d"), .. Steps(102, 4, "b")];
        ForecastingOptions options = SeriesOptions with { TimeColumnName = null, Context = null, ShortSeries = ShortSeries.Skip };

        BacktestResult result = _ml.Forecasting.Backtest(
            View(_ml, rows), _ml.Forecasting.Trainers.Sequence(new Linear { Size = 4 }, options), new BacktestOptions { Folds = 2, Refit = refit });

        for (int fold = 0; fold < 2; fold++)
        {
            SequenceModel model = ((ForecastingTransformer)result.Folds[fold].Model).Model;
            CollectionAssert.AreEqual(
                new[] { "a", "b", "c", "d" }.Where(key => model.Scaling.Knows(key)).ToArray(),
                result.Folds[fold].Metrics.PerSeries.Select(one => one.Series).Order(StringComparer.Ordinal).ToArray());
        }

        Assert.AreEqual(95, ((ForecastingTransformer)result.Folds[0].Model).Task.Context);
        Assert.HasCount(3, result.Folds[0].Metrics.PerSeries);
    }

    // With the five hours that are missing, b has eleven steps before the first fold, as many as are needed, but six rows.
    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void Steps_that_are_filled_count(bool refit)
    {
        List<Step> a = Steps(60), b = [.. Steps(17, 2, "b").Where((_, i) => i is < 3 or > 7)];
        ForecastingOptions options = SeriesOptions with { MissingValues = MissingValues.Forward, Frequency = Frequency.Hourly, Inputs = [] };
        BacktestResult Backtest(IEnumerable<Step> rows, ShortSeries @short) => _ml.Forecasting.Backtest(View(_ml, rows),
            _ml.Forecasting.Trainers.Sequence(TinyLstm, options with { ShortSeries = @short }), new BacktestOptions { Folds = 2, Refit = refit });

        foreach (ShortSeries @short in new[] { ShortSeries.Skip, ShortSeries.Error })
        {
            BacktestResult result = Backtest([.. a, .. b], @short);
            Assert.AreEqual(4, result.Metrics.Count);
            for (int fold = 0; fold < 2; fold++)
            {
                SequenceModel model = ((ForecastingTransformer)result.Folds[fold].Model).Model;
                int cut = b.Count - (2 - fold) * Horizon;
                double[] history =
                [
                    .. b[..3].Select(row => (double)row.Load), .. Enumerable.Repeat(double.NaN, 5), .. b[3..cut].Select(row => (double)row.Load),
                ];
                double error = model.Forecast(history, "b").Zip(b[cut..], (forecast, row) => Math.Abs(forecast - row.Load)).Average();
                Assert.AreEqual(error, result.Folds[fold].Metrics.PerSeries.Single(one => one.Series == "b").Scores.MeanAbsoluteError, 1e-3);
            }
        }

        // One hour less.
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Backtest([.. a, .. b[1..]], ShortSeries.Error)).Message,
            "'b' (11 rows, 16 steps)");
        Assert.AreEqual(2, Backtest([.. a, .. b[1..]], ShortSeries.Skip).Metrics.Count);
    }

    [TestMethod]
    public void A_chain_that_renames_padded_series_is_refused()
    {
        var trained = new Progressed();
        ForecastingOptions options = SeriesOptions with
        {
            ShortSeries = ShortSeries.Pad,
            MissingValues = MissingValues.Mask,
            Training = BriefTraining with { Progress = trained },
        };
        var chain = _ml.Transforms.Text.NormalizeText("Series", caseMode: TextNormalizingEstimator.CaseMode.Upper)
            .Append(_ml.Forecasting.Trainers.Sequence(TinyLstm, options));
        IDataView Rows(int count) => View(_ml, [.. Steps(60), .. Steps(count, 2, "b")]);
        string Refused(bool refit) => Assert.ThrowsExactly<InvalidOperationException>(
            () => _ml.Forecasting.Backtest(Rows(11), chain, new BacktestOptions { Folds = 2, Refit = refit })).Message;

        StringAssert.Contains(Refused(refit: true), "the chain makes 'A' of one in 'Series'");
        Assert.AreEqual(0, trained.Count);
        StringAssert.Contains(Refused(refit: false), "the chain makes 'A' of one in 'Series'");
        // Long series are tested whatever their keys become.
        Assert.AreEqual(4, _ml.Forecasting.Backtest(Rows(30), chain, new BacktestOptions { Folds = 2 }).Metrics.Count);
    }

    private sealed class Progressed : IProgress<TrainingProgress>
    {
        public int Count { get; private set; }

        public void Report(TrainingProgress value) => Count++;
    }
}
