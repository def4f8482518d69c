using System.Text;
using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// Several networks side by side, each with weights of its own: y_t = [member_1(x)_t, member_2(x)_t, …], the concatenated channels of all.
/// Every task puts a linear head on its backbone, and a linear map of concatenated channels is the sum of one linear map per member: W
/// [h_1, h_2] + b = (W_1 h_1 + b_1) + (W_2 h_2 + b_2). So each member has a head and the outputs are averaged; the weights of the average
/// are learnt with the heads.
/// Causal and steppable if all members are; the receptive field is the largest.
/// Deviates: members are trained together on the ensemble's loss, while a classic ensemble (Hansen and Salamon 1990) trains each alone. For
/// that, fit several models and average their predictions.
/// </summary>
public sealed record Ensemble : Architecture
{
    /// <summary>The default members, an LSTM and a TCN, side by side.</summary>
    public Ensemble()
    {
    }

    /// <summary>The given networks side by side.</summary>
    /// <param name="members">The networks; at least one.</param>
    public Ensemble(params Architecture[] members) => Members = members;

    /// <summary>The architectures; at least one. Default: an <see cref="Lstm"/> and a <see cref="Tcn"/>.</summary>
    public IReadOnlyList<Architecture> Members
    {
        get; init => field = value is null ? value!
        : new ValueList<Architecture>([.. value]);
    } = ValueList.Create<Architecture>(new Lstm(), new Tcn());

    /// <inheritdoc/>
    /// <remarks>Weights go by member: <c>lstm-0.…</c>, <c>tcn-1.…</c>.</remarks>
    public override Layer Build(int context) => Build(context, conditions: 0);

    internal override Layer Build(int context, int conditions) =>
        new Branched([.. Members.Select(member => member.Build(context, conditions))]) { Names = [.. Members.Select((member, i) => $"{member.Name}-{i}")] };

    internal override Architecture Within(int context) => this with { Members = [.. Members.Select(member => member.Within(context))] };

    internal override int LastConditions => Members?.Select(member => member?.LastConditions ?? 0).DefaultIfEmpty().Max() ?? 0;

    internal override double LeastWeights => Members?.Sum(member => member?.LeastWeights ?? 0) ?? 0;

    /// <inheritdoc/>
    public override IEnumerable<string> Problems() => Members is not { Count: > 0 }
        ? [$"{nameof(Members)} must be at least one architecture; found none."]
        : Members.SelectMany((member, i) => Inside(member, $"{nameof(Members)}[{i}]"));

    /// <inheritdoc/>
    protected override bool PrintMembers(StringBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Append("Members = [").AppendJoin(", ", Members).Append(']');
        return true;
    }
}
