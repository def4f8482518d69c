using MLNet.Sequence.Tests.Onnx;

namespace MLNet.Sequence.Tests.Sessions;

/// <summary>What a session's forecasts go on from: the last step that was taken, its time, and a forecast that there is.</summary>
[TestClass]
public sealed class SessionForecastTests
{
    private const int Context = 5, Horizon = 3, Steps = 7;

    private static Forecasting Task => new()
    {
        Targets = [new ChannelColumn("y", ["y"])],
        Context = Context,
        Horizon = Horizon,
        Normalization = WindowNormalization.None,
    };

    [TestMethod]
    public void A_step_that_is_refused_leaves_the_forecast_of_the_step_before()
    {
        Forecasting task = Task with
        {
            KnownInputs = [new ChannelColumn("price", ["price"]), new ChannelColumn("kind", ["kind"]) { Keys = ["u", "v"] }],
            StaticInputs = [new ChannelColumn("shop", ["shop"]) { Keys = ["x", "y"] }],
        };
        SequenceModel model = UntrainedModel.Make(new Linear { Size = 3 }, task, ChannelScaling.None(4));
        SequenceSession session = model.CreateSession();
        double[] output = new double[Horizon], plan = [1, 0, 2, 1, 3, 0], other = [7, 1, 8, 1, 9, 1], beyond = [4, 0, 5, 1, 6, 1, 7, 0];
        double[] history = [];

        void MustRefuse(double kind, double shop) => StringAssert.Contains(
            Assert.ThrowsExactly<ArgumentException>(() => session.Step("", [1, 1, kind, shop], other, output)).Message, "is 99; expected its index");
        MustRefuse(kind: 99, shop: 0);
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => session.Forecast("", Horizon)).Message, "has had no step");

        for (int row = 0; row < 2 * Context; row++)
        {
            double[] step = [Math.Sin(row), row % 4, row % 2, 1];
            history = [.. history, .. step];
            session.Step("", step, plan, output);
        }

        double[] expected = model.Forecast(history, Steps, [.. plan, .. beyond]);
        CollectionAssert.AreEqual(expected, session.Forecast("", Steps, beyond));
        MustRefuse(kind: 99, shop: 0);
        CollectionAssert.AreEqual(expected, session.Forecast("", Steps, beyond));
        MustRefuse(kind: 0, shop: 99);
        CollectionAssert.AreEqual(expected, session.Forecast("", Steps, beyond));
    }

    [TestMethod]
    public void After_a_step_without_a_time_the_calendar_does_not_go_on_from_an_earlier_one()
    {
        Forecasting task = Task with
        {
            Calendar = new CalendarInputs { Parts = CalendarParts.Weekday },
            Frequency = Frequency.Daily,
            TimeColumnName = "t",
        };
        SequenceModel model = UntrainedModel.Make(new Linear { Size = 3 }, task, ChannelScaling.None(task.DataChannels));
        SequenceSession session = model.CreateSession();
        var output = new double[Horizon];
        for (int day = 0; day < Context; day++)
            session.Step("", new DateTimeOffset(2024, 3, 1 + day, 0, 0, 0, TimeSpan.Zero), [day], [], output);
        Assert.IsTrue(session.Forecast("", Steps).All(double.IsFinite));

        session.Step("", [5.0, 0, 1], new double[session.FutureSize], output);
        CollectionAssert.AreEqual(output, session.Forecast("", Horizon));
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => session.Forecast("", Steps)).Message,
            "The time of the last step of '' is not known, from which the calendar goes on");

        session.Step("", [6f, 0, 1], new float[session.FutureSize], new float[Horizon]);
        Assert.ThrowsExactly<InvalidOperationException>(() => session.Forecast("", Steps));
    }

    [TestMethod]
    [DataRow(MissingValues.Error)]
    [DataRow(MissingValues.Forward)]
    [DataRow(MissingValues.Mask)]
    public void A_series_without_a_forecast_has_none_of_more_steps_either(MissingValues handling)
    {
        SequenceModel points = UntrainedModel.Make(new Gru { HiddenSize = 3 }, Task with { MissingValues = handling }, ChannelScaling.None(1));
        SequenceModel drawn = UntrainedModel.Make(new Gru { HiddenSize = 3 },
            Task with { MissingValues = handling, Distribution = ForecastDistributionKind.Gaussian }, ChannelScaling.None(1));
        foreach (SequenceModel model in new[] { points, drawn })
        {
            SequenceSession session = model.CreateSession();
            var output = new double[session.OutputSize];
            for (int row = 0; row < Context; row++)
            {
                session.Step([Math.Sin(row)], output);
                bool exists = row == Context - 1;
                Assert.AreEqual(exists ? 4 * Horizon : 0, session.Forecast("", 4 * Horizon).Count(double.IsFinite), $"{row}");
                if (model != drawn)
                    continue;
                ForecastPaths paths = session.ForecastPaths("", new SamplePaths(2), 4 * Horizon);
                for (int step = 1; step <= paths.Steps; step++)
                    Assert.AreEqual(exists, double.IsFinite(paths[0, step]), $"{row}, {step}");
            }
        }
    }
}
