using MLNet.Sequence.Layers;
using MLNet.Sequence.Managed;
using MLNet.Sequence.Model;

namespace MLNet.Sequence.Stability;

/// <summary>A part of a network with its own weights.</summary>
/// <param name="Layer">The layer tree.</param>
/// <param name="InputSize">Channels that it receives.</param>
/// <param name="Weights">Its weights, named from its root.</param>
internal sealed record NetworkPart(Layer Layer, int InputSize, Weights Weights)
{
    public static NetworkPart Of(SequenceModel model) => new(model.Network, model.Task.InputSize, model.Weights);

    /// <summary>The child of this name.</summary>
    public NetworkPart Child(string name)
    {
        ChildLayer child = Layer.Children(InputSize).Single(child => child.Name == name);
        var own = new Weights();
        foreach (Weight weight in Weights.Where(weight => weight.Name.StartsWith(name + ".", StringComparison.Ordinal)))
            own.Add(weight with { Name = weight.Name[(name.Length + 1)..] });
        return new NetworkPart(child.Layer, child.InputSize, own);
    }

    /// <summary>What is inside the normalisation of windows; the whole where there is none.</summary>
    public NetworkPart Normalized() => Layer is WindowNormalized ? Child("inner") : this;

    /// <summary>What tokens are read by before the architecture; null where numbers are read, or where it is one with the output.</summary>
    public NetworkPart? TokenVectors() =>
        Layer is Sequential { Names: ["backbone", ..], Layers: [Sequential { Names: ["embedding", "architecture"] }, ..] } ? Child("backbone").Child("embedding") : null;

    /// <summary>The network that sees the vectors of tokens in place of tokens.</summary>
    public NetworkPart BehindTokens()
    {
        var whole = (Sequential)Layer;
        var backbone = (Sequential)whole.Layers[0];
        var own = new Weights();
        foreach (Weight weight in Weights.Where(weight => !weight.Name.StartsWith("backbone.embedding.", StringComparison.Ordinal)))
            own.Add(weight);
        var behind = new Sequential(backbone.Layers[1]) { Names = ["architecture"] };
        return new NetworkPart(
            new Sequential([behind, .. whole.Layers.Skip(1)]) { Names = whole.Names }, backbone.Layers[0].OutputSize(InputSize), own);
    }

    public ManagedNetwork InPlainCSharp() => new(Layer, InputSize, Weights);
}
