using Microsoft.ML;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>Forecasters that are trained for streams: each step of their session takes constant time and equals batch scoring.</summary>
[TestClass]
public sealed class StreamingFormTests
{
    private const int Seen = 16;

    private static readonly ForecastingOptions Streamed =
        SeriesOptions with { Context = Seen, Streaming = true, Training = BriefTraining with { MaxSteps = 2 } };

    // The receptive field by the papers' formulas: of a TCN 1 + 2 (k − 1)(2^L − 1), of a WaveNet with k = 2 and one cycle 1 + 1 + (2^L − 1), of a
    // transformer 1 + layers (window − 1), of patches length + (field − 1) stride.
    private static readonly (Architecture Given, Architecture Expected, int? Field)[] Forms =
    [
        (new Tcn { Channels = 4 }, new Tcn { Channels = 4, Levels = 2 }, 13),
        (new Tcn { Channels = 4, KernelSize = 2, Levels = 1 }, new Tcn { Channels = 4, KernelSize = 2, Levels = 1 }, 3),
        (new WaveNet { Channels = 4, SkipChannels = 4, Cycles = 1 }, new WaveNet { Channels = 4, SkipChannels = 4, Cycles = 1, Levels = 3 }, 9),
        (new Transformer { Channels = 8, Heads = 2 }, new Transformer { Channels = 8, Heads = 2, Window = 8 }, 15),
        (new Patched(new Tcn { Channels = 4, KernelSize = 2 }, 4, 2), new Patched(new Tcn { Channels = 4, KernelSize = 2, Levels = 2 }, 4, 2), 16),
        // (5, 4): three patches end within 16 steps, and see 5 + 2 · 4 of them.
        (new Patched(new Linear { Size = 4 }, 5, 4), new Patched(new Linear { Size = 4, Window = 3 }, 5, 4), 13),
        (new Linear { Size = 4 }, new Linear { Size = 4, Window = Seen }, Seen),
        (new WindowMlp { HiddenSize = 4 }, new WindowMlp { HiddenSize = 4, Window = Seen }, Seen),
        (new Truncated(new Tcn { Channels = 4 }, 64), new Truncated(new Tcn { Channels = 4, Levels = 2 }, 64), 13),
        (new Lstm { HiddenSize = 4 }, new Lstm { HiddenSize = 4 }, null),
        (new Gru { HiddenSize = 4 }, new Gru { HiddenSize = 4 }, null),
        (new Ensemble { Members = [new Tcn { Channels = 4 }, new Linear()] },
            new Ensemble { Members = [new Tcn { Channels = 4, Levels = 2 }, new Linear { Window = Seen }] }, Seen),
    ];

    [TestMethod]
    public void A_session_steps_in_constant_time_and_gives_what_Transform_gives_also_after_loading()
    {
        var ml = new MLContext(seed: 1);
        List<Step> rows = Interleaved(Steps(60), Steps(50, 9, "b"));
        using var folder = new TemporaryFolder();
        foreach ((Architecture given, Architecture expected, int? field) in Forms)
        {
            using ForecastingTransformer fitted = Fit(rows, Streamed, given);
            SequenceModel model = fitted.Model;
            Assert.AreEqual(expected, model.Architecture, $"{given}");
            Assert.AreEqual(field, model.Architecture.Build(Seen).ReceptiveField, $"{given}");
            Assert.AreEqual((field is null, WindowNormalization.None), (model.Task.Series!.CarriesState, model.Task.Series.Normalization), $"{given}");
            float[][] scored = Column(fitted.Transform(View(ml, rows)));
            Assert.IsTrue(float.IsFinite(scored[^1][0]));
            AssertNear(scored, Stepped(model, rows), 1e-5);

            model.Save(folder.At("model.mlseq"));
            SequenceModel loaded = SequenceModel.Load(folder.At("model.mlseq"));
            Assert.AreEqual(expected, loaded.Architecture);
            CollectionAssert.AreEqual(Bits(Stepped(model, rows)), Bits(Stepped(loaded, rows)), $"{given}");
        }
    }

    [TestMethod]
    public void With_every_kind_of_input_and_output_a_session_steps_in_constant_time_and_gives_what_Transform_gives()
    {
        ForecastingOptions known = Streamed with { Inputs = [], KnownInputs = ["Price"] };
        ForecastingOptions[] cases =
        [
            known,
            known with { Output = ForecastOutput.Quantiles(0.1, 0.5, 0.9) },
            Streamed with { Inputs = [], StaticColumns = ["Price"] },
            Streamed with { Output = ForecastOutput.Gaussian },
            Streamed with { Intervals = new ForecastIntervals { ConfidenceLevel = 0.8 } },
            Streamed with { Inputs = [], Calendar = new CalendarInputs { Parts = CalendarParts.Hour } },
        ];
        foreach (ForecastingOptions options in cases)
        {
            List<Step> rows = Steps(80);
            if (options.StaticColumns.Count > 0)
                rows.ForEach(row => row.Price = 3);
            using ForecastingTransformer fitted = Fit(rows, options, new Tcn { Channels = 4 });
            SequenceSession session = fitted.Model.CreateSession();
            Assert.IsTrue(session.IsConstantTime, $"{options}");
            // Beyond the last rows no price is known.
            int count = rows.Count - (options.KnownInputs.Count > 0 ? Horizon : 0);
            float[][] scored = Column(fitted.Transform(View(new MLContext(), rows)))[..count];
            float[][] stepped = [.. Enumerable.Range(0, count).Select(i =>
            {
                var output = new double[session.OutputSize];
                double[] future = options.KnownInputs.Count > 0 ? [.. rows[(i + 1)..(i + 1 + Horizon)].Select(row => (double)row.Price)] : [];
                if (options.Calendar is not null)
                    session.Step("a", new DateTimeOffset(rows[i].Time, TimeSpan.Zero), [rows[i].Load], future, output);
                else
                    session.Step("a", [rows[i].Load, rows[i].Price], future, output);
                return Array.ConvertAll(output, value => (float)value);
            })];

            Assert.AreEqual(count - Seen + 1, scored.Count(forecast => float.IsFinite(forecast[0])), $"{options}");
            AssertNear(scored, stepped, 1e-5);
        }
    }

    [TestMethod]
    public void An_Info_line_tells_what_was_chosen()
    {
        var ml = new MLContext(seed: 1);
        var lines = new List<string>();
        ml.Log += (_, entry) => lines.AddRange(entry.Message.Contains("Streaming:", StringComparison.Ordinal) ? [entry.Message] : []);
        ml.Forecasting.Trainers.Sequence(new Tcn { Channels = 4 }, Streamed).Fit(View(ml, Steps(60))).Dispose();
        ml.Forecasting.Trainers.Sequence(new Lstm { HiddenSize = 4 }, Streamed).Fit(View(ml, Steps(60))).Dispose();

        Assert.HasCount(2, lines);
        StringAssert.Contains(lines[0], "windows are not normalised");
        StringAssert.Contains(lines[0], "Levels = 2");
        StringAssert.Contains(lines[0], "reads the last 13 of 16 steps");
        StringAssert.Contains(lines[1], "CarriesState");
    }

    [TestMethod]
    public void What_cannot_step_in_constant_time_is_refused_before_training()
    {
        (Architecture, ForecastingOptions, string)[] cases =
        [
            (new Bidirectional { Inner = new Lstm { HiddenSize = 4 } }, Streamed, "found Bidirectional, which also reads later steps"),
            (new LinearOnStatistics(), Streamed, "found LinearOnStatistics, which starts again in each window"),
            (new Tcn { Levels = 3 }, Streamed, "Streaming needs a receptive field of at most Context, 16; that of Tcn is 29: set Context to at least 29"),
            (new Ensemble(), Streamed, "found Ensemble with Lstm, which starts again in each window"),
            (new Patched(), Streamed with { Context = null }, "found Patched around Gru, which starts again in each window"),
            (new Tcn(), Streamed with { Normalization = WindowNormalization.LastValue }, "Normalization must be None with Streaming"),
            (new Tcn(), Streamed with { MissingValues = MissingValues.Forward }, "MissingValues must be Error or Zero with Streaming"),
            (new Tcn(), Streamed with { Differencing = Differencing.First }, "Differencing must be null with Streaming"),
            (new Lstm(), Streamed with { KnownInputs = ["Price"], Inputs = [] }, "KnownInputs, StaticColumns and Calendar must be empty with CarriesState "
                + "(set by Streaming, as the architecture is recurrent)"),
        ];
        foreach ((Architecture architecture, ForecastingOptions options, string message) in cases)
        {
            var refused = Assert.ThrowsExactly<ArgumentException>(() => new MLContext().Forecasting.Trainers.Sequence(architecture, options), message);
            StringAssert.Contains(refused.Message, message);
        }

        // Of each option one sentence, also where the state is carried.
        string twice = Assert.ThrowsExactly<ArgumentException>(() =>
            new MLContext().Forecasting.Trainers.Sequence(new Lstm(), Streamed with { MissingValues = MissingValues.Forward })).Message;
        Assert.AreEqual(1, twice.Split("MissingValues must be").Length - 1, twice);

        // A size that is left open fits into any context.
        foreach (int length in new[] { 5, 16, 17 })
            _ = new MLContext().Forecasting.Trainers.Sequence(new Patched(new Linear(), length, length / 2), Streamed with { Context = null });

        // The context that is chosen of so few rows is known in Fit alone.
        StringAssert.Contains(Assert.ThrowsExactly<InvalidOperationException>(() => Fit(Steps(60), Streamed with { Context = null }, new Tcn { Levels = 6 }))
            .Message, "that of Tcn is 253");
    }

    private static float[][] Stepped(SequenceModel model, List<Step> rows)
    {
        SequenceSession session = model.CreateSession();
        Assert.IsTrue(session.IsConstantTime, $"{model.Architecture}");
        return [.. rows.Select(row =>
        {
            var output = new float[session.OutputSize];
            session.Step(row.Series, [row.Load, row.Price], output);
            return output;
        })];
    }
}
