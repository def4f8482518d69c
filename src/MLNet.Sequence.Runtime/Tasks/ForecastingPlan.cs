using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Tasks;

/// <summary>
/// How a forecaster reads the inputs besides its past. Static values are joined to every step of the past. Known inputs are channels of the
/// past; their steps ahead are joined after the backbone, each with the backbone's last vector and the head's forecast of that step. A
/// small network of one hidden layer, the same for all steps, adds their effect to that forecast.
/// </summary>
/// <param name="task">The task.</param>
/// <param name="prefix">The prefix of all weight paths.</param>
internal sealed class ForecastingPlan(Forecasting task, string prefix)
{
    /// <summary>The node that reads the keys of static columns.</summary>
    internal const string StaticVectors = "static-vectors";

    private const string KnownVectors = "known-vectors", PastVectors = "past-vectors", Last = "last", Ahead = "ahead";

    private const int Hidden = 32;

    private readonly int[] _known = KeyVectors.Counts(task.KnownInputs), _static = KeyVectors.Counts(task.StaticInputs);

    /// <summary>Number of channels, the last ones of the backbone's input, that are known ahead or belong to the series.</summary>
    public int Conditions => KeyVectors.Width(task.KnownSize, _known) + KeyVectors.Width(task.StaticSize, _static);

    private string[] Static => task.StaticSize == 0 ? [] : [_static.Length > 0 ? StaticVectors : NetworkInput.Static];

    /// <summary>The network, without the normalisation of windows.</summary>
    /// <param name="backbone">Reads the past, with vectors instead of keys, and the static values.</param>
    /// <param name="head">Gives all steps of the horizon from the backbone's last vector.</param>
    public NetworkPlan Build(Layer backbone, Layer head)
    {
        bool ahead = task.KnownSize > 0;
        var plan = new NetworkPlan(
            Inputs(),
            [
                .. Vectors(),
                Node(NetworkNode.Backbone, backbone, [_known.Length > 0 ? PastVectors : NetworkInput.Past, .. Static]),
                ahead ? Node(NetworkNode.Head, head, NetworkNode.Backbone) with { GivesHorizon = true } : Node(NetworkNode.Head, head, NetworkNode.Backbone),
            ])
        {
            Horizon = task.Horizon,
        };
        if (!ahead)
            return plan;
        plan = plan with { Nodes = [.. plan.Nodes, Node(Last, new LastStep(), NetworkNode.Backbone)] };
        string[] more = [Last, _known.Length > 0 ? KnownVectors : NetworkInput.Future, .. Static];
        int values = task.ValueCount * task.TargetChannels.Count;
        // The head's forecast of the step, plus the effect of the other inputs.
        var sum = new ChannelSplit(
            new Sequential(), new Sequential(new Dense(Hidden), new Activation(ActivationKind.Relu), new Dense(values)), more.Sum(plan.SizeOf))
        { Sum = true };
        return plan with { Nodes = [.. plan.Nodes, Node(Ahead, sum, [NetworkNode.Head, .. more])] };
    }

    /// <summary>The weights in which the vector of keys that were not in training is the mean of the other vectors.</summary>
    public static Weights WithMeanVectors(NetworkPlan plan, Weights weights)
    {
        HashSet<string> tables = [.. plan.Nodes.Where(node => node.Name is KnownVectors or StaticVectors)
            .SelectMany(node => node.Layer.AllWeights(plan.InputSizeOf(node), node.Path)).Select(spec => spec.Name)];
        if (tables.Count == 0)
            return weights;
        var filled = new Weights();
        foreach (Weight weight in weights)
            filled.Add(tables.Contains(weight.Name) ? weight with { Values = WithMean([.. weight.Values], weight.Shape[1]) } : weight);
        return filled;
    }

    private static float[] WithMean(float[] vectors, int size)
    {
        int known = vectors.Length / size - 1;
        for (int i = 0; i < size; i++)
            vectors[known * size + i] = Enumerable.Range(0, known).Average(row => vectors[row * size + i]);
        return vectors;
    }

    private List<NetworkInput> Inputs()
    {
        List<NetworkInput> inputs = [new(NetworkInput.Past, task.InputSize, StepCoverage.Past)];
        if (task.KnownSize > 0)
            inputs.Add(new(NetworkInput.Future, task.KnownSize, StepCoverage.Horizon));
        if (task.StaticSize > 0)
            inputs.Add(new(NetworkInput.Static, task.StaticSize, StepCoverage.None));
        return inputs;
    }

    // Vectors instead of keys, which come after the numbers; the same vectors ahead and in the past.
    private IEnumerable<NetworkNode> Vectors()
    {
        if (_known.Length > 0)
        {
            yield return Read(PastVectors, "known", (task.InputSize, _known), NetworkInput.Past);
            yield return Read(KnownVectors, "known", (task.KnownSize, _known), NetworkInput.Future);
        }

        if (_static.Length > 0)
            yield return Read(StaticVectors, "static", (task.StaticSize, _static), NetworkInput.Static);
    }

    private NetworkNode Read(string name, string path, (int Size, int[] Keys) channels, string source) =>
        KeyVectors.Read(name, prefix + path, channels, source);

    private NetworkNode Node(string name, Layer layer, params string[] sources) => new(name, layer, sources) { Path = prefix + name };
}
