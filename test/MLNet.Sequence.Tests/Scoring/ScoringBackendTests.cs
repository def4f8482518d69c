using Microsoft.ML;
using static MLNet.Sequence.Tests.Forecasts.TinyForecasting;

namespace MLNet.Sequence.Tests.Scoring;

[TestClass]
public sealed class ScoringBackendTests
{
    private readonly MLContext _ml = new(seed: 5);

    [TestMethod]
    public void Large_passes_of_recurrent_networks_run_in_plain_CSharp()
    {
        // One block: rows with forecasts × steps × weights is above 100 million.
        const int rows = 256, context = 64;
        IDataView data = View(_ml, Steps(rows));
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(
            new Lstm { HiddenSize = 48 }, Options with { Context = context, Training = BriefTraining with { MaxSteps = 1 } }).Fit(data);
        Assert.IsGreaterThan(100_000_000, (rows - context + 1L) * context * model.Model.ParameterCount);
        int[] Scored(ScoringBackend backend)
        {
            model.Backend = backend;
            return Bits(Column(model.Transform(data)));
        }

        int[] auto = Scored(ScoringBackend.Auto);
        CollectionAssert.AreEqual(Scored(ScoringBackend.Managed), auto);
        CollectionAssert.AreNotEqual(Scored(ScoringBackend.Torch), auto);
    }
}
