using MLNet.Sequence.Layers;
using MLNet.Sequence.Tests.Torch;

namespace MLNet.Sequence.Tests.Generation;

/// <summary>Untrained next-step models: their weights are random and far from 0.</summary>
internal static class RandomModel
{
    public static SequenceModel OfTokens(Architecture architecture, params string[] values) => Make(architecture, new NextStep
    {
        Kind = StepKind.Token,
        LongestSequence = 10,
        Input = new SequenceInput
        {
            Columns = ["Features"],
            Scalars = false,
            Features = 1,
            Tokens = new TokenInput { Count = values.Length, Keys = true, Values = values, ValueType = "String", EmbeddingSize = 3 },
        },
    });

    public static SequenceModel OfKeys(Architecture architecture, int keys) => Make(architecture, new NextStep
    {
        Kind = StepKind.MultiLabel,
        LongestSequence = 10,
        Input = new SequenceInput { Columns = ["Features"], Scalars = false, Features = keys },
    });

    private static SequenceModel Make(Architecture architecture, NextStep task)
    {
        Weights weights = NetworkProbe.RandomWeights(SequenceModel.BuildNetwork(architecture, task), seed: 5);
        var report = new TrainingReport
        {
            Epochs = [],
            BestEpoch = 0,
            StoppedBecause = "",
            Seed = 0,
            Device = "cpu",
            Threads = "",
            TrainingExamples = 0,
            ValidationExamples = 0,
            Seconds = 0,
            Options = default,
            Versions = new Dictionary<string, string>(),
        };
        return new SequenceModel(architecture, task, weights, new SeriesScaling(ChannelScaling.None(task.InputSize), []), report);
    }
}
