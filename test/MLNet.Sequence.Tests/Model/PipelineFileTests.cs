using System.IO.Compression;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Model;

/// <summary>Sequence models in files of ml.Model.Save, read without ML.NET.</summary>
[TestClass]
public sealed class PipelineFileTests
{
    private static readonly MLContext Ml = new(seed: 1);

    private static readonly IDataView Rows = TinyForecasting.View(Ml, TinyForecasting.Steps(40));

    [TestMethod]
    public void A_model_that_is_alone_in_the_file_is_read_as_from_its_own()
    {
        using var folder = new TemporaryFolder();
        using ForecastingTransformer single = Ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, TinyForecasting.Options).Fit(Rows);
        Ml.Model.Save(single, Rows.Schema, folder.At("single.zip"));
        var chain = new EstimatorChain<ITransformer>().Append(Ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, TinyForecasting.Options)).Fit(Rows);
        Ml.Model.Save(chain, Rows.Schema, folder.At("chain.zip"));
        float[] history = [.. TinyForecasting.Steps(8).Select(step => step.Load)];

        foreach (string name in new[] { "single.zip", "chain.zip" })
        {
            SequenceModel model = SequenceModel.Load(folder.At(name));
            CollectionAssert.AreEqual(TinyForecasting.Bits(single.Model), TinyForecasting.Bits(model));
            CollectionAssert.AreEqual(TinyForecasting.Bits(single.Model.Forecast(history)), TinyForecasting.Bits(model.Forecast(history)));
        }

        using FileStream stream = File.OpenRead(folder.At("chain.zip"));
        Assert.AreEqual(single.Model.Task, SequenceModel.Load(stream).Task);
    }

    [TestMethod]
    public void Other_transforms_are_named_and_left_out_only_if_asked()
    {
        using var folder = new TemporaryFolder();
        var inner = Ml.Transforms.NormalizeMinMax("Load").Append(Ml.Forecasting.Trainers.Sequence(TinyForecasting.TinyLstm, TinyForecasting.Options));
        using var chain = new EstimatorChain<ITransformer>().Append(inner).Append(Ml.Transforms.CopyColumns("Copy", "Forecast")).Fit(Rows);
        Ml.Model.Save(chain, Rows.Schema, folder.At("chain.zip"));

        string message = Assert.ThrowsExactly<FormatException>(() => SequenceModel.Load(folder.At("chain.zip"))).Message;
        StringAssert.Contains(message, "other transforms beside the sequence model: Normalizer, CopyTransform. They need ML.NET");
        StringAssert.Contains(message, folder.At("chain.zip"));
        var forecaster = ((IEnumerable<ITransformer>)((IEnumerable<ITransformer>)chain).First()).OfType<ForecastingTransformer>().Single();
        CollectionAssert.AreEqual(TinyForecasting.Bits(forecaster.Model), TinyForecasting.Bits(SequenceModel.Load(folder.At("chain.zip"), alone: true)));
    }

    [TestMethod]
    public void Two_models_and_damaged_ones_are_refused()
    {
        using var folder = new TemporaryFolder();
        var two = Ml.Forecasting.Trainers.Sequence(new Linear(), TinyForecasting.Options).Append(Ml.Forecasting.Trainers.Sequence(new Linear(),
            TinyForecasting.Options with { ForecastColumnName = "Other", ActualColumnName = "OtherActual" })).Fit(Rows);
        Ml.Model.Save(two, Rows.Schema, folder.At("two.zip"));
        StringAssert.Contains(Assert.ThrowsExactly<FormatException>(() => SequenceModel.Load(folder.At("two.zip"), alone: true)).Message,
            "2 sequence models among its 2 transforms; expected one");

        using ForecastingTransformer single = Ml.Forecasting.Trainers.Sequence(new Linear(), TinyForecasting.Options).Fit(Rows);
        Ml.Model.Save(single, Rows.Schema, folder.At("damaged.zip"));
        using (ZipArchive zip = ZipFile.Open(folder.At("damaged.zip"), ZipArchiveMode.Update))
        {
            zip.GetEntry("TransformerChain/Model")!.Delete();
            using Stream other = zip.CreateEntry("TransformerChain/Model").Open();
            other.Write(new byte[500]);
        }

        string message = Assert.ThrowsExactly<FormatException>(() => SequenceModel.Load(folder.At("damaged.zip"))).Message;
        StringAssert.Contains(message, folder.At("damaged.zip"));
        StringAssert.Contains(message, "is damaged");
    }
}
