using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// Two networks of one architecture, one of which reads the sequence from its last step to its first (Schuster and Paliwal 1997,
/// "Bidirectional recurrent neural networks", section II): y_t = [forward(x_1 … x_t), backward(x_T … x_t)], the concatenated channels of
/// both. Only the valid steps of a padded row are read. For tasks that have the whole sequence. It is not causal, so it cannot learn to
/// predict the next step. It can be fed step by step only in a forecaster, which runs its window again.
/// The forward half has the receptive field of <see cref="Inner"/>; the backward half the same, towards the end.
/// Deviates: an inner network of several layers runs all of them in one direction, and the directions meet only in the output; in PyTorch's
/// stacks, every layer reads both directions of the layer below.
/// </summary>
public sealed record Bidirectional : Architecture
{
    /// <summary>Two networks of the default architecture, an LSTM, one for each direction.</summary>
    public Bidirectional()
    {
    }

    /// <summary>Two networks of the given architecture, one for each direction.</summary>
    /// <param name="inner">The architecture that runs in both directions, with weights of its own in each.</param>
    public Bidirectional(Architecture inner) => Inner = inner;

    /// <summary>The architecture of both directions, each with weights of its own. Default: an <see cref="Lstm"/>.</summary>
    public Architecture Inner { get; init; } = new Lstm();

    /// <inheritdoc/>
    /// <remarks>Weights: <c>forward.…</c> and <c>backward.inner.…</c>.</remarks>
    public override Layer Build(int context) => Build(context, conditions: 0);

    internal override Layer Build(int context, int conditions) =>
        new Branched(Inner.Build(context, conditions), new Reversed(Inner.Build(context, conditions))) { Names = ["forward", "backward"] };

    internal override int LastConditions => Inner?.LastConditions ?? 0;

    internal override double LeastWeights => 2 * (Inner?.LeastWeights ?? 0);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems() => Inside(Inner, nameof(Inner));
}
