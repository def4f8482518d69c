using MLNet.Sequence.Layers;
using MLNet.Sequence.Networks;

namespace MLNet.Sequence.Training;

/// <summary>A network split in two: a part without weights, and the linear head after it, whose weights are given or solved.</summary>
/// <param name="Features">The part from the network's input to the head's input.</param>
/// <param name="Path">The path of the head's weights.</param>
/// <param name="Outputs">The number of outputs of the head.</param>
internal sealed record SolvedHead(Layer Features, string Path, int Outputs)
{
    /// <summary>The normalisation of the window around both; null: none.</summary>
    public WindowNormalized? Window { get; init; }

    /// <exception cref="InvalidOperationException">The network has another structure.</exception>
    public static SolvedHead Of(NetworkPlan plan)
    {
        NetworkNode tree = plan.Merged().Single();
        SolvedHead head = Of(tree.Layer, plan.InputSize);
        return head with { Path = Layer.Join(tree.Path, head.Path), Window = plan.Normalization };
    }

    private static SolvedHead Of(Layer network, int inputSize)
    {
        switch (network)
        {
            case Dense dense:
                return new SolvedHead(new Sequential(), "", dense.Size);
            case Sequential chain:
                ChildLayer last = chain.Children(inputSize).Last();
                SolvedHead head = Of(last.Layer, last.InputSize);
                return head with
                {
                    Features = new Sequential([.. chain.Layers.SkipLast(1), head.Features]),
                    Path = head.Path.Length == 0 ? last.Name : Layer.Join(last.Name, head.Path),
                };
            default:
                throw new InvalidOperationException($"Only the weights of a dense layer can be solved; found {network}.");
        }
    }

    /// <summary>The network's weights.</summary>
    /// <param name="weight">[outputs × features].</param>
    /// <param name="bias">[outputs].</param>
    public Weights With(float[] weight, float[] bias)
    {
        var weights = new Weights();
        weights.Add(new Weight(Layer.Join(Path, "weight"), [Outputs, weight.Length / Outputs], weight));
        weights.Add(new Weight(Layer.Join(Path, "bias"), [Outputs], bias));
        return weights;
    }
}
