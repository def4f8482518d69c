using System.Text;

namespace MLNet.Sequence.Layers;

/// <summary>
/// Blocks on top of each other whose outputs are also summed directly (van den Oord et al., arXiv 1609.03499, section 2.4): with z_i =
/// block_i(x_i), x_{i+1} = x_i + R_i z_i + r_i, and the output is Σ_i (S_i z_i + s_i): [B, T, C] to [B, T, SkipSize]. R and S are 1×1
/// convolutions; nothing follows the last x, so the last block has no R.
/// </summary>
/// <param name="Blocks">The blocks, first applied first; at least one. Each takes C channels.</param>
/// <param name="SkipSize">Channels of the sum, which is the output; at least 1.</param>
public sealed record SkipSum(IReadOnlyList<Layer> Blocks, int SkipSize) : Layer
{
    /// <summary>The blocks, first applied first; at least one. Each takes C channels.</summary>
    public IReadOnlyList<Layer> Blocks { get; init => field = ValueList.Of(value); } = ValueList.Of(Blocks);

    /// <summary>
    /// Number of last input channels that go unchanged into every block, together with x; residual connections do not change them. At least
    /// 0, and fewer than C. Default 0.
    /// </summary>
    public int Conditions { get; init; }

    /// <inheritdoc/>
    public override int? ReceptiveField => Blocks.Aggregate((int?)1, (steps, block) => Limits.Steps((long?)steps + block.ReceptiveField - 1));

    /// <inheritdoc/>
    public override bool IsCausal => Blocks.All(block => block.IsCausal);

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => SkipSize;

    /// <inheritdoc/>
    /// <remarks>For block i: <c>i.inner</c>, <c>i.skip</c> and, except for the last block, <c>i.residual</c>.</remarks>
    public override IEnumerable<ChildLayer> Children(int inputSize)
    {
        for (int i = 0; i < Blocks.Count; i++)
        {
            int inside = Blocks[i].OutputSize(inputSize);
            yield return new ChildLayer($"{i}.inner", Blocks[i], inputSize);
            yield return new ChildLayer($"{i}.skip", new Dense(SkipSize), inside);
            if (i < Blocks.Count - 1)
                yield return new ChildLayer($"{i}.residual", new Dense(inputSize - Conditions), inside);
        }
    }

    /// <inheritdoc/>
    protected override bool PrintMembers(StringBuilder builder)
    {
        ArgumentNullException.ThrowIfNull(builder);
        builder.Append("Blocks = [").AppendJoin(", ", Blocks).Append(']').Append(", SkipSize = ").Append(SkipSize).Append(", Conditions = ").Append(Conditions);
        return true;
    }

    private protected override IEnumerable<string> OwnProblems(int inputSize)
    {
        foreach (string problem in Limits.AtLeast(1, Blocks.Count, nameof(Blocks)))
            yield return problem;
        if (Conditions < 0 || Conditions >= inputSize)
            yield return $"{nameof(Conditions)} must be at least 0 and fewer than the channels, {inputSize}; found {Conditions}.";
    }
}
