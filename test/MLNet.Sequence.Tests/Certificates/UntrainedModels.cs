using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;
using MLNet.Sequence.Tests.Onnx;

namespace MLNet.Sequence.Tests.Certificates;

/// <summary>Models with given weights, without training.</summary>
internal static class UntrainedModels
{
    public static NextStep NextStep(int features = 1) => new()
    {
        Input = new SequenceInput { Columns = ["Sequence"], Scalars = false, Features = features },
        Kind = StepKind.Real,
        LongestSequence = 50,
    };

    public static Forecasting Forecasting(WindowNormalization normalization, int context = 20) => new()
    {
        Targets = [new ChannelColumn("Load", ["Load"])],
        Inputs = [new ChannelColumn("Price", ["Price"])],
        Context = context,
        Horizon = 3,
        Normalization = normalization,
    };

    public static SequenceTagging Tagging(TagDecoding decoding) => new()
    {
        Input = NextStep().Input,
        LongestSequence = 30,
        Tags = 2,
        Decoding = decoding,
    };

    /// <param name="architecture">The architecture.</param>
    /// <param name="task">The task.</param>
    /// <param name="weights">The values of each weight by its name and number of values; null: the initial weights of training.</param>
    /// <param name="range">The range of the inputs in every channel; null: unknown.</param>
    public static SequenceModel Make(
        Architecture architecture, SequenceTask task, Func<string, int, float[]>? weights = null, float? range = 2)
    {
        NetworkPlan network = SequenceModel.BuildNetwork(architecture, task);
        Weights values = Initializer.Draw(network.AllWeights(), new RandomStream(5));
        if (weights is not null)
        {
            var chosen = new Weights();
            foreach (Weight weight in values)
                chosen.Add(weight with { Values = weights(weight.Name, weight.Values.Length) });
            values = chosen;
        }

        // A deviation of 10: errors in the data's units are ten times those of the network.
        ChannelScaling pooled = new([.. new float[task.InputSize]], [.. Enumerable.Repeat(10f, task.InputSize)]);
        return new SequenceModel(architecture, task, values, new SeriesScaling(pooled, []), UntrainedModel.Report)
        {
            InputRange = range is { } limit
                ? new InputRange([.. Enumerable.Repeat(-limit, task.InputSize)], [.. Enumerable.Repeat(limit, task.InputSize)])
                : null,
        };
    }
}
