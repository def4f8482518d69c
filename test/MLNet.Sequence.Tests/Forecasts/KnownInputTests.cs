using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Onnx;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Inputs that are known for the steps ahead, and columns that belong to a whole series, from rows to forecasts.</summary>
[TestClass]
public sealed class KnownInputTests
{
    private const int Horizon = 7;

    private static readonly MLContext Ml = new(seed: 1);

    private static readonly float[] Promotions = Planned();

    private static ForecastingOptions Options => new()
    {
        Targets = ["Y"],
        TimeColumnName = "T",
        Context = 14,
        Horizon = Horizon,
        Training = new TrainingOptions { Epochs = 40, LearningRate = 5e-3, Seed = 1, Threads = 1 },
    };

    // A level, a week, and 40 more on days of a promotion. These days are random, so the past does not predict them.
    [TestMethod]
    public void A_planned_promotion_changes_only_the_forecast_of_its_step()
    {
        IDataView rows = Rows(400);
        using ForecastingTransformer past = Ml.Forecasting.Trainers.Sequence(new Linear(), Options with { Inputs = ["Promo"] })
            .Fit(Ml.Data.TakeRows(rows, 300));
        using ForecastingTransformer known = Ml.Forecasting.Trainers.Sequence(new Linear(), Options with { KnownInputs = ["Promo"] })
            .Fit(Ml.Data.TakeRows(rows, 300));
        double Error(ForecastingTransformer model) => Ml.Forecasting.EvaluateSequence(model.Transform(Ml.Data.SkipRows(rows, 286)), 7).MeanAbsoluteError;
        Assert.IsGreaterThan(10, Error(past));
        Assert.IsLessThanOrEqualTo(3.0, Error(known));

        double[] history = History(300), future = [.. Promotions[300..307].Select(value => (double)value)];
        double[] before = known.Model.Forecast(history, future);
        for (int step = 0; step < Horizon; step++)
        {
            double[] other = [.. future];
            other[step] = 1 - other[step];
            double[] after = known.Model.Forecast(history, other);
            for (int i = 0; i < Horizon; i++)
            {
                if (i == step)
                    Assert.IsGreaterThan(20, Math.Abs(after[i] - before[i]));
                else
                    Assert.AreEqual(before[i], after[i]);
            }
        }
    }

    // Rows after the last known target hold the plan. Their targets are missing.
    [TestMethod]
    public void Rows_after_the_last_target_are_the_future_in_columns_plain_CSharp_and_sessions()
    {
        using ForecastingTransformer model = Ml.Forecasting.Trainers.Sequence(new Gru { HiddenSize = 6 }, Options with
        {
            KnownInputs = ["Promo"],
            Training = Options.Training with { Epochs = 2 },
        }).Fit(Rows(200));
        float[][] forecasts = [.. model.Transform(Rows(207, targets: 200)).GetColumn<float[]>("Forecast")];
        Assert.HasCount(207, forecasts);
        Assert.IsTrue(forecasts[..13].Concat(forecasts[200..]).All(row => row.All(float.IsNaN)));
        float[] last = model.Model.Forecast([.. History(200).Select(value => (float)value)], Promotions.AsSpan(200, Horizon));
        TinyForecasting.AssertNear([last], [forecasts[199]], 1e-4);
        // Without the rows of the plan, no forecast is possible.
        Assert.IsTrue(model.Transform(Rows(200)).GetColumn<float[]>("Forecast").Skip(193).All(row => row.All(float.IsNaN)));

        SequenceSession session = model.Model.CreateSession();
        var output = new float[Horizon];
        for (int day = 0; day < 200; day++)
            session.Step("", [(float)Sales(day), Promotions[day]], Promotions.AsSpan(day + 1, Horizon), output);
        TinyForecasting.AssertNear([last], [output], 1e-4);
        session.Step("", [1, 0], [0, 0, float.NaN, 0, 0, 0, 0], output);
        Assert.IsTrue(output.All(float.IsNaN));
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => session.Step("", [1, 0], output)).Message, "7 values of the steps ahead "
            + "(KnownInputs)");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.Model.Forecast(new float[28])).Message, "7 steps ahead of 1 values "
            + "each (Promo)");
    }

    [TestMethod]
    public void Keys_and_numbers_of_series_and_of_steps_are_learnt_and_saved()
    {
        IDataView shops = Ml.Transforms.Conversion.MapValueToKey("Kind").Append(Ml.Transforms.Conversion.MapValueToKey("Day")).Fit(Shops(["a", "b", "c"]))
            .Transform(Shops(["a", "b", "c"]));
        ForecastingOptions options = Options with
        {
            KnownInputs = ["Day", "Promo"],
            StaticColumns = ["Kind", "Size"],
            SeriesColumnName = "Shop",
            Training = Options.Training with { Epochs = 3 },
        };
        using ForecastingTransformer model = Ml.Forecasting.Trainers.Sequence(new Tcn { Channels = 6 }, options).Fit(shops);
        var task = (Forecasting)model.Model.Task;
        CollectionAssert.AreEqual(new[] { "Y", "Promo", "Day", "Size", "Kind" }, task.Channels.ToArray());
        CollectionAssert.AreEqual(new[] { "large", "small" }, task.StaticInputs[1].Keys!.Order(StringComparer.Ordinal).ToArray());

        float[][] before = [.. model.Transform(shops).GetColumn<float[]>("Forecast")];
        using var memory = new MemoryStream();
        model.Model.Save(memory);
        var loaded = SequenceModel.Load(new MemoryStream(memory.ToArray()));
        // The window of shop b that ends with its 60th row: a row of the data holds all channels.
        double[] Row(int day) => [Sales(day) + 100, Promotions[day], task.KnownInputs[1].Keys!.ToList().IndexOf(Weekday(day)), 30,
            task.StaticInputs[1].Keys!.ToList().IndexOf("small")];
        double[] history = [.. Enumerable.Range(46, 14).SelectMany(Row)];
        double[] future = [.. Enumerable.Range(60, Horizon).SelectMany(day => Row(day)[1..3])];
        int place = shops.GetColumn<string>("Shop").Select((shop, i) => (shop, i)).Where(row => row.shop == "b").ElementAt(59).i;
        TinyForecasting.AssertNear([before[place]], [[.. loaded.Forecast(history, future, "b").Select(value => (float)value)]], 1e-4);
        Assert.IsGreaterThan(1e-3, Math.Abs(loaded.Forecast(With(history, 4, 5, 1 - Row(0)[4]), future, "b")[0] - loaded.Forecast(history, future, "b")[0]));

        // A key that was not in training is read as the mean of the training keys.
        double[] unknown = loaded.Forecast(With(history, 4, 5, 2), future, "b");
        Assert.IsTrue(unknown.All(double.IsFinite));
        Weight vectors = loaded.Weights["inner.static.tail.weight"];
        int size = vectors.Shape[1];
        for (int i = 0; i < size; i++)
            Assert.AreEqual((vectors.Values[i] + vectors.Values[size + i]) / 2, vectors.Values[2 * size + i], 1e-6f);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => loaded.Forecast(With(history, 4, 5, 3), future, "b")).Message,
            "The key of 'Kind' is 3; expected its index among the keys of training, from 0 to 1, or 2 for another.");
    }

    [TestMethod]
    public void Inputs_that_were_not_in_training_or_are_not_read_are_reported()
    {
        List<string> warnings = [];
        var ml = new MLContext(seed: 1);
        ml.Log += (_, line) => { if (line.Kind == ChannelMessageKind.Warning) warnings.Add(line.Message); };
        IDataView rows = ml.Transforms.Conversion.MapValueToKey("Day").Fit(Rows(100)).Transform(Rows(100));
        ForecastingOptions options = Options with { KnownInputs = ["Day"], Training = Options.Training with { Epochs = 1 } };
        using ForecastingTransformer model = ml.Forecasting.Trainers.Sequence(new Linear(), options).Fit(rows);
        Planning[] foreign = Days(100, 100);
        foreign[50].Day = "holiday";
        IDataView other = ml.Data.LoadFromEnumerable(foreign);
        float[][] forecasts = [.. model.Transform(ml.Transforms.Conversion.MapValueToKey("Day").Fit(other).Transform(other)).GetColumn<float[]>("Forecast")];
        Assert.IsTrue(forecasts[45].All(float.IsFinite));
        Assert.Contains(line => line.Contains("1 key was not in training, beginning with 'holiday' of 'Day': each is read as the mean of "
            + "those that were.", StringComparison.Ordinal), warnings);

        using ForecastingTransformer naive = ml.Forecasting.Trainers.Sequence(new Naive(), options with { Output = ForecastOutput.Quantiles(0.1, 0.9) })
            .Fit(rows);
        Assert.Contains(line => line.Contains("Naive repeats or combines the last rows and gives points: KnownInputs, Output of the options "
            + "are not read.", StringComparison.Ordinal), warnings);
        Assert.IsEmpty(((Forecasting)naive.Model.Task).KnownInputs);
    }

    [TestMethod]
    public void Networks_of_a_comparison_read_known_inputs_and_no_state_is_compared()
    {
        RecurrenceReport report = Ml.Sequence.Compare(Rows(200), Rows(300), Options with
        {
            KnownInputs = ["Promo"],
            Output = ForecastOutput.Quantiles(0.1, 0.5, 0.9),
            Normalization = WindowNormalization.None,
            Training = Options.Training with { Epochs = 2 },
        }, [new Linear(), new Gru { HiddenSize = 4 }],
            new CompareOptions { Rounds = 1, DataMemory = false, Memory = new MemoryOptions { Examples = 16 } });
        Assert.IsTrue(report.Models.Take(2).All(model => ((Forecasting)model.Model.Task).KnownSize == 1));
        Assert.IsNull(report.CarriesState);
    }

    [TestMethod]
    public void A_step_with_keys_allocates_nothing_and_the_reason_is_reported_once()
    {
        var task = new Forecasting
        {
            Targets = [new ChannelColumn("y", ["y"])],
            KnownInputs = [new ChannelColumn("day", ["day"]) { Keys = ["a", "b"] }],
            Context = 4,
            Horizon = 2,
            Normalization = WindowNormalization.None,
        };
        Weights weights = NetworkProbe.RandomWeights(SequenceModel.BuildNetwork(new Lstm { HiddenSize = 3 }, task), seed: 2);
        var model = new SequenceModel(new Lstm { HiddenSize = 3 }, task, weights, new SeriesScaling(ChannelScaling.None(2), []), UntrainedModel.Report);
        SequenceSession session = model.CreateSession(carriesState: true);
        float[] row = [1, 0], future = [1, 0], output = new float[2];
        for (int i = 0; i < 10; i++)
            session.Step("", row, future, output);
        long before = GC.GetAllocatedBytesForCurrentThread();
        for (int i = 0; i < 100; i++)
            session.Step("", row, future, output);
        Assert.AreEqual(0, GC.GetAllocatedBytesForCurrentThread() - before);
        string[] clauses = model.Certificate.Why!.TrimEnd('.').Split("; ");
        CollectionAssert.AllItemsAreUnique(clauses);
    }

    [TestMethod]
    public void What_changes_within_a_series_is_not_static()
    {
        Planning[] rows = Days(100, 100);
        rows[57].Promo = 1 - rows[56].Promo;
        ForecastingOptions options = Options with { StaticColumns = ["Promo"] };
        string message = Assert.ThrowsExactly<InvalidOperationException>(() => Ml.Forecasting.Trainers.Sequence(new Linear(), options)
            .Fit(Ml.Data.LoadFromEnumerable(rows))).Message;
        StringAssert.Contains(message, "The static column 'Promo' must have one value in a series: it changes in row ");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => Ml.Forecasting.Trainers.Sequence(new Linear(), Options with { KnownInputs = ["Y"] })).Message,
            "The column 'Y' is named 2 times in Targets, Inputs, KnownInputs and StaticColumns.");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() =>
                Ml.Forecasting.Trainers.Sequence(new Gru(),
                Options with { KnownInputs = ["Promo"], CarriesState = true, Normalization = WindowNormalization.None })).Message,
            "KnownInputs, StaticColumns and Calendar must be empty with CarriesState");
        StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => Ml.Forecasting.Trainers.Sequence(new Linear(), Options with { KnownInputs = ["Day"] })
                .Fit(Rows(100))).Message, "MapValueToKey makes keys of text");
    }

    [TestMethod]
    public void Proofs_and_measurements_of_the_past_hold_with_known_inputs()
    {
        using ForecastingTransformer model = Ml.Forecasting.Trainers.Sequence(new StableRnn { HiddenSize = 4, Lambda = 0.6 }, Options with
        {
            KnownInputs = ["Promo"],
            Normalization = WindowNormalization.None,
            Context = 40,
            Training = Options.Training with { Epochs = 2 },
        }).Fit(Rows(200));
        MemoryCertificate certificate = model.Model.Certificate;
        Assert.IsTrue(certificate.IsCertified, certificate.Why);
        Assert.IsLessThan(certificate.ErrorAfter(4), certificate.ErrorAfter(16));
        TruncationReport report = Ml.Sequence.Truncate(model.Model, Rows(207), tolerance: 2 * certificate.ErrorAfter(39));
        Assert.IsLessThanOrEqualTo(report.Bound, report.LargestError);
        MemoryReport horizon = Ml.Sequence.MeasureMemory(model.Model, Rows(207), new MemoryOptions { Examples = 32 });
        Assert.IsLessThanOrEqualTo(40, horizon.Steps);
    }

    private static double[] With(double[] rows, int first, int width, double value) => [.. rows.Select((old, i) => i % width == first ? value : old)];

    private static double Sales(int day) => 50 + 10 * (day % 7) + 40 * Promotions[day];

    private static double[] History(int end) => [.. Enumerable.Range(end - 14, 14).SelectMany(day => new[] { Sales(day), Promotions[day] })];

    private static string Weekday(int day) => $"d{day % 7}";

    private static float[] Planned()
    {
        var random = new Random(1);
        return [.. Enumerable.Range(0, 407).Select(_ => random.Next(5) == 0 ? 1f : 0f)];
    }

    private static IDataView Rows(int count, int? targets = null) => Ml.Data.LoadFromEnumerable(Days(count, targets ?? count));

    private static Planning[] Days(int count, int targets) => [.. Enumerable.Range(0, count).Select(day => new Planning
    {
        T = new DateTime(2024, 1, 1).AddDays(day),
        Promo = Promotions[day],
        Y = day < targets ? (float)Sales(day) : float.NaN,
        Day = Weekday(day),
    })];

    private static IDataView Shops(string[] names) =>
        Ml.Data.LoadFromEnumerable(names.SelectMany((shop, number) => Enumerable.Range(0, 100).Select(day => new ShopDay
        {
            Shop = shop,
            T = new DateTime(2024, 1, 1).AddDays(day),
            Promo = Promotions[day],
            Y = (float)Sales(day) + 100 * number,
            Day = Weekday(day),
            Kind = number == 0 ? "large" : "small",
            Size = 30 * number,
        })));

    private class Planning
    {
        public DateTime T { get; set; }

        public float Y { get; set; }

        public float Promo { get; set; }

        public string Day { get; set; } = "";
    }

    private sealed class ShopDay : Planning
    {
        public string Shop { get; set; } = "";

        public string Kind { get; set; } = "";

        public float Size { get; set; }
    }
}
