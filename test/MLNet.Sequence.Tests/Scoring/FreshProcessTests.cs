using Microsoft.ML;
using MLNet.Sequence.Tests.Rows;
using MLNet.Sequence.Tests.Torch;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Scoring;

[TestClass]
public sealed class FreshProcessTests
{
    private readonly MLContext _ml = new(seed: 5);

    [TestMethod]
    public void A_process_that_only_loads_the_model_forecasts_the_same_bits()
    {
        using var folder = new TemporaryFolder();
        IDataView data = View(_ml, Steps(60));
        foreach (Architecture architecture in new[] { TinyLstm, TinyTcn })
        {
            ITransformer model = _ml.Forecasting.Trainers.Sequence(architecture, Options).Fit(data);
            AssertSameElsewhere(model, data, folder.At("model.zip"));
        }
    }

    [TestMethod]
    public void So_does_one_that_loads_a_chain()
    {
        using var folder = new TemporaryFolder();
        IDataView data = View(_ml, Steps(60));
        ITransformer chain = _ml.Transforms.CopyColumns("Copy", "Load")
            .Append(_ml.Forecasting.Trainers.Sequence(TinyLstm, Options with { Targets = ["Copy"] }))
            .Append(_ml.Transforms.SelectColumns("Forecast"))
            .Fit(data);

        AssertSameElsewhere(chain, data, folder.At("chain.zip"));
    }

    [TestMethod]
    public void Without_any_libtorch_models_are_loaded_and_scored_through_views_and_engines()
    {
        using var folder = new TemporaryFolder();
        using var program = new LoadingProgram();
        program.AddLibraries();
        IDataView data = View(_ml, Steps(60)), rows = LabelledSequence.View(_ml, LabelledSequence.Make(60));
        ForecastingTransformer forecaster = _ml.Forecasting.Trainers.Sequence(TinyTcn, Options).Fit(data);
        ITransformer classifier = _ml.Transforms.Conversion.MapValueToKey("Label")
            .Append(_ml.MulticlassClassification.Trainers.Sequence(TinyLstm, new SequenceOptions { Training = BriefTraining })).Fit(rows);
        // Too large for Auto to use plain C#.
        ForecastingTransformer large = _ml.Forecasting.Trainers.Sequence(
            new Lstm { HiddenSize = 256 }, Options with { Training = BriefTraining with { MaxSteps = 1 } }).Fit(data);
        large.Backend = ScoringBackend.Managed;

        AssertSame(Save(forecaster, data, "forecaster.zip"), Bits(Column(forecaster.Transform(data))));
        AssertSame(Save(classifier, rows, "classes.zip"), FreshProcess.ClassBits(_ml, classifier));
        AssertSame(Save(large, data, "large.zip"), Bits(Column(large.Transform(data))));

        string Save(ITransformer model, IDataView input, string name)
        {
            _ml.Model.Save(model, input.Schema, folder.At(name));
            return folder.At(name);
        }

        void AssertSame(string model, int[] bits)
        {
            (int exitCode, string output) = program.Run("", ("FORECAST_MODEL", model));
            Assert.AreEqual(0, exitCode, output);
            StringAssert.Contains(output, "libtorch after it: False");
            StringAssert.Contains(output, "bits: " + FreshProcess.Print(bits) + Environment.NewLine);
        }
    }

    private void AssertSameElsewhere(ITransformer model, IDataView data, string path)
    {
        _ml.Model.Save(model, data.Schema, path);

        (int exitCode, string output) = FreshProcess.Run(path);

        Assert.AreEqual(0, exitCode, output);
        StringAssert.Contains(output, "library before: False");
        StringAssert.Contains(output, "libtorch before a cursor: False");
        // A model this small is scored in plain C#.
        StringAssert.Contains(output, "libtorch after it: False");
        StringAssert.Contains(output, "bits: " + FreshProcess.Print(Bits(Column(model.Transform(data)))) + Environment.NewLine);
    }
}
