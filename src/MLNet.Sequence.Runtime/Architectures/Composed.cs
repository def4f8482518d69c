using System.Text.Json.Serialization;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// A backbone composed of layers, [B, T, C] to [B, T, D]: it trains, streams, is saved and loaded like the others.
/// <c>new Composed(new Sequential(new CausalConv(32, 5), new Activation(ActivationKind.Relu), new LstmLayer(32)))</c>.
/// Causal and steppable if all its layers are; the receptive field is that of the tree.
/// </summary>
/// <remarks>
/// The task sets the number of channels C. What depends on it, such as heads that must divide it, is checked when the data is known;
/// everything else is checked here.
/// </remarks>
public sealed record Composed : Architecture
{
    // Both have many divisors: a layer that fails with both fails with any number of channels.
    private static readonly int[] SomeChannels = [5040, 55_440];

    /// <summary>A backbone of the default tree: an LSTM of 64 units.</summary>
    public Composed()
    {
    }

    /// <summary>A backbone made of the given layers.</summary>
    /// <param name="layer">The tree: [B, T, C] to [B, T, D].</param>
    public Composed(Layer layer) => Layer = layer;

    /// <summary>The layers. All keep the steps of a sequence. Default: an LSTM of 64 units.</summary>
    [JsonConverter(typeof(LayerConverter))]
    public Layer Layer { get; init; } = new LstmLayer(64);

    /// <inheritdoc/>
    public override Layer Build(int context) => Layer;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems()
    {
        if (Layer is null)
            return [$"{nameof(Layer)} must be a layer; found none."];
        string[][] problems = [.. SomeChannels.Select(channels => Layer.Problems(channels, nameof(Layer)).ToArray())];
        return [.. problems[0].Intersect(problems[1]), .. Shortened(new ChildLayer(nameof(Layer), Layer, SomeChannels[0]))];
    }

    private static IEnumerable<string> Shortened(ChildLayer node)
    {
        if (!node.Layer.KeepsSteps)
            return [$"{node.Name} must give an output for each step, as all layers of a backbone must; found {node.Layer.GetType().Name}, which gives one "
                + "for the sequence."];
        return node.Layer.Children(node.InputSize).SelectMany(child => Shortened(child with { Name = $"{node.Name}.{child.Name}" }));
    }
}
