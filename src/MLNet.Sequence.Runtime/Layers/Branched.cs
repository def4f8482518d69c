using System.Text;
using System.Text.Json.Serialization;

namespace MLNet.Sequence.Layers;

/// <summary>
/// Layers side by side on the same input, with concatenated channels of their outputs: [B, T, C] to [B, T, ΣD].
/// A child's name is its position, or the name given to it.
/// </summary>
/// <param name="Branches">The layers that read the same input, each to [B, T, D]; at least one.</param>
[method: JsonConstructor]
public sealed record Branched(IReadOnlyList<Layer> Branches) : Layer
{
    /// <summary>The layers that read the same input, each to [B, T, D]; at least one.</summary>
    public IReadOnlyList<Layer> Branches { get; init => field = ValueList.Of(value); } = ValueList.Of(Branches);

    /// <summary>Layers side by side on the same input, named by their position.</summary>
    /// <param name="branches">The layers that read the same input, each to [B, T, D]; at least one.</param>
    public Branched(params Layer[] branches) : this((IReadOnlyList<Layer>)branches)
    {
    }

    /// <summary>Names of the children in the paths of their weights; null, the default: their positions.</summary>
    public IReadOnlyList<string>? Names { get; init => field = ValueList.Of(value); }

    /// <inheritdoc/>
    public override int? ReceptiveField => Branches.Aggregate(
        (int?)1, (most, branch) => most is { } steps && branch.ReceptiveField is { } others ? Math.Max(steps, others) : null);

    /// <inheritdoc/>
    public override bool IsCausal => Branches.All(branch => branch.IsCausal);

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Branches.Sum(branch => branch.OutputSize(inputSize));

    /// <inheritdoc/>
    public override IEnumerable<ChildLayer> Children(int inputSize) =>
        Branches.Select((branch, i) => new ChildLayer(Names?.ElementAtOrDefault(i) ?? $"{i}", branch, inputSize));

    /// <inheritdoc/>
    protected override bool PrintMembers(StringBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Append("Branches = [").AppendJoin(", ", Branches).Append(']');
        return true;
    }

    private protected override IEnumerable<string> OwnProblems(int inputSize) =>
        [.. Limits.AtLeast(1, Branches.Count, nameof(Branches)), .. Limits.Names(Names, Branches.Count, nameof(Names))];
}
