namespace MLNet.Sequence.Tests.Tasks;

/// <summary>A model, a sequence in the data's units, and the input and output of its network.</summary>
/// <param name="Model">The model.</param>
/// <param name="Values">[steps × channels] in the data's units; tokens as indices.</param>
/// <param name="Seen">The network's input, step by step.</param>
/// <param name="Given">The network's output, step by step if each step has one; otherwise one row.</param>
internal sealed record TaskCase(SequenceModel Model, double[] Values, double[][] Seen, double[][] Given)
{
    public SequenceTask Task => Model.Task;

    public static TaskCase Make(SequenceModel model, int steps, int seed)
    {
        var random = new RandomStream(seed);
        (int channels, int inputs) = (model.Task.DataChannels, model.Task.InputSize);
        ChannelScaling scaling = model.Scaling.Pooled;
        double[] values = [.. Enumerable.Range(0, steps * channels).Select(i => model.Task.Tokens is { } tokens ? random.NextInt64(tokens.Count)
            : model.Task.NextSteps == StepKind.MultiLabel ? random.NextInt64(2)
            : (float)(scaling.Mean[i % channels] + 2 * scaling.Deviation[i % channels] * TaskContract.Normal(random)))];
        float[] seen = [.. values.Select((value, i) => (float)((value - scaling.Mean[i % channels]) / scaling.Deviation[i % channels]))];
        double[][] given = [.. Close.Doubles(model.Managed.Run(seen)).Chunk(model.Managed.OutputSize)];
        return new TaskCase(model, values, [.. Close.Doubles(seen).Chunk(inputs)], given);
    }
}
