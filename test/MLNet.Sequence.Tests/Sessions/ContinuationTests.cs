using MLNet.Sequence.Tests.Onnx;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Sessions;

/// <summary>Forecasts beyond the horizon: against recursions in closed form, and against rows that are appended by hand.</summary>
[TestClass]
public sealed class ContinuationTests
{
    private const int Context = KnownRecursion.Context, Horizon = KnownRecursion.Horizon, Steps = 11;
    private const double Phi = KnownRecursion.Phi, Mean = KnownRecursion.Mean, Deviation = KnownRecursion.Deviation;

    private static Forecasting Task => KnownRecursion.Task;

    // x(t+1) = 0.6 x(t) + 0.3 x(t−1) + 1 in standard units, whose two steps ahead follow from it.
    [TestMethod]
    public void A_linear_model_goes_on_by_its_recursion()
    {
        const double a = 0.6, b = 0.3, c = 1;
        SequenceModel model = KnownRecursion.Linear(Task with { Context = 2, Horizon = 2 }, [[a, b], [a * a + b, a * b]], [c, a * c + c]);
        double[] expected = new double[40];
        (double before, double last) = (1.5, -2);
        for (int step = 0; step < expected.Length; step++)
        {
            (before, last) = (last, a * last + b * before + c);
            expected[step] = Mean + Deviation * last;
        }

        double[] history = [Mean + 1.5 * Deviation, Mean - 2 * Deviation];
        AssertClose(expected, model.Forecast(history, 40), 1e-4);
        AssertClose(expected[..7], model.Forecast(history, 7), 1e-4);
        AssertClose(expected[..1], model.Forecast(history, 1), 1e-4);
        AssertClose(expected[..2], model.Forecast(history), 1e-4);
    }

    // x(t+1) = φ x(t) + σ ε: the distribution of x(t+h) is Gaussian with mean φ^h x and variance σ² (1 − φ^2h) / (1 − φ²), and neighbours have the
    // covariance φ times the variance of the earlier one.
    [TestMethod]
    [DataRow(1)]
    [DataRow(3)]
    public void Paths_of_an_autoregression_have_its_moments_and_quantiles(int horizon)
    {
        const int paths = 20_000, steps = 12;
        SequenceModel model = KnownRecursion.Autoregression(horizon);
        double[] history = [Mean + 3 * Deviation];
        ForecastPaths drawn = model.ForecastPaths(history, new SamplePaths(paths, Seed: 7), steps);
        Assert.AreEqual((paths, steps), (drawn.Count, drawn.Steps));
        for (int h = 1; h <= steps; h++)
        {
            double mean = Mean + Deviation * Math.Pow(Phi, h) * 3, variance = KnownRecursion.Variance(h), deviation = Deviation * Math.Sqrt(variance);
            double[] values = [.. drawn.At(h)];
            // Four standard errors.
            Assert.AreEqual(mean, drawn.Mean(h), 4 * deviation / Math.Sqrt(paths), $"{h}");
            Assert.AreEqual(1, values.Average(value => Math.Pow((value - mean) / deviation, 2)), 4 * Math.Sqrt(2.0 / paths), $"{h}");
            Assert.AreEqual(mean + 1.644854 * deviation, drawn.Quantile(0.95, h), 4 * deviation * Math.Sqrt(0.95 * 0.05 / paths) / 0.1031, $"{h}");
            Assert.AreEqual(mean - 1.959964 * deviation, drawn.Quantile(0.025, h), 4 * deviation * Math.Sqrt(0.975 * 0.025 / paths) / 0.0584, $"{h}");
            if (h == steps)
                continue;
            double next = Mean + Deviation * Math.Pow(Phi, h + 1) * 3, covariance = 0;
            for (int path = 0; path < paths; path++)
                covariance += (drawn[path, h] - mean) * (drawn[path, h + 1] - next) / paths;
            Assert.AreEqual(Phi * variance * Deviation * Deviation, covariance, 4 * deviation * deviation * Math.Sqrt(2.0 / paths), $"{h}");
        }

        double[] forecast = model.Forecast(history, steps);
        for (int h = 1; h <= horizon; h++)
            Assert.AreEqual(Mean + Deviation * Math.Pow(Phi, h) * 3, forecast[h - 1], 1e-4);
    }

    [TestMethod]
    public void The_seed_gives_the_paths_and_more_paths_begin_with_the_fewer_ones()
    {
        SequenceModel model = KnownRecursion.Autoregression(2);
        double[] history = [Mean];
        ForecastPaths few = model.ForecastPaths(history, new SamplePaths(3, Seed: 5)), many = model.ForecastPaths(history, new SamplePaths(40, Seed: 5), 9),
            other = model.ForecastPaths(history, new SamplePaths(3, Seed: 6));
        Assert.AreEqual((2, 9), (few.Steps, many.Steps));
        for (int path = 0; path < 3; path++)
        {
            Assert.AreEqual(few[path, 2], many[path, 2]);
            Assert.AreNotEqual(few[path, 2], other[path, 2]);
        }

        // The quantile at place level · (n + 1): between the first two of 39 values at 0.03.
        ForecastPaths some = model.ForecastPaths(history, new SamplePaths(39));
        IReadOnlyList<double> sorted = some.At(1);
        Assert.AreEqual(sorted[0], some.Quantile(0.025, 1), 1e-9);
        Assert.AreEqual(sorted[0] + 0.2 * (sorted[1] - sorted[0]), some.Quantile(0.03, 1), 1e-9);
        Assert.AreEqual(sorted[38], some.Quantile(0.975, 1), 1e-9);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => some.Quantile(0.02, 1)).Message, "beyond 39 paths: draw at least 49");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => some[39, 1]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => some[0, 0]);
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => some.Mean(3));
    }

    [TestMethod]
    [DataRow("linear", "stepped")]
    [DataRow("tcn", "normalized")]
    [DataRow("lstm", "plain")]
    [DataRow("lstm", "carried")]
    [DataRow("lstm", "quantiles")]
    [DataRow("lstm", "intervals")]
    [DataRow("lstm", "unseen")]
    [DataRow("gru", "Forward")]
    [DataRow("gru", "Interpolate")]
    [DataRow("gru", "Mask")]
    [DataRow("gru", "Zero")]
    [DataRow("gru", "known")]
    [DataRow("linear", "known")]
    [DataRow("gru", "padded")]
    public void A_continuation_is_the_model_asked_again_with_rows_appended(string architecture, string kind)
    {
        bool fills = Enum.TryParse(kind, out MissingValues missing);
        bool known = kind == "known";
        Forecasting task = Task with
        {
            Targets = [new ChannelColumn("y", ["y"]), new ChannelColumn("z", ["z"])],
            Inputs = fills ? [new ChannelColumn("x", ["x"])] : [],
            KnownInputs = known ? [new ChannelColumn("price", ["price"])] : [],
            StaticInputs = known ? [new ChannelColumn("size", ["size"])] : [],
            MissingValues = kind == "padded" ? MissingValues.Forward : missing,
            ShortSeries = kind == "padded" ? ShortSeries.Pad : ShortSeries.Error,
            CarriesState = kind == "carried",
            Levels = kind == "quantiles" ? [0.2, 0.5, 0.9] : null,
            Intervals = kind == "intervals" ? new ForecastIntervals() : null,
            Normalization = kind == "normalized" ? WindowNormalization.MeanAndDeviation : WindowNormalization.None,
        };
        int width = task.DataChannels, ahead = task.KnownSize;
        ChannelScaling scaling = new([.. Enumerable.Repeat(3.0, width)], [.. Enumerable.Repeat(2.0, width)]);
        Architecture layers = architecture switch
        {
            "linear" => new Linear { Size = 4 },
            "tcn" => new Tcn { Channels = 4, Levels = 3 },
            "gru" => new Gru { HiddenSize = 4 },
            _ => new Lstm { HiddenSize = 4 },
        };
        SequenceModel model = UntrainedModel.Make(layers, task, scaling, new KeyValuePair<string, ChannelScaling>("a", scaling));
        string series = kind == "unseen" ? "b" : "a";
        var random = new Random(3);
        List<double> history = [.. Enumerable.Range(0, kind == "padded" ? 3 * width : 12 * width).Select(_ => 3 + 4 * random.NextDouble())];
        double[] plan = [.. Enumerable.Range(0, Steps * ahead).Select(_ => 6 * random.NextDouble())];
        if (fills)
            history[^(width + 1)] = history[^width] = double.NaN;
        double own = history[^1];
        // The size is that of the series.
        for (int at = width - 1; known && at < history.Count; at += width)
            history[at] = own;
        double[] continued = model.Forecast([.. history], Steps, plan, series: series);
        MustContinue(model, (series, [.. history], plan), continued);
        List<double> byHand = [];
        while (byHand.Count < Steps * 2)
        {
            int step = byHand.Count / 2;
            // Beyond the steps that are asked for, any plan will do.
            double[] future = [.. Enumerable.Range(step * ahead, Horizon * ahead).Select(at => at < plan.Length ? plan[at] : 1)];
            double[] all = model.Forecast(history.ToArray().AsSpan(), future, series);
            double[] block = task.Levels is null ? all : [.. Enumerable.Range(0, Horizon).SelectMany(i => all[(i * 6 + 2)..(i * 6 + 4)])];
            byHand.AddRange(block);
            for (int i = 0; i < Horizon; i++)
            {
                history.AddRange(block[(2 * i)..(2 * i + 2)]);
                if (fills)
                    history.Add(double.NaN);
                if (known)
                    history.AddRange([future[i], own]);
            }
        }

        Assert.IsTrue(continued.All(double.IsFinite));
        AssertClose([.. byHand[..(2 * Steps)]], continued, 1e-6);
    }

    [TestMethod]
    public void The_calendar_goes_on_by_the_frequency()
    {
        CalendarInputs calendar = new() { Parts = CalendarParts.Weekday };
        Forecasting task = Task with { Calendar = calendar, Frequency = Frequency.Daily, TimeColumnName = "t" };
        SequenceModel model = UntrainedModel.Make(new Linear { Size = 3 }, task, ChannelScaling.None(task.DataChannels));
        var start = new DateTimeOffset(2024, 3, 1, 0, 0, 0, TimeSpan.Zero);
        double[] history = [1, 2, 3, 2, 1, 4];
        double[] continued = model.Forecast(history, Steps, start: start);
        SequenceSession session = model.CreateSession();
        for (int row = 0; row < history.Length; row++)
            session.Step("", start.AddDays(row), [history[row]], [], new double[Horizon]);
        CollectionAssert.AreEqual(continued, session.Forecast("", Steps));
        List<double> rows = [.. history];
        for (int step = 0; step < Steps; step += Horizon)
            rows.AddRange(model.Forecast(rows.ToArray(), start));
        AssertClose([.. rows.Skip(6).Take(Steps)], continued, 1e-6);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.Forecast(history, Steps)).Message, "give the time of the first row");
    }

    [TestMethod]
    public void A_session_draws_the_paths_of_the_history_and_says_what_it_needs()
    {
        SequenceModel model = KnownRecursion.Autoregression(2);
        SequenceSession session = model.CreateSession();
        var output = new double[session.OutputSize];
        StringAssert.Contains(Message<ArgumentException>(() => session.Forecast("", 3)), "knows no series ''");
        session.Step([45.0], output);
        var paths = new SamplePaths(5, Seed: 4);
        ForecastPaths expected = model.ForecastPaths([45.0], paths, 7), drawn = session.ForecastPaths("", paths, 7);
        for (int path = 0; path < 5; path++)
            Assert.AreEqual(expected[path, 7], drawn[path, 7]);
        CollectionAssert.AreEqual(model.Forecast([45.0], 7), session.Forecast("", 7));
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => session.Forecast("", 0));
        StringAssert.Contains(
            Message<ArgumentException>(() => session.Forecast("", 3, [1.0])), "of the 1 steps beyond the horizon (2), 0 values each; found 1");

        using var folder = new TemporaryFolder();
        session.Save(folder.At("states"));
        session.Restore(folder.At("states"));
        StringAssert.Contains(Message<InvalidOperationException>(() => session.Forecast("", 3)), "its next step comes before its next forecast");
        session.Step([41.0], output);
        Assert.HasCount(3, session.Forecast("", 3));
    }

    // A session that has read the history goes on as the model does, and its series stays as it is.
    private static void MustContinue(SequenceModel model, (string Series, double[] History, double[] Plan) of, double[] continued)
    {
        Forecasting task = model.Task.Series!;
        SequenceSession session = model.CreateSession();
        int width = task.DataChannels, within = Horizon * task.KnownSize;
        double[] output = new double[session.OutputSize], after = new double[session.OutputSize];
        for (int at = 0; at < of.History.Length; at += width)
            session.Step(of.Series, of.History.AsSpan(at, width), of.Plan.AsSpan(0, within), output);
        CollectionAssert.AreEqual(continued, session.Forecast(of.Series, Steps, of.Plan.AsSpan(within)));
        CollectionAssert.AreEqual(continued[..2], session.Forecast(of.Series, 1));
        // The next step is that of a session that has forecast nothing.
        SequenceSession other = model.CreateSession();
        for (int at = 0; at < of.History.Length; at += width)
            other.Step(of.Series, of.History.AsSpan(at, width), of.Plan.AsSpan(0, within), after);
        session.Step(of.Series, of.History.AsSpan(0, width), of.Plan.AsSpan(0, within), output);
        other.Step(of.Series, of.History.AsSpan(0, width), of.Plan.AsSpan(0, within), after);
        CollectionAssert.AreEqual(after, output);
    }

    [TestMethod]
    public void What_is_not_known_that_far_is_named()
    {
        Forecasting task = Task with { KnownInputs = [new ChannelColumn("promo", ["promo"])], Frequency = Frequency.Daily, TimeColumnName = "t" };
        SequenceModel model = UntrainedModel.Make(new Linear { Size = 3 }, task, ChannelScaling.None(2));
        double[] history = new double[2 * Context], plan = new double[Steps];
        Assert.HasCount(Steps, model.Forecast(history, Steps, plan));
        plan[7] = double.NaN;
        StringAssert.Contains(Message<ArgumentException>(() => model.Forecast(history, Steps, plan)), "The known input 'promo' has no value at step 8 ahead");
        StringAssert.Contains(Message<ArgumentException>(() => model.Forecast(history, Steps, plan.AsSpan(..6))), "Expected 11 steps ahead of 1 values each "
            + "(promo); found 6 values, which end before step 7");
        StringAssert.Contains(Message<ArgumentException>(() => model.Forecast([1, 2], Steps, new double[Steps])), "at least 5 steps of 2 values (y, promo)");
        Assert.ThrowsExactly<ArgumentOutOfRangeException>(() => model.Forecast(history, 0, []));

        // What is filled must have a value in each block of the horizon.
        SequenceModel filled = UntrainedModel.Make(new Linear { Size = 3 }, task with { MissingValues = MissingValues.Forward }, ChannelScaling.None(2));
        Assert.IsTrue(filled.Forecast(history, Steps, plan).All(double.IsFinite));
        plan[6] = plan[8] = double.NaN;
        StringAssert.Contains(Message<ArgumentException>(() => filled.Forecast(history, Steps, plan)), "'promo' has no value at step 7 ahead");

        SequenceModel reads = UntrainedModel.Make(new Linear { Size = 3 }, Task with { Inputs = [new ChannelColumn("rain", ["rain"])] },
            ChannelScaling.None(2));
        Assert.HasCount(Horizon, reads.Forecast(history, Horizon));
        StringAssert.Contains(Message<InvalidOperationException>(() => reads.Forecast(history, Horizon + 1)), "needs values of 'rain', which are not known");
        StringAssert.Contains(Message<ArgumentException>(() => reads.ForecastPaths(history, new SamplePaths())), "the forecaster gives none");
        StringAssert.Contains(Message<ArgumentException>(() => KnownRecursion.Autoregression(1).ForecastPaths([1], new SamplePaths(0))),
            "Count must be at least 1; found 0");
        // A missing value in the context: no forecast, at no step.
        SequenceModel plain = UntrainedModel.Make(new Linear { Size = 3 }, Task, ChannelScaling.None(1));
        Assert.IsTrue(plain.Forecast([1, 2, double.NaN, 4, 5], Steps).All(double.IsNaN));
    }

    private static string Message<T>(Action action)
        where T : Exception => Assert.ThrowsExactly<T>(action).Message;

    private static void AssertClose(double[] expected, double[] found, double tolerance)
    {
        Assert.HasCount(expected.Length, found);
        for (int i = 0; i < expected.Length; i++)
            Assert.AreEqual(expected[i], found[i], tolerance * Math.Max(1, Math.Abs(expected[i])), $"{i}");
    }
}
