using System.Text.Json.Nodes;
using Microsoft.ML;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Data;
using MLNet.Sequence.Estimators;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Model;
using MLNet.Sequence.Stability;
using MLNet.Sequence.Tests.Estimators;
using MLNet.Sequence.Tests.Model;

namespace MLNet.Sequence.Tests.Stability;

/// <summary>The range of the inputs in training: kept with the model, and watched where a certificate assumes it.</summary>
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
        float[] values = [.. TinyForecasting.Steps(80).Select(step => (step.Load - scaling.Mean[0]) / scaling.Deviation[0])];
        CollectionAssert.AreEqual(new[] { values.Min() }, model.InputRange!.Low);
        CollectionAssert.AreEqual(new[] { values.Max() }, model.InputRange.High);
        SequenceModel loaded = SequenceModel.Load(new MemoryStream(SequenceModelFileTests.Saved(model)));
        CollectionAssert.AreEqual(model.InputRange.Low, loaded.InputRange!.Low);
        CollectionAssert.AreEqual(model.InputRange.High, loaded.InputRange.High);
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
    public void Leaving_it_is_told_once_where_the_certificate_assumes_it()
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
    public void Leaving_it_is_not_told_where_nothing_depends_on_it()
    {
        foreach (Architecture architecture in new Architecture[] { new StableLstm { HiddenSize = 3 }, new Lstm { HiddenSize = 30 }, new WindowMlp { HiddenSize = 3 } })
        {
            using ForecastingTransformer transformer = Transformer(architecture);
            TinyForecasting.Column(transformer.Transform(TinyForecasting.View(_ml, TinyForecasting.Steps(30, seed: 2))));
            Assert.IsEmpty(_warnings, $"{architecture}");
        }
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
