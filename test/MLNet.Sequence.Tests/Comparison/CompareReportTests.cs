using System.Text.Json;
using System.Text.RegularExpressions;
using System.Xml.Linq;
using Microsoft.ML;
using MLNet.Sequence.Tests.Forecasts;

namespace MLNet.Sequence.Tests.Comparison;

/// <summary>ml.Sequence.Compare, on series whose memory is known.</summary>
[TestClass]
public sealed class CompareReportTests
{
    private const int Context = 32, Training = 1400, Testing = 1000;

    private static readonly ForecastingOptions Task = new()
    {
        Targets = ["Load"],
        Context = Context,
        Horizon = 1,
        Stride = 2,
        Normalization = WindowNormalization.None,
        Training = new TrainingOptions { Epochs = 8, LearningRate = 5e-3, Seed = 1 },
    };

    private static readonly Lazy<RecurrenceReport> Long = new(() =>
        Compare(2, Level(), new Linear { Window = 1 }, new Gru { HiddenSize = 8 }, new StableRnn { HiddenSize = 8 }));

    [TestMethod]
    public void A_noisy_level_is_forecast_by_many_lags_where_the_only_window_is_one_step()
    {
        // One noisy value says little about the level, and the mean of many says much. Least squares on the context are as good as a state.
        RecurrenceReport report = Long.Value;
        Assert.IsFalse(report.Recommendation.NeedsRecurrence, report.Recommendation.Because);
        StringAssert.StartsWith(report.Recommendation.Architecture, "ridge-");
        Assert.IsGreaterThan(3, report.RecommendedReference!.Memory!.Value);
        Assert.AreEqual(PairedVerdict.Worse, report.FeedForwardAgainstRecurrent!.Verdict);
        (double best, double oneValue) = BestErrors(Level());
        Assert.AreEqual(oneValue / best - 1, report.FeedForwardAgainstRecurrent.Relative, 0.06);
        Assert.IsGreaterThan(3, report.Recommended!.Memory!.Steps);
        Assert.AreEqual((2, Testing - Context), (report.Rounds, report.Examples));
    }

    [TestMethod]
    public void The_same_level_does_not_where_the_window_is_long()
    {
        RecurrenceReport report = Compare(1, Level(), new Linear(), new Gru { HiddenSize = 8 });
        Assert.IsFalse(report.Recommendation.NeedsRecurrence, report.Recommendation.Because);
        StringAssert.StartsWith(report.Recommendation.Architecture, "ridge-");
    }

    [TestMethod]
    public void A_series_that_remembers_one_step_does_not()
    {
        RecurrenceReport report = Compare(1, Autoregression(), new Linear { Window = 2 }, new Gru { HiddenSize = 8 });
        Assert.IsFalse(report.Recommendation.NeedsRecurrence, report.Recommendation.Because);
        Assert.IsLessThanOrEqualTo(2, report.Recommended!.Memory!.Steps);
        Assert.AreEqual("ridge-1", report.Recommendation.Architecture);
        Assert.AreEqual(1, report.Recommended.Certificate.ReceptiveField);
    }

    [TestMethod]
    public void The_page_needs_nothing_else_and_its_curves_are_well_formed()
    {
        string page = Long.Value.ToHtml("level & <noise>");
        Assert.DoesNotContain("http", page.Replace("http-equiv", "", StringComparison.Ordinal));
        Assert.DoesNotContain("<script", page);
        Assert.DoesNotContain("NaN", page);
        StringAssert.Contains(page, "level &amp; &lt;noise&gt;");
        StringAssert.Contains(page, "width=device-width");
        MatchCollection curves = Regex.Matches(page, "<svg.*?</svg>", RegexOptions.Singleline);
        // The first curve is over steps, the others are of models.
        Assert.HasCount(5, curves);
        foreach (MemoryRung rung in Long.Value.DataMemory!.Ladder)
            StringAssert.Contains(curves[0].Value, $"{rung.Steps} steps, {rung.Model}: ");
        foreach (Match curve in curves.Skip(1))
        {
            var svg = XElement.Parse(curve.Value.Replace("&nbsp;", " ", StringComparison.Ordinal));
            foreach (ComparedModel model in Long.Value.Models)
                StringAssert.Contains(svg.ToString(), model.Name);
        }
    }

    [TestMethod]
    public void Text_and_JSON_agree()
    {
        RecurrenceReport report = Long.Value;
        string text = report.ToString();
        StringAssert.Contains(text, $"Recommended: {report.Recommendation.Architecture}.");
        StringAssert.Contains(text, "stable");
        using var json = JsonDocument.Parse(report.ToJson());
        JsonElement[] results = [.. json.RootElement.GetProperty("results").EnumerateArray()];
        CollectionAssert.AreEqual(new[] { "linear", "gru", "stable-rnn", report.Recommendation.Architecture },
            results.Select(result => result.GetProperty("architecture").GetString()).ToArray());
        Assert.AreEqual(1, results[0].GetProperty("certificate").GetProperty("receptiveField").GetInt32());
        Assert.AreEqual(JsonValueKind.Null, results[0].GetProperty("memory").GetProperty("lyapunov").ValueKind);
        Assert.IsLessThan(0, results[1].GetProperty("memory").GetProperty("lyapunov").GetDouble());
        JsonElement stable = results[2].GetProperty("certificate");
        Assert.IsTrue(stable.GetProperty("certified").GetBoolean());
        Assert.IsLessThanOrEqualTo(0.95, stable.GetProperty("lambda").GetDouble());
        Assert.AreEqual("worse", json.RootElement.GetProperty("comparisons").GetProperty("feedForwardAgainstRecurrent").GetProperty("verdict").GetString());
        Assert.AreEqual(report.Recommendation.NeedsRecurrence, json.RootElement.GetProperty("recommendation").GetProperty("needsRecurrence").GetBoolean());
    }

    [TestMethod]
    public void The_report_says_what_its_columns_mean_and_at_which_rate_models_were_trained()
    {
        RecurrenceReport report = Long.Value;
        string text = report.ToString().ReplaceLineEndings(" "), page = System.Net.WebUtility.HtmlDecode(report.ToHtml("level"));
        foreach (string said in new[]
        {
            "std. MSE: the mean squared error in units of the variance of the training rows; less is better.",
            "lambda: the proven factor by which the distance between two states",
            "a solved one is linear or repeats past values, and was not trained",
            "A model with its state carried reads the test rows of each series from the first one on",
            "Learning rate: 0.005 for all.",
        })
            StringAssert.Contains(text, said);
        foreach (string said in new[] { "std. MSE: the mean squared error", "λ: the factor by which the distance between two states", "solved, not trained",
            "A model with its state carried", "Learning rate: 0.005 for all" })
            StringAssert.Contains(page, said);
        // A model solved in closed form is called "solved", not "feed-forward".
        StringAssert.Matches(report.ToString(), new Regex($"{report.Recommendation.Architecture} +solved ", RegexOptions.CultureInvariant));
        using var json = JsonDocument.Parse(report.ToJson());
        JsonElement[] results = [.. json.RootElement.GetProperty("results").EnumerateArray()];
        Assert.AreEqual(5e-3, results[0].GetProperty("learningRate").GetDouble(), 1e-9);
        Assert.AreEqual(JsonValueKind.Null, results[^1].GetProperty("learningRate").ValueKind);
    }

    [TestMethod]
    public void Costs_are_measured_and_the_horizon_is_that_of_MemoryHorizon()
    {
        foreach (ComparedModel model in Long.Value.Models)
        {
            Assert.IsGreaterThan(0, model.StepMicroseconds);
            Assert.IsGreaterThan(0, model.ExamplesPerSecond);
            Assert.IsGreaterThan(0, model.TrainingSeconds);
            Assert.AreEqual(4 * model.Model.ParameterCount, model.Footprint.Weights);
            Assert.IsTrue(model.ErrorLow < model.Error && model.Error < model.ErrorHigh);
            var ml = new MLContext(seed: 1);
            MemoryReport horizon = ml.Sequence.MeasureMemory(model.Model, TinyForecasting.View(ml, Level()[Training..]),
                new MemoryOptions { Examples = 256 });
            Assert.AreEqual(horizon.FullMetric, model.Memory!.FullMetric);
            CollectionAssert.AreEqual(horizon.Curve.Select(step => step.Metric).ToArray(), model.Memory!.Curve.Select(step => step.Metric).ToArray());
        }
    }

    [TestMethod]
    public void Rounds_roll_back_and_end_with_the_time()
    {
        var ml = new MLContext(seed: 1);
        IDataView train = TinyForecasting.View(ml, TinyForecasting.Steps(100)), test = TinyForecasting.View(ml, TinyForecasting.Steps(60, seed: 2));
        ForecastingOptions options = TinyForecasting.Options;
        var told = new List<CompareProgress>();
        RecurrenceReport report = ml.Sequence.Compare(
            train, test, options, [TinyForecasting.TinyLstm, TinyForecasting.TinyLstm],
                new CompareOptions { Rounds = 2, MaxTime = TimeSpan.FromTicks(1), Progress = new Listener(told.Add) });
        Assert.AreEqual(1, report.Rounds);
        CollectionAssert.AreEqual(new[] { "lstm", "lstm-2" }, report.Models.Take(2).Select(model => model.Name).ToArray());
        Assert.AreEqual(2, told.Max(progress => progress.Rounds));
        StringAssert.Contains(report.Recommendation.Because, "One seed shows only the variance over test rows, not that of training");

        // 100 rows; the tail of a tenth is cut off once and twice: 100 → 90 → 81.
        long Examples(int rolledBack) =>
            ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, options with { RolledBack = rolledBack }).Fit(train).Model.Report.TrainingExamples;
        int window = TinyForecasting.Context + TinyForecasting.Horizon;
        Assert.AreEqual(90 - window + 1, Examples(0));
        Assert.AreEqual(81 - window + 1, Examples(1));
        Assert.AreEqual(73 - window + 1, Examples(2));
    }

    [TestMethod]
    public void Who_still_learns_trains_on_and_is_left_out_where_that_was_not_enough()
    {
        var ml = new MLContext(seed: 1);
        List<Step> rows = TinyForecasting.Steps(360);
        IDataView train = TinyForecasting.View(ml, rows[..300]), test = TinyForecasting.View(ml, rows[300..]);
        RecurrenceReport Report(double rate, bool trainOn = true)
        {
            ForecastingOptions options = TinyForecasting.Options with { Normalization = WindowNormalization.MeanAndDeviation };
            options = options with { Training = options.Training with { Epochs = 2, LearningRate = rate } };
            return ml.Sequence.Compare(
                train, test, options, [TinyForecasting.TinyLstm, new Linear()], new CompareOptions { Rounds = 1, DataMemory = false, TrainOn = trainOn });
        }

        RecurrenceReport learning = Report(1e-2), strict = Report(1e-2, trainOn: false), still = Report(1e-6);
        int[] longer = Epochs(learning);
        Assert.IsTrue(longer.All(epochs => epochs is 3 or 4), string.Join(", ", longer));
        StringAssert.Contains(
            learning.Recommendation.Because, $"Trained for more than 2 epochs, since the validation loss still fell: lstm ({longer[0]}), linear "
                + $"({longer[1]}).");
        CollectionAssert.AreEqual(new[] { 2, 2 }, Epochs(strict));
        CollectionAssert.AreEqual(new[] { 2, 2 }, Epochs(still));

        // Both still improve after two epochs. The better one is kept, because more training can only make it better.
        Assert.IsTrue(strict.Models.Take(2).All(model => model.StillLearns));
        string left = strict.Models.Take(2).MaxBy(model => model.ValidationError)!.Name, kept = strict.Models.Take(2)
            .MinBy(model => model.ValidationError)!.Name;
        Assert.AreEqual(left, strict.LeftOut.Single());
        Assert.IsNull(strict.FeedForwardAgainstRecurrent);
        StringAssert.Contains(strict.Recommendation.Because, $"Left out of the verdict, still learning when training ended: {left}. Train longer before "
            + "you rule it out.");
        StringAssert.Contains(strict.Recommendation.Because, $"{kept} still learned when its training ended, and may become better yet.");
        StringAssert.Contains(strict.ToHtml("waves"), $"Left out of the verdict, still learning when training ended: {left}.");
        using var json = JsonDocument.Parse(strict.ToJson());
        Assert.AreEqual(left, json.RootElement.GetProperty("leftOut").EnumerateArray().Single().GetString());
        Assert.IsTrue(json.RootElement.GetProperty("results")[0].GetProperty("stillLearns").GetBoolean());
        Assert.AreEqual("meanAndDeviation", json.RootElement.GetProperty("results")[0].GetProperty("normalization").GetString());
        Assert.IsEmpty(still.LeftOut);
        Assert.DoesNotContain("still", still.Recommendation.Because);

        static int[] Epochs(RecurrenceReport report) => [.. report.Models.Take(2).Select(model => model.Model.Report.Epochs.Count)];
    }

    [TestMethod]
    public void Bad_options_are_reported_in_one_message()
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = TinyForecasting.View(ml, TinyForecasting.Steps(60));
        var bad = new CompareOptions { Rounds = 0, MaxTime = TimeSpan.Zero, Seasonality = 0, Margin = -1, Confidence = 0 };
        string message = Assert.ThrowsExactly<ArgumentException>(() => ml.Sequence.Compare(rows, rows, TinyForecasting.Options, [], bad)).Message;
        foreach (string name in new[] { "At least one trained architecture", "Rounds", "MaxTime", "Seasonality", "Margin", "Confidence" })
            StringAssert.Contains(message, name);
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => ml.Sequence.Compare(rows, rows, TinyForecasting.Options with { Differencing = Differencing.First },
                [TinyForecasting.TinyLstm])).Message, "leave Differencing null");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => ml.Sequence.Compare(rows, rows, TinyForecasting.Options, [new Lstm { HiddenSize = 0 }])).Message,
                "HiddenSize must be at least 1");
    }

    private static RecurrenceReport Compare(int rounds, List<Step> rows, params Architecture[] architectures)
    {
        var ml = new MLContext(seed: 1);
        // If one round is enough, half the window and half the epochs are enough as well.
        ForecastingOptions task = rounds == 1
            ? Task with { Context = Context / 2, Training = Task.Training with { Epochs = Task.Training.Epochs / 2 } }
            : Task;
        return ml.Sequence.Compare(TinyForecasting.View(ml, rows[..Training]), TinyForecasting.View(ml, rows[Training..]), task, architectures,
            new CompareOptions { Rounds = rounds, TrainOn = false });
    }

    // The errors on the test rows of the best filter of all values so far, and of the best forecast from the last value only.
    private static (double Filter, double OneValue) BestErrors(List<Step> rows)
    {
        const double memory = 0.97, gain = 0.2; // the fixed point of the Kalman filter: .25 is the variance of the predicted level
        double slope = Enumerable.Range(0, Training - 1).Sum(t => (double)rows[t].Load * rows[t + 1].Load) / Enumerable.Range(0, Training - 1)
            .Sum(t => (double)rows[t].Load * rows[t].Load);
        double level = 0, filter = 0, oneValue = 0;
        for (int t = 0; t < rows.Count - 1; t++)
        {
            level = memory * level + gain * (rows[t].Load - memory * level);
            if (t < Training + Context - 1)
                continue;
            filter += Math.Pow(memory * level - rows[t + 1].Load, 2);
            oneValue += Math.Pow(slope * rows[t].Load - rows[t + 1].Load, 2);
        }

        return (filter, oneValue);
    }

    // s_t = .97 s_{t−1} + noise of deviation .25; the data is s_t plus noise of deviation 1.
    private static List<Step> Level()
    {
        var random = new RandomStream(3);
        double level = 0;
        return Rows(() => (level = 0.97 * level + 0.25 * random.NextNormal()) + random.NextNormal());
    }

    private static List<Step> Autoregression()
    {
        var random = new RandomStream(4);
        double value = 0;
        return Rows(() => value = 0.8 * value + random.NextNormal());
    }

    private static List<Step> Rows(Func<double> next) => [.. Enumerable.Range(0, Training + Testing).Select(i => new Step
    {
        Time = new DateTime(2020, 1, 1).AddHours(i),
        Load = (float)next(),
    })];

    private sealed class Listener(Action<CompareProgress> heard) : IProgress<CompareProgress>
    {
        public void Report(CompareProgress value) => heard(value);
    }
}
