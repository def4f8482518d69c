using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Tasks;

/// <summary>
/// How a next-step model reads its conditions: frames are the last channels of the past, each at the step before the one that it belongs to;
/// static values are an input of their own, joined to every step. Both come last in the backbone's input.
/// </summary>
internal static class ConditionedPlan
{
    /// <param name="task">A task with conditions.</param>
    /// <param name="backbone">Reads the vector or the numbers of a step, then its conditions.</param>
    /// <param name="head">Gives the prediction of the next step.</param>
    public static NetworkPlan Build(NextStep task, Layer backbone, Layer head)
    {
        StepConditions conditions = task.Input.Conditions!;
        int[] keys = KeyVectors.Counts(conditions.Statics);
        var nodes = new List<NetworkNode>();
        string steps = NetworkInput.Past, prefix = NetworkNode.Backbone;
        if (task.Input.Tokens is { } tokens)
        {
            Layer vectors = conditions.KnownSize == 0 ? tokens.Lookup : new ChannelSplit(tokens.Lookup, new Sequential(), conditions.KnownSize);
            nodes.Add(new NetworkNode(steps = NetworkNode.Embedding, vectors, [NetworkInput.Past]) { Path = "backbone.embedding" });
            prefix = "backbone.architecture";
        }

        if (keys.Length > 0)
            nodes.Add(KeyVectors.Read(ForecastingPlan.StaticVectors, "static", (conditions.StaticSize, keys), NetworkInput.Static));
        string[] statics = conditions.StaticSize == 0 ? [] : [keys.Length > 0 ? ForecastingPlan.StaticVectors : NetworkInput.Static];
        nodes.Add(new NetworkNode(NetworkNode.Backbone, backbone, [steps, .. statics]) { Path = prefix });
        nodes.Add(new NetworkNode(NetworkNode.Head, head, [NetworkNode.Backbone]));
        List<NetworkInput> inputs = [new(NetworkInput.Past, task.InputSize, StepCoverage.Past)];
        if (conditions.StaticSize > 0)
            inputs.Add(new NetworkInput(NetworkInput.Static, conditions.StaticSize, StepCoverage.None));
        return new NetworkPlan(inputs, nodes);
    }
}
