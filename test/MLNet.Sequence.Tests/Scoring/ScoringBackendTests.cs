using Microsoft.ML;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Scoring;
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

    [TestMethod]
    public void Large_passes_of_sequences_that_cannot_advance_together_run_in_libtorch()
    {
        // Steps × weights is above 100 million.
        const int rows = 512, context = 64, features = 1;
        var random = new RandomStream(2);
        float[] input = [.. Enumerable.Range(0, rows * context * features).Select(_ => (float)random.NextNormal())];
        using ForecastingTransformer model = _ml.Forecasting.Trainers.Sequence(
            new Lstm { HiddenSize = 32 }, Options with { Context = context, Training = BriefTraining with { MaxSteps = 1 } }).Fit(View(_ml, Steps(90)));
        using ForecastingTransformer joined = _ml.Forecasting.Trainers.Sequence(new Lstm { HiddenSize = 32 },
            Options with { Context = context, KnownInputs = ["Price"], Training = BriefTraining with { MaxSteps = 1 } }).Fit(View(_ml, Steps(90)));
        long[] lengths = [.. Enumerable.Repeat((long)context, rows)];
        Assert.IsGreaterThan(100_000_000, (long)rows * context * model.Model.ParameterCount);

        AssertBackend(ScoringBackend.Managed, model.Model, scorer => scorer.Score(input, rows));
        AssertBackend(ScoringBackend.Torch, model.Model, scorer => scorer.Score(input, rows, lengths));
        // Known inputs are a part of the plan of their own.
        float[] wide = [.. input, .. input], ahead = new float[rows * joined.Model.Network.BesideSize];
        AssertBackend(ScoringBackend.Torch, joined.Model, scorer => scorer.Score(wide, rows, beside: ahead));
    }

    // Auto gives the bits of one backend, and not those of the other.
    private void AssertBackend(ScoringBackend expected, SequenceModel model, Func<NetworkScorer, float[]> score)
    {
        int[] Scored(ScoringBackend backend)
        {
            using var scorer = new NetworkScorer(new SequenceHost(_ml, "Test"), model) { Backend = backend };
            return Bits([score(scorer)]);
        }

        int[] auto = Scored(ScoringBackend.Auto);
        foreach (ScoringBackend backend in (ScoringBackend[])[ScoringBackend.Managed, ScoringBackend.Torch])
            Assert.AreEqual(backend == expected, auto.SequenceEqual(Scored(backend)), $"{backend}");
    }
}
