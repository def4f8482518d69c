using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Columns;
using MLNet.Sequence.Tests.Torch;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Conformal intervals: what they hold on the rows that calibrated them, and the same bounds in every way to forecast.</summary>
[TestClass]
public sealed class IntervalTests
{
    private const double Level = 0.8;

    private static readonly ForecastIntervals Eighty = new() { ConfidenceLevel = Level };

    private static readonly ForecastingOptions Bounded = Options with { Intervals = Eighty };

    /// <summary>Kinds of forecasters, whose validation windows are the last ones of their series.</summary>
    private static IEnumerable<(string Name, ForecastingOptions Options)> Kinds =>
    [
        ("no normalisation", Bounded with { Normalization = WindowNormalization.None }),
        ("mean and deviation", Bounded),
        ("last value, two targets", Bounded with { Normalization = WindowNormalization.LastValue, Targets = ["Load", "Price"] }),
        ("known inputs", Bounded with { KnownInputs = ["Price"] }),
        ("series", Bounded with { SeriesColumnName = "Series", TimeColumnName = "Time" }),
        ("state", Bounded with { CarriesState = true, Normalization = WindowNormalization.None }),
        ("quantiles", Bounded with { Output = ForecastOutput.Quantiles(0.1, 0.5, 0.9) }),
        ("missing", Bounded with { MissingValues = MissingValues.Mask }),
    ];

    [TestMethod]
    public void The_bounds_of_each_step_hold_the_stated_part_of_the_validation_values()
    {
        foreach ((string name, ForecastingOptions options) in Kinds)
        {
            List<Step> rows = Interleaved(Steps(200), options.SeriesColumnName is null ? [] : Steps(200, 2, "b"));
            using ForecastingTransformer model = Fit(rows, options);
            var ml = new MLContext();
            IDataView scored = model.Transform(View(ml, rows));
            float[][] lower = Column(scored, "LowerBound"), upper = Column(scored, "UpperBound"), actual = Column(scored, "Actual");
            // Origins whose whole horizon is in the last tenth of their series.
            int series = options.SeriesColumnName is null ? 1 : 2, windows = 200 / 10 - Horizon + 1, expected = windows * series;
            int[] origins = [.. Enumerable.Range(0, series).SelectMany(key => rows.Index().Where(row => row.Item.Series == (key == 0 ? "a" : "b"))
                .Skip(200 - Horizon - windows).Take(windows).Select(row => row.Index))];
            Assert.HasCount(expected, origins, name);
            for (int i = 0; i < lower[0].Length; i++)
            {
                int inside = origins.Count(row => Within(actual[row][i], (lower[row][i], upper[row][i])));
                // ⌈(n + 1) level⌉ of n errors are not above the width.
                Assert.AreEqual((int)Math.Ceiling((expected + 1) * Level), inside, $"{name}, {i}");
            }
        }
    }

    [TestMethod]
    public void Too_few_known_values_of_a_step_are_refused_before_training()
    {
        List<Step> rows = Steps(200);
        // Of the 20 rows that validate, one in ten is known.
        foreach (Step row in rows.Skip(180).Where((_, i) => i % 10 != 0))
            row.Load = float.NaN;
        int epochs = 0;
        ForecastingOptions options = Bounded with
        {
            MissingValues = MissingValues.Mask,
            Training = BriefTraining with { Progress = new Counted(() => epochs++) },
        };
        string refused = Assert.ThrowsExactly<InvalidOperationException>(() => Fit(rows, options)).Message;
        StringAssert.Contains(refused, "need at least 4 validation windows with actual");
        Assert.AreEqual(0, epochs);
    }

    [TestMethod]
    [DataRow(MissingValues.Error)]
    [DataRow(MissingValues.Forward)]
    public void Bounds_that_adapt_are_the_same_with_the_plan_in_the_history_and_apart(MissingValues handling)
    {
        List<Step> rows = Steps(200), future = [.. rows.TakeLast(Horizon)];
        using ForecastingTransformer model = Fit(rows[..^Horizon], Bounded with
        {
            KnownInputs = ["Price"],
            Intervals = Eighty with { AdaptationRate = 0.1 },
            MissingValues = handling,
        });
        var ml = new MLContext();
        ForecastTable apart = model.Forecast(View(ml, rows[..^Horizon]), View(ml, future));
        // The bounds of the last origin in the rows, whose plan follows it.
        IDataView scored = model.Transform(View(ml, rows));
        float[] lower = Column(scored, "LowerBound")[^(Horizon + 1)], upper = Column(scored, "UpperBound")[^(Horizon + 1)];
        AssertNear([lower, upper],
            [[.. apart.Select(row => (float)row.Lower!.Value)], [.. apart.Select(row => (float)row.Upper!.Value)]], 1e-4);
    }

    private sealed class Counted(Action count) : IProgress<TrainingProgress>
    {
        public void Report(TrainingProgress value) => count();
    }

    [TestMethod]
    public void Forecasts_stay_as_they_are_without_intervals_and_lie_between_their_bounds()
    {
        foreach ((string name, ForecastingOptions options) in Kinds.Where(kind => kind.Name is not "quantiles"))
        {
            List<Step> rows = Steps(200);
            using ForecastingTransformer bounded = Fit(rows, options), plain = Fit(rows, options with { Intervals = null });
            IDataView scored = bounded.Transform(View(new MLContext(), rows));
            float[][] lower = Column(scored, "LowerBound"), upper = Column(scored, "UpperBound"), forecast = Column(scored);
            AssertNear(Column(plain.Transform(View(new MLContext(), rows))), forecast, 1e-5);
            for (int row = Context; row < 150; row++)
            {
                Assert.IsTrue(lower[row].Zip(forecast[row], upper[row]).All(one => one.First < one.Second && one.Second < one.Third), $"{name}, row {row}");
                // The forecast is in the middle.
                AssertNear([forecast[row]], [[.. lower[row].Zip(upper[row], (low, high) => (low + high) / 2)]], 1e-4);
            }
        }
    }

    [TestMethod]
    public void Without_a_scale_of_the_window_a_step_has_one_width_the_largest_that_its_rank_allows()
    {
        List<Step> rows = Steps(200);
        using ForecastingTransformer model = Fit(rows, Bounded with { Normalization = WindowNormalization.None });
        IDataView scored = model.Transform(View(new MLContext(), rows));
        float[][] forecast = Column(scored), upper = Column(scored, "UpperBound"), actual = Column(scored, "Actual");
        int windows = 200 / 10 - Horizon + 1;
        for (int step = 0; step < Horizon; step++)
        {
            double[] errors = [.. Enumerable.Range(200 - Horizon - windows, windows)
                .Select(row => Math.Abs((double)actual[row][step] - forecast[row][step])).Order()];
            double expected = errors[(int)Math.Ceiling((windows + 1) * Level) - 1];
            for (int row = Context; row < 150; row++)
                Assert.AreEqual(expected, upper[row][step] - forecast[row][step], 1e-3, $"step {step}");
        }
    }

    [TestMethod]
    public void All_ways_give_the_same_bounds_before_and_after_saving()
    {
        foreach (ForecastIntervals intervals in (ForecastIntervals[])[Eighty, Eighty with { AdaptationRate = 0.1 }])
        {
            List<Step> rows = Steps(160);
            using ForecastingTransformer fitted = Fit(rows, Bounded with { Intervals = intervals, TimeColumnName = "Time" });
            using var folder = new TemporaryFolder();
            fitted.Model.Save(folder.At("model"));
            var model = SequenceModel.Load(folder.At("model"));
            Assert.AreEqual(fitted.Model.Task, model.Task);
            IDataView scored = fitted.Transform(View(new MLContext(), rows));
            float[][] lower = Column(scored, "LowerBound"), upper = Column(scored, "UpperBound");

            SequenceSession session = model.CreateSession();
            double[] forecast = new double[session.OutputSize], low = new double[Horizon], high = new double[Horizon];
            for (int row = 0; row < rows.Count; row++)
            {
                // Saved in the middle, with what adaptive bounds have learned.
                if (row == 100)
                {
                    session.Save(folder.At("states"));
                    session = model.CreateSession();
                    session.Restore(folder.At("states"));
                }

                session.Step("", [rows[row].Load], forecast);
                session.Bounds("", low, high);
                AssertNear([lower[row], upper[row]], [Singles(low), Singles(high)], 1e-4);
            }

            ForecastTable table = fitted.Forecast(View(new MLContext(), rows));
            AssertNear([lower[^1], upper[^1]], [Singles(table.Select(row => row.Lower!.Value)), Singles(table.Select(row => row.Upper!.Value))], 1e-4);
            Assert.IsTrue(table.All(row => row.Quantiles.Count == 0 && row.Lower < row.Forecast && row.Forecast < row.Upper));

            using var engine = new MLContext().Forecasting.CreateEngine<Step, Answer>(fitted);
            Answer[] answers = [.. rows.Select(engine.Predict)];
            AssertNear(lower, [.. answers.Select(answer => answer.LowerBound)], 1e-4);
            AssertNear(upper, [.. answers.Select(answer => answer.UpperBound)], 1e-4);

            ForecastBounds alone = model.ForecastWithBounds([.. rows.TakeLast(Context).Select(row => (double)row.Load)]);
            if (intervals.AdaptationRate == 0)
                AssertNear([lower[^1], upper[^1]], [Singles(alone.Lower), Singles(alone.Upper)], 1e-4);
            Close.AssertEqual(model.Forecast([.. rows.TakeLast(Context).Select(row => (double)row.Load)]), alone.Forecast, 1e-9, "forecast");
        }
    }

    [TestMethod]
    public void An_evaluation_has_the_coverage_and_the_width_of_the_bounds()
    {
        List<Step> rows = Steps(200);
        using ForecastingTransformer model = Fit(rows, Bounded);
        IDataView scored = model.Transform(View(new MLContext(), rows));
        IntervalScores interval = new MLContext().Forecasting.EvaluateSequence(scored).Overall.Quantiles!.Intervals.Single();
        float[][] lower = Column(scored, "LowerBound"), upper = Column(scored, "UpperBound"), actual = Column(scored, "Actual");
        (float Lower, float Upper, float Actual)[] all = [.. from row in Enumerable.Range(Context - 1, 200 - Context - Horizon + 1)
            from step in Enumerable.Range(0, Horizon) select (lower[row][step], upper[row][step], actual[row][step])];

        Assert.AreEqual(Level, interval.Level, 1e-12);
        Assert.AreEqual(all.Average(one => one.Actual >= one.Lower && one.Actual <= one.Upper ? 1.0 : 0), interval.Coverage, 1e-9);
        Assert.AreEqual(all.Average(one => (double)one.Upper - one.Lower), interval.Width, 1e-4);
        Assert.AreEqual(all.Average(one => one.Upper - one.Lower
            + 2 / (1 - Level) * Math.Max(0, Math.Max(one.Lower - one.Actual, one.Actual - one.Upper))), interval.WinklerScore, 1e-3);
    }

    [TestMethod]
    public void After_a_change_of_the_noise_adaptive_bounds_hold_and_others_do_not()
    {
        // Noise that is five times as wide as in training, from row 300 on.
        var random = new Random(5);
        Step[] rows = [.. Enumerable.Range(0, 1500).Select(i => new Step { Load = (float)((random.NextDouble() - 0.5) * (i < 300 ? 1 : 5)) })];
        double Coverage(double rate)
        {
            using ForecastingTransformer model = Fit(rows.Take(300), Bounded with
            {
                Normalization = WindowNormalization.None,
                Horizon = 1,
                Intervals = Eighty with { AdaptationRate = rate },
            }, new Linear());
            IDataView scored = model.Transform(View(new MLContext(), rows));
            (float[][] lower, float[][] upper) = (Column(scored, "LowerBound"), Column(scored, "UpperBound"));
            return Enumerable.Range(400, 1099).Average(row => Within(rows[row + 1].Load, (lower[row][0], upper[row][0])) ? 1.0 : 0);
        }

        Assert.IsLessThan(0.4, Coverage(rate: 0));
        Assert.AreEqual(Level, Coverage(rate: 0.05), 0.03);
    }

    [TestMethod]
    public void A_model_with_intervals_is_a_warm_start_like_the_one_without()
    {
        List<Step> rows = Steps(120);
        using ForecastingTransformer bounded = Fit(rows, Bounded with { KnownInputs = ["Price"] });
        using ForecastingTransformer plain = Fit(rows, Options with { KnownInputs = ["Price"] });
        int[] After(SequenceModel model)
        {
            using ForecastingTransformer further = Fit(rows, Options with { KnownInputs = ["Price"], Training = BriefTraining with { WarmStart = model } });
            return Bits(further.Model);
        }

        CollectionAssert.AreEqual(After(plain.Model), After(bounded.Model));
    }

    [TestMethod]
    public void Intervals_that_cannot_be_calibrated_are_refused()
    {
        string Message(ForecastingOptions options) => Assert.ThrowsExactly<ArgumentException>(() => Fit(Steps(60), options)).Message;
        StringAssert.Contains(Message(Options with { Intervals = new() { ConfidenceLevel = 1 } }), "ConfidenceLevel must be above 0 and below 1; found 1.");
        StringAssert.Contains(Message(Options with { Intervals = new() { AdaptationRate = 1 } }), "AdaptationRate must be in [0, 1); found 1.");
        StringAssert.Contains(Message(Options with { Intervals = new() { LowerBoundColumnName = "Load" } }),
            "must not be that of another column; found 'Load'");
        StringAssert.Contains(Message(Options with { Intervals = Eighty, Training = BriefTraining with { ValidationFraction = 0 } }),
            "are calibrated on validation rows");
        StringAssert.Contains(Message(Options with { Intervals = Eighty, Output = ForecastOutput.Quantiles(0.05, 0.95) }),
            "The quantiles of the levels 0.1 and 0.9 must be among those of the Output");
        StringAssert.Contains(Message(Options with { Intervals = Eighty with { AdaptationRate = 0.1 }, Output = ForecastOutput.Quantiles(0.1, 0.9) }),
            "Quantiles do not adapt");
        // 60 rows have 4 validation windows.
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Fit(Steps(60), Options with { Intervals = new() })).Message,
            "Intervals of ConfidenceLevel 0.95 need at least 19 validation windows with actual values; found 4.");
        using ForecastingTransformer plain = Fit(Steps(60));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => plain.Model.ForecastWithBounds(new double[Context])).Message,
            "has no intervals");
    }

    [TestMethod]
    public void Columns_of_bounds_have_slot_names_and_are_in_the_promised_schema()
    {
        List<Step> rows = Steps(120);
        var ml = new MLContext(seed: 1);
        IDataView view = View(ml, rows);
        SequenceForecaster estimator = ml.Forecasting.Trainers.Sequence(TinyLstm, Bounded with { Intervals = Eighty with { LowerBoundColumnName = "Low" } });
        SchemaShape promised = estimator.GetOutputSchema(PromisedSchema.Of(view.Schema));
        using ForecastingTransformer model = estimator.Fit(view);
        DataViewSchema delivered = model.GetOutputSchema(view.Schema);
        CollectionAssert.AreEqual(new[] { "Forecast", "Low", "UpperBound", "Actual" },
            delivered.Skip(view.Schema.Count).Select(column => column.Name).ToArray());
        PromisedSchema.MustBeDelivered(promised, delivered);
        VBuffer<ReadOnlyMemory<char>> names = default;
        delivered["Low"].GetSlotNames(ref names);
        CollectionAssert.AreEqual(new[] { "Load+1 lower", "Load+2 lower", "Load+3 lower" }, names.DenseValues().Select(name => name.ToString()).ToArray());
    }

    // The value that decides a width is on its bound, up to rounding.
    private static bool Within(float value, (float Lower, float Upper) bounds)
    {
        float slack = 1e-4f * (bounds.Upper - bounds.Lower) + 1e-5f * Math.Abs(value);
        return value >= bounds.Lower - slack && value <= bounds.Upper + slack;
    }

    private static float[] Singles(IEnumerable<double> values) => [.. values.Select(value => (float)value)];

    private sealed class Answer
    {
        public float[] Forecast { get; set; } = [];

        public float[] LowerBound { get; set; } = [];

        public float[] UpperBound { get; set; } = [];
    }
}
