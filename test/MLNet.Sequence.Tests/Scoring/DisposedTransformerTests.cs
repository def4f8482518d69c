using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Tests.Forecasts;
using MLNet.Sequence.Tests.NextSteps;
using MLNet.Sequence.Tests.Onnx;

namespace MLNet.Sequence.Tests.Scoring;

/// <summary>After a transformer is disposed, an error names the transformer and no internal part.</summary>
[TestClass]
public sealed class DisposedTransformerTests
{
    private readonly MLContext _ml = new(seed: 1);

    [TestMethod]
    public void The_error_names_what_was_disposed()
    {
        SequenceInput input = UntrainedModel.Features(2);
        var rows = StepSequence.View(_ml, StepSequence.Waves(3));
        var classes = new SequenceClassification { Input = input, Pooling = PoolingKind.Max, LongestSequence = 9, Classes = 3 };
        var next = new NextStep { Input = input, Kind = StepKind.Real, LongestSequence = 9 };
        var forecasting = new Forecasting { Targets = [new ChannelColumn("Load", ["Load"])], Context = 4, Horizon = 2 };
        AssertNamed(classes, 2, rows, "Score", "SequencePredictionTransformer");
        AssertNamed(next, 2, rows, "Prediction", "NextStepTransformer");
        AssertNamed(forecasting, 1, TinyForecasting.View(_ml, TinyForecasting.Steps(9)), "Forecast", "ForecastingTransformer");
    }

    private void AssertNamed(SequenceTask task, int channels, IDataView rows, string column, string name)
    {
        SequenceTransformer transformer = _ml.Sequence.CreateTransformer(UntrainedModel.Make(new Gru { HiddenSize = 2 }, task, ChannelScaling.None(channels)));
        transformer.Backend = ScoringBackend.Torch;
        IDataView scored = transformer.Transform(rows);
        transformer.Dispose();
        var error = Assert.ThrowsExactly<ObjectDisposedException>(() => scored.GetColumn<float[]>(column).ToArray());
        Assert.AreEqual(name, error.ObjectName);
        StringAssert.Contains(error.Message, "OwnsTransformer");
    }
}
