using System.Text;
using System.Text.Json.Serialization;

namespace MLNet.Sequence.Layers;

/// <summary>Layers applied one after the other. A child's name is its position, or the name given to it.</summary>
/// <param name="Layers">The layers in order; without layers, the output is the input.</param>
[method: JsonConstructor]
public sealed record Sequential(IReadOnlyList<Layer> Layers) : Layer
{
    /// <summary>The layers in order; without layers, the output is the input.</summary>
    public IReadOnlyList<Layer> Layers { get; init => field = ValueList.Of(value); } = ValueList.Of(Layers);

    /// <summary>Layers applied one after the other, named by position.</summary>
    /// <param name="layers">The layers in order; without layers, the output is the input.</param>
    public Sequential(params Layer[] layers) : this((IReadOnlyList<Layer>)layers)
    {
    }

    /// <summary>Names of the children in the paths of their weights; null, the default: their positions.</summary>
    public IReadOnlyList<string>? Names { get; init => field = ValueList.Of(value); }

    /// <inheritdoc/>
    public override int? ReceptiveField => Layers.Aggregate((int?)1, (steps, layer) => Limits.Steps((long?)steps + layer.ReceptiveField - 1));

    /// <inheritdoc/>
    public override bool IsCausal => Layers.All(layer => layer.IsCausal);

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Layers.Aggregate(inputSize, (size, layer) => layer.OutputSize(size));

    /// <inheritdoc/>
    public override IEnumerable<ChildLayer> Children(int inputSize)
    {
        for (int i = 0; i < Layers.Count; i++)
        {
            yield return new ChildLayer(Names?.ElementAtOrDefault(i) ?? $"{i}", Layers[i], inputSize);
            inputSize = Layers[i].OutputSize(inputSize);
        }
    }

    /// <inheritdoc/>
    protected override bool PrintMembers(StringBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Append("Layers = [").AppendJoin(", ", Layers).Append(']');
        return true;
    }

    private protected override IEnumerable<string> OwnProblems(int inputSize) => Limits.Names(Names, Layers.Count, nameof(Names));
}
