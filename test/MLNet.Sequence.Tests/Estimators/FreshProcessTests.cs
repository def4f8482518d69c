using Microsoft.ML;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Tests.Torch;
using static MLNet.Sequence.Tests.Estimators.TinyForecasting;

namespace MLNet.Sequence.Tests.Estimators;

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

    private void AssertSameElsewhere(ITransformer model, IDataView data, string path)
    {
        _ml.Model.Save(model, data.Schema, path);

        (int exitCode, string output) = FreshProcess.Run(path);

        Assert.AreEqual(0, exitCode, output);
        StringAssert.Contains(output, "library before: False");
        StringAssert.Contains(output, "libtorch before a cursor: False");
        StringAssert.Contains(output, "libtorch after it: True");
        StringAssert.Contains(output, "bits: " + FreshProcess.Print(Bits(Column(model.Transform(data)))) + Environment.NewLine);
    }
}
