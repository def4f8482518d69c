using System.Text.Json;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Samples.Output;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Onnx;

/// <summary>Models of any task with random weights.</summary>
internal static class UntrainedModel
{
    public static SequenceModel Make(Architecture architecture, SequenceTask task, ChannelScaling scaling,
        params KeyValuePair<string, ChannelScaling>[] bySeries)
    {
        NetworkPlan network = SequenceModel.BuildNetwork(architecture, task);
        Weights weights = NetworkProbe.RandomWeights(network, seed: 3);
        return new SequenceModel(architecture, task, weights, new SeriesScaling(scaling, bySeries), Report);
    }

    /// <summary>Forecasts of a and b from a, b and c.</summary>
    public static Forecasting Forecasting(WindowNormalization normalization, int context = 12, int horizon = 3) => new()
    {
        Targets = [new ChannelColumn("a", ["a"]), new ChannelColumn("b", ["b"])],
        Inputs = [new ChannelColumn("c", ["c"])],
        Context = context,
        Horizon = horizon,
        Normalization = normalization,
    };

    public static SequenceInput Features(int features) => new() { Columns = ["Features"], Scalars = false, Features = features };

    /// <summary>The report of a model that was not trained.</summary>
    public static TrainingReport Report => new()
    {
        Epochs = [],
        BestEpoch = 0,
        StoppedBecause = "It was not trained.",
        Seed = 3,
        Device = "cpu",
        Threads = "1",
        TrainingExamples = 0,
        ValidationExamples = 0,
        Seconds = 0,
        Options = JsonSerializer.SerializeToElement(0),
        Versions = new Dictionary<string, string>(),
    };
}
