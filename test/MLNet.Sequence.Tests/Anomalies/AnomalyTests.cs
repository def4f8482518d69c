using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Anomalies;
using MLNet.Sequence.Tests.Columns;
using MLNet.Sequence.Tests.Forecasts;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Anomalies;

[TestClass]
public sealed class AnomalyTests
{
    private static readonly AnomalyOptions Loose = new() { Confidence = 0.9 };

    private readonly MLContext _ml = new(seed: 1);

    // Solved at once.
    private SequenceForecaster Ridge(ForecastingOptions? options = null) =>
        _ml.Forecasting.Trainers.Sequence(new Ridge(), options ?? new ForecastingOptions { Targets = ["Load"], Context = 12, Horizon = 1 });

    [TestMethod]
    public void A_p_value_is_the_share_of_scores_that_are_as_large_with_the_row_itself()
    {
        var scores = new ConformalScores([3, 1, 2, 2]);
        CollectionAssert.AreEqual(new[] { 1, 1, 4 / 5.0, 2 / 5.0, 2 / 5.0, 1 / 5.0 },
            new[] { 0, 1, 2, 2.5, 3, 3.5 }.Select(scores.PValue).ToArray());
        Assert.IsTrue(double.IsNaN(scores.PValue(double.NaN)));
        Assert.AreEqual((19, 99, 9), (ConformalScores.Least(0.95), ConformalScores.Least(0.99), ConformalScores.Least(0.9)));
    }

    [TestMethod]
    public void Planted_anomalies_are_found_and_false_alarms_are_as_rare_as_the_confidence_says()
    {
        const double alpha = 0.05;
        const int trained = 10_000, tested = 5_000;
        Step[] all = Noisy(trained + tested);
        int[] planted = [.. Enumerable.Range(0, 25).Select(i => trained + 150 + 190 * i)];
        foreach (int place in planted)
            all[place].Load += 12;
        AnomalyDetector estimator = _ml.Forecasting.DetectAnomalies(Ridge(), new AnomalyOptions { Confidence = 1 - alpha });
        using AnomalyTransformer detector = estimator.Fit(View(_ml, all.Take(trained)));
        Assert.AreEqual(trained / 5, detector.CalibrationCount);

        double[][] predicted = Predictions(detector, all.Skip(trained));
        foreach (int place in planted)
            Assert.AreEqual((1.0, 1 / (trained / 5 + 1.0)), (predicted[place - trained][0], predicted[place - trained][2]), $"row {place}");
        // An anomaly is in the context of the rows after it.
        double[][] clean = [.. predicted.Where((_, row) => row >= 12 && planted.All(place => row + trained - place is < 0 or > 12))];
        // Three deviations: of the share of alerts in 4,600 rows, and of the threshold from 2,000.
        double slack = 3 * Math.Sqrt(alpha * (1 - alpha) * (1.0 / clean.Length + 1.0 / detector.CalibrationCount));
        Assert.AreEqual(alpha, clean.Average(row => row[0]), slack);
        // Without anomalies p-values are uniform: their mean is 1/2, with a deviation of √(1/12) each.
        Assert.AreEqual(0.5, clean.Average(row => row[2]), 3 * Math.Sqrt((1.0 / clean.Length + 1.0 / detector.CalibrationCount) / 12));
        Assert.IsTrue(clean.All(row => row[0] == 1 == Math.Abs(row[1]) >= detector.Threshold));
    }

    [TestMethod]
    public void A_score_is_the_residual_of_the_forecast_from_the_row_before_in_deviations_of_its_series()
    {
        List<Step> a = Steps(120), b = Steps(100, seed: 2, series: "b");
        List<Step> rows = Interleaved(a, b);
        var options = new ForecastingOptions { Targets = ["Load", "Price"], SeriesColumnName = "Series", Context = 6, Horizon = 2 };
        using AnomalyTransformer detector = _ml.Forecasting.DetectAnomalies(Ridge(options), Loose).Fit(View(_ml, rows));
        // Trained on the first four fifths of each series.
        using ForecastingTransformer forecaster = Ridge(options).Fit(View(_ml, Interleaved(a[..96], b[..80])));
        CollectionAssert.AreEqual(Bits(forecaster.Model), Bits(detector.Forecaster.Model));

        double[][] found = Predictions(detector, rows);
        float[][] forecasts = Column(forecaster.Transform(View(_ml, rows)));
        var last = new Dictionary<string, int>();
        for (int row = 0; row < rows.Count; row++)
        {
            double expected = double.NaN;
            if (last.TryGetValue(rows[row].Series, out int before) && !float.IsNaN(forecasts[before][0]))
            {
                ValueList<double> deviation = forecaster.Model.Scaling[rows[row].Series].Deviation;
                double load = (rows[row].Load - forecasts[before][0]) / deviation[0], price = (rows[row].Price - forecasts[before][1]) / deviation[1];
                expected = Math.Abs(load) > Math.Abs(price) ? load : price;
            }

            last[rows[row].Series] = row;
            Assert.AreEqual(expected, found[row][1], 1e-6, $"row {row}");
            if (double.IsNaN(expected))
                Assert.AreEqual((0.0, double.NaN), (found[row][0], found[row][2]));
        }

        // 6 + 6 rows have no forecast before them.
        Assert.AreEqual(12, found.Count(row => double.IsNaN(row[1])));
    }

    [TestMethod]
    public void A_row_behind_a_gap_is_compared_with_the_later_step_of_the_forecast()
    {
        Step[] steps = Noisy(400);
        ForecastingOptions options = new()
        {
            Targets = ["Load"],
            TimeColumnName = "Time",
            Context = 6,
            Horizon = 3,
            MissingValues = MissingValues.Interpolate,
        };
        using AnomalyTransformer detector = _ml.Forecasting.DetectAnomalies(Ridge(options), Loose).Fit(View(_ml, steps[..300]));
        double Score(int missing)
        {
            Step[] gap = [.. steps[300..340], .. steps[(340 + missing)..]];
            return Predictions(detector, gap)[40][1];
        }

        float[] forecast = Column(detector.Forecaster.Transform(View(_ml, steps[300..340])))[^1];
        double deviation = detector.Forecaster.Model.Scaling.Pooled.Deviation[0];
        for (int missing = 0; missing < 3; missing++)
            Assert.AreEqual((steps[340 + missing].Load - forecast[missing]) / deviation, Score(missing), 1e-5);
        Assert.IsTrue(double.IsNaN(Score(3)));
    }

    [TestMethod]
    public void A_detector_in_a_chain_keeps_its_judgement_when_it_is_saved()
    {
        IDataView rows = View(_ml, Noisy(300));
        var chain = _ml.Transforms.NormalizeMinMax("Load").Append(_ml.Forecasting.DetectAnomalies(Ridge(), Loose));
        var fitted = chain.Fit(rows);
        using var file = new MemoryStream();
        _ml.Model.Save(fitted, rows.Schema, file);
        file.Position = 0;
        ITransformer loaded = new MLContext(seed: 2).Model.Load(file, out _);

        double[][] before = Values(fitted.Transform(rows)), after = Values(loaded.Transform(rows));
        Assert.AreEqual(before.Length, after.Length);
        for (int row = 0; row < before.Length; row++)
            CollectionAssert.AreEqual(before[row], after[row]);
        Assert.IsTrue(before.Any(row => row[0] == 1));
        Assert.AreEqual(0.9, ((AnomalyTransformer)((TransformerChain<ITransformer>)loaded).LastTransformer).Options.Confidence);
    }

    [TestMethod]
    public void The_column_is_promised_with_the_names_that_detectors_of_ML_NET_give_its_slots()
    {
        IDataView rows = View(_ml, Noisy(200));
        AnomalyDetector estimator = _ml.Forecasting.DetectAnomalies(Ridge(), Loose with { PredictionColumnName = "Odd" });
        using AnomalyTransformer detector = estimator.Fit(rows);
        DataViewSchema delivered = detector.Transform(rows).Schema;
        PromisedSchema.MustBeDelivered(estimator.GetOutputSchema(PromisedSchema.Of(rows.Schema)), delivered);
        VBuffer<ReadOnlyMemory<char>> slots = default;
        delivered["Odd"].Annotations.GetValue("SlotNames", ref slots);
        Assert.AreEqual("Alert, Score, P-Value", string.Join(", ", slots.DenseValues()));
        Assert.AreEqual("Forecast, Actual, Odd", string.Join(", ", delivered.Skip(rows.Schema.Count).Select(column => column.Name)));
        Assert.IsFalse(detector.IsRowToRowMapper);
    }

    [TestMethod]
    public void Too_few_residuals_and_wrong_options_are_refused()
    {
        StringAssert.Contains(
            Assert.ThrowsExactly<InvalidOperationException>(() => _ml.Forecasting.DetectAnomalies(Ridge()).Fit(View(_ml, Noisy(200)))).Message,
            "The calibration rows have 40 residuals; a confidence of 0.99 needs at least 99.");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => _ml.Forecasting.DetectAnomalies(Ridge(), new AnomalyOptions { Confidence = 1 })).Message,
            "Confidence must be in (0, 1); found 1.");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => _ml.Forecasting.DetectAnomalies(Ridge(), Loose with { PredictionColumnName = "Actual" })).Message,
            "PredictionColumnName 'Actual' is a column of the forecaster");
    }

    [TestMethod]
    public void A_detector_of_a_fitted_forecaster_is_that_of_the_estimator()
    {
        Step[] steps = Noisy(300);
        using AnomalyTransformer whole = _ml.Forecasting.DetectAnomalies(Ridge(), Loose).Fit(View(_ml, steps));
        using AnomalyTransformer apart = _ml.Forecasting.DetectAnomalies(Ridge().Fit(View(_ml, steps[..240])), View(_ml, steps[228..]), Loose);
        Assert.AreEqual(whole.Threshold, apart.Threshold);
        Assert.AreEqual(60, apart.CalibrationCount);
    }

    // A wave with normal noise of deviation 1.
    private static Step[] Noisy(int count)
    {
        var random = new RandomStream(5);
        return [.. Enumerable.Range(0, count).Select(i => new Step
        {
            Time = new DateTime(2020, 1, 1).AddHours(i),
            Load = (float)(50 + 10 * Math.Sin(i / 3.0) + random.NextNormal()),
        })];
    }

    private double[][] Predictions(AnomalyTransformer detector, IEnumerable<Step> steps) => Values(detector.Transform(View(_ml, steps)));

    private static double[][] Values(IDataView view) => [.. view.GetColumn<double[]>("Prediction")];
}
