using System.Text.Json;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Comparison;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tests.Forecasts;

namespace MLNet.Sequence.Tests.Comparison;

/// <summary>Compares the arithmetic of a comparison of forecasts with sums by hand: units, windows, the season before them,
/// times.</summary>
[TestClass]
public sealed class ComparedForecastingTests
{
    private const int Context = 4, Horizon = 2;

    private static readonly ForecastingOptions Task = new()
    {
        Targets = ["Load"],
        Context = Context,
        Horizon = Horizon,
        Normalization = WindowNormalization.None,
        Training = new TrainingOptions { Epochs = 1, Seed = 1 },
    };

    private static readonly ForecastingOptions BySeries = Task with { SeriesColumnName = "Series", TimeColumnName = "Time" };

    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void All_rounds_are_measured_in_the_deviation_of_the_first()
    {
        // The later rows vary more: a round that ends earlier has a smaller deviation.
        List<Step> rows = Steps(100, i => (i + 1) * Math.Sin(i));
        IDataView train = View(rows[..80]), test = View(rows[80..]);
        var task = new ComparedForecasting(new SequenceHost(_ml, "Test"), Task, seasonality: 1);
        task.Read(train, test);
        SequenceModel[] models = [.. Enumerable.Range(0, 2).Select(round => task.Fit(train, new Linear(), Task.Training, round).Model)];
        double first = models[0].Scaling.Pooled.Deviation[0];
        Assert.IsLessThan(0.95 * first, models[1].Scaling.Pooled.Deviation[0]);
        foreach (SequenceModel model in models)
        {
            IDataView scored = _ml.Sequence.CreateTransformer(model).Transform(test);
            double[] expected = [.. scored.GetColumn<float[]>("Forecast").Zip(scored.GetColumn<float[]>("Actual"), (forecast, actual) =>
                forecast.Zip(actual, (one, other) => Math.Pow((one - other) / first, 2)).Average()).Where(double.IsFinite)];
            Near(expected, [.. task.Losses(scored, model).Select(loss => loss.Own)]);
        }
    }

    [TestMethod]
    public void Each_series_is_measured_in_its_own_deviation_and_a_new_one_in_that_of_its_window()
    {
        List<Step> small = Steps(60, i => Math.Sin(i)), large = Steps(60, i => 10_000 * Math.Cos(i), "b"),
            unseen = Steps(20, i => 100 + 5 * Math.Sin(2 * i), "c");
        RecurrenceReport report = Compare(
            View([.. small[..40], .. large[..40]]), View([.. small[40..], .. large[40..], .. unseen]), BySeries, new CompareOptions { Rounds = 1 });
        ComparedModel model = report.Models[0];
        IDataView scored = _ml.Sequence.CreateTransformer(model.Model).Transform(View([.. small[40..], .. large[40..], .. unseen]));
        double[] deviations = [Deviation(small[..36]), Deviation(large[..36])];
        double pooled = Deviation([.. small[..36], .. large[..36]]);
        var (own, inPooled) = (new List<double>(), new List<double>());
        foreach ((float[] forecast, float[] actual, int row) in Zip(scored))
        {
            Step[] seen = [.. new[] { small[40..], large[40..], unseen }[row / 20][(row % 20 + 1 - Context)..(row % 20 + 1)]];
            double unit = row < 40 ? deviations[row / 20] : Deviation(seen);
            own.Add(forecast.Zip(actual, (one, other) => Math.Pow((one - other) / unit, 2)).Average());
            inPooled.Add(forecast.Zip(actual, (one, other) => Math.Pow((one - other) / pooled, 2)).Average());
        }

        Assert.AreEqual(own.Average(), model.Error, 1e-4 * own.Average());
        Assert.AreEqual(inPooled.Average(), model.PooledError!.Value, 1e-4 * inPooled.Average());
        using JsonDocument json = JsonDocument.Parse(report.ToJson());
        JsonElement error = json.RootElement.GetProperty("results")[0].GetProperty("error");
        Assert.AreEqual((model.Error, model.PooledError), (error.GetProperty("mean").GetDouble(), error.GetProperty("pooled").GetDouble()));
    }

    [TestMethod]
    [DataRow(true)]
    [DataRow(false)]
    public void The_season_before_the_test_rows_comes_from_the_rows_before_them(bool withTimes)
    {
        // Test rows begin with the context of the first window, which is also in the validation rows. In the same way, validation rows
        // begin with training rows.
        const int season = 12;
        List<Step> rows = Steps(120, i => i % season * i % 7 + 0.01 * i);
        IDataView train = View(rows[..60]), validation = View(rows[(60 - Context)..80]), test = View(rows[(80 - Context)..]);
        ForecastingOptions options = Task with { ValidationSet = validation, TimeColumnName = withTimes ? "Time" : null };
        RecurrenceReport report = Compare(train, test, options, new CompareOptions { Rounds = 1, Seasonality = season });
        Assert.AreEqual(40 - Horizon + 1, report.Examples);
        Assert.IsEmpty(report.Remarks);
        double deviation = Deviation(rows[..60]);
        foreach ((string name, int back) in new[] { ("naive", 1), ("seasonal naive", season) })
        {
            double expected = Enumerable.Range(79, report.Examples).Average(origin => Enumerable.Range(1, Horizon).Average(ahead =>
                Math.Pow(((double)rows[origin + ahead].Load - rows[origin + ahead - back * ((ahead + back - 1) / back)].Load) / deviation, 2)));
            Assert.AreEqual(expected, report.Baselines.Single(baseline => baseline.Name == name).Error, 1e-9 * expected);
        }
    }

    [TestMethod]
    public void A_window_without_a_season_before_it_counts_for_none_and_the_report_says_so()
    {
        const int season = 12;
        List<Step> rows = Steps(140, i => i % season * i % 7);
        // A day is missing between training and test rows, so the season of the training rows does not continue in the test rows.
        RecurrenceReport report = Compare(View(rows[..60]), View(rows[84..]), Task with { TimeColumnName = "Time" },
            new CompareOptions { Rounds = 1, Seasonality = season });
        int all = 56 - Context - Horizon + 1, without = season - Context;
        Assert.AreEqual(all - without, report.Examples);
        string remark = $"{without} of {all} windows have no season of {season} rows before them: they are left out, for all models and naive forecasts.";
        Assert.AreEqual(remark, report.Remarks.Single());
        StringAssert.Contains(report.ToString(), $"{all - without} test windows");
        StringAssert.Contains(report.ToString().ReplaceLineEndings(" "), remark);
        StringAssert.Contains(report.ToHtml("rows"), remark.TrimEnd('.'));
        using JsonDocument json = JsonDocument.Parse(report.ToJson());
        Assert.AreEqual((all - without, remark), (json.RootElement.GetProperty("examples").GetInt32(), json.RootElement.GetProperty("remarks")[0].GetString()));
        IDataView scored = _ml.Sequence.CreateTransformer(report.Models[0].Model).Transform(View(rows[84..]));
        double expected = Zip(scored).Where(window => window.Row >= season - 1).Average(window =>
            window.Forecast.Zip(window.Actual, (one, other) => Math.Pow((one - other) / Deviation(rows[..54]), 2)).Average());
        Assert.AreEqual(expected, report.Models[0].Error, 1e-5 * expected);
        Assert.AreEqual(report.Models[0].Metrics["mseStandardised"], report.Models[0].Error, 1e-9 * expected);
    }

    // A missing last row is the last known one; a window with a missing actual value counts for none.
    [TestMethod]
    public void Naive_forecasts_of_rows_with_gaps_repeat_the_last_known_value()
    {
        List<Step> rows = Steps(140, i => i % 12 * i % 7 + 0.01 * i);
        int[] missing = [100, 111];
        foreach (int row in missing)
            rows[row].Load = float.NaN;
        ForecastingOptions options = Task with { MissingValues = MissingValues.Forward };
        RecurrenceReport report = Compare(View(rows[..80]), View(rows[80..]), options, new CompareOptions { Rounds = 1, Seasonality = 1 });
        int[] origins = [.. Enumerable.Range(80 + Context - 1, 60 - Context - Horizon + 1)];
        int[] kept = [.. origins.Where(origin => !missing.Any(row => row > origin && row <= origin + Horizon))];
        Assert.AreEqual(kept.Length, report.Examples);
        string remark = $"{origins.Length - kept.Length} windows beside the {kept.Length} have a missing actual value, or no value before them: they are "
            + "left out, for all.";
        CollectionAssert.Contains(report.Remarks.ToArray(), remark);
        double deviation = report.Models[0].Model.Scaling.Pooled.Moments.Deviation[0];
        double expected = kept.Average(origin => Enumerable.Range(1, Horizon).Average(ahead =>
            Math.Pow(((double)rows[origin + ahead].Load - rows[missing.Contains(origin) ? origin - 1 : origin].Load) / deviation, 2)));
        Assert.AreEqual(expected, report.Baselines.Single(baseline => baseline.Name == "naive").Error, 1e-6 * expected);
    }

    [TestMethod]
    public void Rows_by_series_and_rows_by_time_give_the_same_interval()
    {
        var random = new Random(3);
        double level = 0;
        double[] shared = [.. Enumerable.Range(0, 160).Select(_ => level = 0.9 * level + random.NextDouble() - 0.5)];
        List<Step> one = Steps(160, i => shared[i] + 0.1 * random.NextDouble()), other = Steps(160, i => 50 + 3 * shared[i], "b");
        List<Step> bySeries = [.. one[80..], .. other[80..]], byTime = [.. bySeries.OrderBy(step => step.Time)];
        IDataView train = View([.. one[..80], .. other[..80]]);
        var once = new CompareOptions { Rounds = 1 };
        RecurrenceReport[] reports = [.. new[] { bySeries, byTime }.Select(test =>
            Compare(train, View(test), BySeries, once, new Linear(), TinyForecasting.TinyLstm))];
        Assert.IsGreaterThan(0, reports[0].Models[0].ErrorHigh - reports[0].Models[0].ErrorLow);
        for (int i = 0; i < 2; i++)
            Near(Figures(reports[0], i), Figures(reports[1], i));

        static double[] Figures(RecurrenceReport report, int model) =>
            [report.Models[model].Error, report.Models[model].ErrorLow, report.Models[model].ErrorHigh, report.FeedForwardAgainstRecurrent!.Low,
                report.FeedForwardAgainstRecurrent.High];
    }

    [TestMethod]
    public void A_target_that_is_constant_in_training_is_left_out_of_errors_and_named()
    {
        List<Step> rows = Steps(80, i => Math.Sin(i));
        for (int i = 0; i < rows.Count; i++)
            rows[i].Price = i < 60 ? 7 : 7 + i;
        RecurrenceReport report = Compare(View(rows[..60]), View(rows[60..]), Task with { Targets = ["Load", "Price"] }, new CompareOptions { Rounds = 1 });
        double deviation = Deviation(rows[..54]);
        double expected = Enumerable.Range(60 + Context - 1, report.Examples).Average(origin => Enumerable.Range(1, Horizon).Average(ahead =>
            Math.Pow(((double)rows[origin + ahead].Load - rows[origin].Load) / deviation, 2)));
        Assert.AreEqual(expected, report.Baselines[0].Error, 1e-9 * expected);
        Assert.AreEqual("'Price': one value in all training rows; left out of the errors, which are in deviations.", report.Remarks.Single());
    }

    [TestMethod]
    public void Test_rows_without_a_window_are_refused_before_anything_is_trained()
    {
        List<Step> rows = Steps(80, i => i);
        string message = Assert.ThrowsExactly<InvalidOperationException>(() => Compare(View(rows[..60]), View(rows[..5]), Task, new CompareOptions())).Message;
        Assert.AreEqual("The test data has no window: its longest series has 5 rows; at least 6 are needed: Context 4 + Horizon 2.", message);
    }

    private RecurrenceReport Compare(IDataView train, IDataView test, ForecastingOptions options, CompareOptions compare,
        params Architecture[] architectures) =>
        _ml.Sequence.Compare(train, test, options, architectures.Length > 0 ? architectures : [new Linear()], compare);

    private IDataView View(List<Step> rows) => TinyForecasting.View(_ml, rows);

    private static IEnumerable<(float[] Forecast, float[] Actual, int Row)> Zip(IDataView scored) => scored.GetColumn<float[]>("Forecast")
        .Zip(scored.GetColumn<float[]>("Actual"), (forecast, actual) => (forecast, actual)).Select((pair, row) => (pair.forecast, pair.actual, row))
        .Where(window => window.forecast.Concat(window.actual).All(float.IsFinite));

    private static double Deviation(IEnumerable<Step> rows)
    {
        double mean = rows.Average(row => (double)row.Load);
        return Math.Sqrt(rows.Average(row => Math.Pow(row.Load - mean, 2)));
    }

    private static void Near(double[] expected, double[] actual)
    {
        Assert.HasCount(expected.Length, actual);
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], actual[i], 1e-5 * Math.Abs(expected[i]) + 1e-9);
    }

    private static List<Step> Steps(int count, Func<int, double> load, string series = "a") => [.. Enumerable.Range(0, count).Select(i => new Step
    {
        Series = series,
        Time = new DateTime(2020, 1, 1).AddHours(i),
        Load = (float)load(i),
    })];
}
