using System.Text.Json.Nodes;
using Microsoft.ML;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.Model;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Certificates;

/// <summary>The range of the inputs in training: saved with the model, and checked if a certificate assumes it.</summary>
[TestClass]
public sealed class InputRangeTests
{
    private static readonly ForecastingOptions Options = TinyForecasting.Options with { Normalization = WindowNormalization.None };

    private readonly MLContext _ml = new(seed: 1);
    private readonly List<string> _warnings = [];

    [TestMethod]
    public void It_is_that_of_the_standardised_rows_and_comes_back_from_a_file()
    {
        using ForecastingTransformer fitted = TinyForecasting.Fit(TinyForecasting.Steps(80), Options);
        SequenceModel model = fitted.Model;
        ChannelScaling scaling = model.Scaling.Pooled;
        float[] values = [.. TinyForecasting.Steps(80).Select(step => (float)((step.Load - scaling.Mean[0]) / scaling.Deviation[0]))];
        CollectionAssert.AreEqual(new[] { values.Min() }, model.InputRange!.Low.Items);
        CollectionAssert.AreEqual(new[] { values.Max() }, model.InputRange.High.Items);
        SequenceModel loaded = SequenceModel.Load(new MemoryStream(SequenceModelFileTests.Saved(model)));
        CollectionAssert.AreEqual(model.InputRange.Low.Items, loaded.InputRange!.Low.Items);
        CollectionAssert.AreEqual(model.InputRange.High.Items, loaded.InputRange.High.Items);
    }

    [TestMethod]
    public void A_file_without_one_is_read_and_one_that_does_not_fit_is_refused()
    {
        using ForecastingTransformer fitted = TinyForecasting.Fit(TinyForecasting.Steps(80), Options, new MinGru { HiddenSize = 2 });
        var archive = new ModelArchive(SequenceModelFileTests.Saved(fitted.Model));
        archive.Json["inputRange"]!["low"] = new JsonArray(0.5);
        StringAssert.Contains(Refused(archive), "whose values do not include 0");
        archive.Json["inputRange"]!["low"] = new JsonArray(-1, -1);
        StringAssert.Contains(Refused(archive), "2 least and 1 largest values; the task has 1 channels");
        archive.Json.AsObject().Remove("inputRange");
        MemoryCertificate certificate = SequenceModel.Load(new MemoryStream(archive.ToFile())).Certificate;
        Assert.IsFalse(certificate.IsCertified);
        StringAssert.Contains(certificate.Why!, "does not say what range its training inputs had");
    }

    [TestMethod]
    public void Leaving_the_range_causes_one_warning_if_the_certificate_assumes_it()
    {
        using ForecastingTransformer transformer = Transformer(new MinGru { HiddenSize = 2 });
        Assert.IsTrue(transformer.Model.Certificate.AssumesInputRange, $"{transformer.Model.Certificate}");
        TinyForecasting.Column(transformer.Transform(TinyForecasting.View(_ml, TinyForecasting.Steps(80))));
        Assert.IsEmpty(_warnings);
        for (int i = 0; i < 2; i++)
            TinyForecasting.Column(transformer.Transform(TinyForecasting.View(_ml, TinyForecasting.Steps(30, seed: 2))));
        Assert.HasCount(1, _warnings);
        StringAssert.Contains(_warnings[0], "outside the range of the training rows");
    }

    [TestMethod]
    public void Leaving_the_range_causes_no_warning_if_nothing_depends_on_it()
    {
        foreach (Architecture architecture in new Architecture[] { new StableLstm { HiddenSize = 3 }, new Lstm { HiddenSize = 30 },
            new WindowMlp { HiddenSize = 3 } })
        {
            using ForecastingTransformer transformer = Transformer(architecture);
            TinyForecasting.Column(transformer.Transform(TinyForecasting.View(_ml, TinyForecasting.Steps(30, seed: 2))));
            Assert.IsEmpty(_warnings, $"{architecture}");
        }
    }

    [TestMethod]
    public void A_call_in_plain_CSharp_answers_for_the_steps_that_it_reads()
    {
        SequenceModel model = UntrainedModels.Make(new MinGru { HiddenSize = 2 }, UntrainedModels.Forecasting(WindowNormalization.None), range: 2);
        Assert.IsTrue(model.Certificate.AssumesInputRange, $"{model.Certificate}");
        // The deviation is 10, and the context has 20 steps of 2 values: 20 is the largest value inside the range.
        float[] history = [.. Enumerable.Repeat(20f, 50)];
        Assert.IsTrue(model.CertificateHolds(history));
        history[9] = 21;
        Assert.IsTrue(model.CertificateHolds(history), "before the context");
        foreach (float value in new[] { 21, -21, float.NaN })
        {
            history[10] = value;
            Assert.IsFalse(model.CertificateHolds(history), $"{value}");
        }

        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => model.CertificateHolds(history.AsSpan(11))).Message, "found 39 values");
        SequenceModel steps = UntrainedModels.Make(new MinGru { HiddenSize = 2 }, UntrainedModels.NextStep(), range: 2);
        Assert.IsTrue(steps.CertificateHolds([20, -20]));
        Assert.IsFalse(steps.CertificateHolds([20, -21, 0]));
    }

    [TestMethod]
    public void Where_nothing_is_proved_nothing_holds_and_where_nothing_is_assumed_all_does()
    {
        SequenceModel free = UntrainedModels.Make(new Tcn { Channels = 3 }, UntrainedModels.NextStep());
        SequenceModel open = UntrainedModels.Make(new Lstm { HiddenSize = 30 }, UntrainedModels.NextStep(), (_, count) => [.. Enumerable.Repeat(1f, count)]);
        Assert.IsTrue(free.CertificateHolds([1e6f]));
        Assert.IsFalse(open.CertificateHolds([0]));
        SequenceSession session = open.CreateSession();
        session.Step([1e6f], new float[1]);
        Assert.IsFalse(session.CertificateHolds());
        Assert.AreEqual(0, session.StepsOutsideRange);
    }

    [TestMethod]
    public void A_window_is_certified_again_when_the_step_outside_has_left_it_a_carried_state_is_not()
    {
        SequenceModel model = UntrainedModels.Make(new MinGru { HiddenSize = 2 }, UntrainedModels.Forecasting(WindowNormalization.None, context: 5), range: 2);
        SequenceSession windows = model.CreateSession(), carried = model.CreateSession(carriesState: true);
        var output = new float[windows.OutputSize];
        for (int step = 0; step < 20; step++)
        {
            // A missing value is replaced by the mean, which is inside.
            float[] values = [step is 7 or 9 ? 21 : step == 3 ? float.NaN : 20, step];
            windows.Step("a", values, output);
            carried.Step("a", values, output);
            Assert.AreEqual(step is < 7 or > 13, windows.CertificateHolds("a"), $"step {step}");
            Assert.AreEqual(step < 7, carried.CertificateHolds("a"), $"step {step}");
            Assert.AreEqual(step < 7 ? 0 : step < 9 ? 1 : 2, windows.StepsOutsideRange);
        }

        windows.Step("b", [-21, 0], output);
        Assert.AreEqual(3, windows.StepsOutsideRange);
        Assert.IsFalse(windows.CertificateHolds("b"));
        Assert.IsTrue(windows.CertificateHolds("a"));
        windows.Forget("a");
        Assert.AreEqual(1, windows.StepsOutsideRange);
        StringAssert.Contains(Assert.ThrowsExactly<ArgumentException>(() => windows.CertificateHolds("a")).Message, "knows no series 'a'");
    }

    [TestMethod]
    public void Steps_outside_are_remembered_by_a_file_of_states()
    {
        SequenceModel model = UntrainedModels.Make(new MinGru { HiddenSize = 2 }, UntrainedModels.NextStep(), range: 2);
        using var folder = new TemporaryFolder();
        SequenceSession one = model.CreateSession(), other = model.CreateSession();
        foreach ((string series, float value) in new[] { ("a", 21f), ("b", 20f), ("a", 30f) })
            one.Step(series, [value], new float[1]);
        one.Save(folder.At("states"));
        other.Restore(folder.At("states"));
        Assert.AreEqual(2, other.StepsOutsideRange);
        Assert.IsFalse(other.CertificateHolds("a"));
        Assert.IsTrue(other.CertificateHolds("b"));
    }

    private ForecastingTransformer Transformer(Architecture architecture)
    {
        SequenceModel model = TinyForecasting.Fit(TinyForecasting.Steps(80), Options, architecture).Model;
        _ml.Log += (_, message) =>
        {
            if (message.Kind == Microsoft.ML.Runtime.ChannelMessageKind.Warning)
                _warnings.Add(message.Message);
        };
        return (ForecastingTransformer)_ml.Sequence.CreateTransformer(model);
    }

    private static string Refused(ModelArchive archive) =>
        Assert.ThrowsExactly<FormatException>(() => SequenceModel.Load(new MemoryStream(archive.ToFile()))).Message;
}
