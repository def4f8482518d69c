using MLNet.Sequence.Tests.Onnx;

namespace MLNet.Sequence.Tests.Sessions;

/// <summary>Sample paths, against distributions that are asked for again with the drawn rows appended by hand.</summary>
[TestClass]
public sealed class SamplePathsTests
{
    private const int Context = 5, Horizon = 3, Steps = 7, Seed = 9;

    private static Forecasting Task => new()
    {
        Targets = [new ChannelColumn("y", ["y"]), new ChannelColumn("z", ["z"])],
        Context = Context,
        Horizon = Horizon,
        Normalization = WindowNormalization.None,
        Distribution = ForecastDistributionKind.Gaussian,
    };

    private static ChannelColumn Promo => new("promo", ["promo"]);

    [TestMethod]
    [DataRow("gru", MissingValues.Error, "")]
    [DataRow("linear", MissingValues.Error, "promo")]
    [DataRow("gru", MissingValues.Error, "promo calendar")]
    [DataRow("gru", MissingValues.Forward, "rain promo")]
    [DataRow("gru", MissingValues.Interpolate, "rain promo calendar")]
    [DataRow("tcn", MissingValues.Mask, "rain")]
    [DataRow("gru", MissingValues.Zero, "rain promo")]
    public void A_path_is_drawn_from_the_model_asked_again_with_its_steps_appended(string architecture, MissingValues missing, string reads)
    {
        bool rain = reads.Contains("rain", StringComparison.Ordinal), dates = reads.Contains("calendar", StringComparison.Ordinal);
        bool promo = reads.Contains("promo", StringComparison.Ordinal);
        Forecasting task = Task with
        {
            Inputs = rain ? [new ChannelColumn("rain", ["rain"])] : [],
            KnownInputs = promo ? [Promo] : [],
            Calendar = dates ? new CalendarInputs { Parts = CalendarParts.Weekday } : null,
            Frequency = Frequency.Daily,
            TimeColumnName = "t",
            MissingValues = missing,
        };
        Architecture layers = architecture switch
        {
            "linear" => new Linear { Size = 4 },
            "tcn" => new Tcn { Channels = 4, Levels = 3 },
            _ => new Gru { HiddenSize = 4 },
        };
        int width = task.DataChannels, ahead = task.KnownSize;
        SequenceModel model = UntrainedModel.Make(layers, task, new ChannelScaling([.. Enumerable.Repeat(3.0, width)], [.. Enumerable.Repeat(2.0, width)]));
        var random = new Random(3);
        double[] given = [.. Enumerable.Range(0, 9 * (width - task.CalendarSize)).Select(_ => 3 + 4 * random.NextDouble())];
        double[] plan = [.. Enumerable.Range(0, promo ? Steps : 0).Select(_ => 6 * random.NextDouble())];
        DateTimeOffset? start = dates ? new DateTimeOffset(2024, 3, 1, 0, 0, 0, TimeSpan.Zero) : null;

        ForecastPaths drawn = model.ForecastPaths(given, new SamplePaths(4, Seed), Steps, plan, start);

        double[] rows = given, known = [.. plan, .. Enumerable.Repeat(1.0, promo ? Horizon : 0)];
        if (start is { } first)
            (rows, known, _) = Forecaster.WithCalendar(task, given, first, known, Steps + Horizon);
        for (int path = 0; path < drawn.Count; path++)
        {
            var uniform = new RandomStream(Seed, path);
            List<double> history = [.. rows];
            for (int step = 0; step < Steps; step++)
            {
                ForecastDistribution[] next = model.ForecastDistributions([.. history], known.AsSpan(step * ahead, Horizon * ahead));
                double[] values = [.. Enumerable.Range(0, 2).Select(target => next[target].Quantile(uniform.NextDouble()))];
                Assert.AreEqual(values[0], drawn[path, step + 1, 0], 1e-5, $"path {path}, step {step + 1}");
                Assert.AreEqual(values[1], drawn[path, step + 1, 1], 1e-5, $"path {path}, step {step + 1}");
                history.AddRange([.. values, .. Enumerable.Repeat(double.NaN, rain ? 1 : 0), .. known.AsSpan(step * ahead, ahead)]);
            }
        }
    }

    // Only the first step of a path is forecast from rows of the data alone, whatever the horizon.
    [TestMethod]
    public void Inputs_that_are_not_known_after_the_first_step_are_refused()
    {
        SequenceModel model = UntrainedModel.Make(
            new Linear { Size = 3 }, Task with { Inputs = [new ChannelColumn("rain", ["rain"])] }, ChannelScaling.None(3));
        double[] history = new double[3 * Context];
        foreach (int? steps in new int?[] { null, 2, Horizon + 1 })
        {
            StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => model.ForecastPaths(history, new SamplePaths(), steps)).Message,
                "Beyond the first step of a path the model needs values of 'rain'");
        }

        Assert.IsTrue(model.ForecastPaths(history, new SamplePaths(), steps: 1).At(1).All(double.IsFinite));
        Assert.IsTrue(model.Forecast(history, Horizon).All(double.IsFinite));
    }

    [TestMethod]
    [DataRow(MissingValues.Forward, 1, 1, 0)]
    [DataRow(MissingValues.Mask, 1, 1, 0)]
    [DataRow(MissingValues.Interpolate, 1, 0.5, 0)]
    [DataRow(MissingValues.Zero, 1, 0, 0)]
    public void A_gap_in_the_plan_is_filled_within_its_block_as_a_forecast_of_the_horizon_fills_it(MissingValues missing, double a, double b, double c)
    {
        SequenceModel model = UntrainedModel.Make(
            new Gru { HiddenSize = 4 }, Task with { KnownInputs = [Promo], MissingValues = missing }, ChannelScaling.None(3));
        double[] history = [.. Enumerable.Range(0, 3 * Context).Select(i => Math.Sin(i))];
        double[] gap = [1, double.NaN, 0, 2, double.NaN, double.NaN, 1, double.NaN], last = missing == MissingValues.Zero ? [2, 0, 0, 1, 0] : [2, 2, 2, 1, 1];
        ForecastPaths Drawn(double[] plan) => model.ForecastPaths(history, new SamplePaths(5), plan.Length, plan);

        ForecastPaths drawn = Drawn(gap), whole = Drawn([a, b, c, .. last]), other = Drawn([a, b + 3, c, .. last]);

        for (int step = 1; step <= gap.Length; step++)
        {
            Assert.IsTrue(drawn.At(step).All(double.IsFinite));
            for (int target = 0; target < 2; target++)
                CollectionAssert.AreEqual(whole.At(step, target).ToArray(), drawn.At(step, target).ToArray());
        }

        CollectionAssert.AreNotEqual(other.At(3).ToArray(), drawn.At(3).ToArray());
        double[] forecast = model.Forecast(history, Horizon, gap.AsSpan(..Horizon));
        CollectionAssert.AreEqual(model.Forecast(history, Horizon, [a, b, c]), forecast);
    }

    [TestMethod]
    [DataRow(1)]
    [DataRow(6)]
    public void A_wrong_key_is_named_wherever_it_is_in_the_plan(int at)
    {
        SequenceModel model = UntrainedModel.Make(new Linear { Size = 3 },
            Task with { KnownInputs = [new ChannelColumn("shop", ["shop"]) { Keys = ["a", "b"] }] }, ChannelScaling.None(3));
        double[] history = new double[3 * Context], plan = new double[Steps];
        Assert.AreEqual(Steps, model.ForecastPaths(history, new SamplePaths(2), Steps, plan).Steps);
        plan[at] = 7;
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.ForecastPaths(history, new SamplePaths(2), Steps, plan)).Message,
            "The key of 'shop' is 7");
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.Forecast(history, Steps, plan)).Message, "The key of 'shop' is 7");
    }

    // The sum of two independent series with variance v has variance 2 v; with the same draws it would be 4 v.
    [TestMethod]
    public void Series_are_drawn_independently_of_each_other()
    {
        const int paths = 2000;
        KeyValuePair<string, ChannelScaling>[] scalings = [.. new[] { "a", "b" }.Select(key => KeyValuePair.Create(key, ChannelScaling.None(2)))];
        SequenceModel model = UntrainedModel.Make(new Linear { Size = 3 }, Task, ChannelScaling.None(2), scalings);
        double[] history = new double[2 * Context];
        double[] Drawn(string? series)
        {
            ForecastPaths drawn = model.ForecastPaths(history, new SamplePaths(paths, Seed), series: series);
            return [.. Enumerable.Range(0, paths).Select(path => drawn[path, 2])];
        }

        double[] a = Drawn("a"), b = Drawn("b");

        CollectionAssert.AreEqual(a, Drawn("a"));
        double meanA = a.Average(), meanB = b.Average();
        double Deviation(double[] values, double mean) => Math.Sqrt(values.Average(value => (value - mean) * (value - mean)));
        double correlation = a.Zip(b, (x, y) => (x - meanA) * (y - meanB)).Average() / Deviation(a, meanA) / Deviation(b, meanB);
        // Four standard errors of none.
        Assert.AreEqual(0, correlation, 4 / Math.Sqrt(paths));
    }
}
