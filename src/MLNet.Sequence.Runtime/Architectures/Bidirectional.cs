using MLNet.Sequence.Layers;

namespace MLNet.Sequence;

/// <summary>
/// Two networks of one architecture, one of which reads the sequence from its last step to its first (Schuster and Paliwal
/// 1997, "Bidirectional recurrent neural networks", section II): y_t = [forward(x_1 … x_t), backward(x_T … x_t)], the channels
/// of both one after the other; of a padded row the valid steps alone are read. For tasks in which the whole sequence is
/// there: not causal, so that it cannot learn to predict the next step, and is fed step by step in a forecaster alone, which runs its window anew.
/// The forward half has the receptive field of <see cref="Inner"/>; the backward half the same, towards the end.
/// Deviates: an inner network of several layers runs through all of them in one direction, and the directions meet in the
/// output alone; stacks in which every layer reads both directions of the one below are PyTorch's.
/// </summary>
public sealed record Bidirectional : Architecture
{
    /// <summary>Two networks of the default architecture, an LSTM, one for each direction.</summary>
    public Bidirectional()
    {
    }

    /// <summary>Two networks of the given architecture, one for each direction.</summary>
    /// <param name="inner">What runs in either direction, with weights of its own in each.</param>
    public Bidirectional(Architecture inner) => Inner = inner;

    /// <summary>The architecture of both directions, each with weights of its own. Default: an <see cref="Lstm"/>.</summary>
    public Architecture Inner { get; init; } = new Lstm();

    /// <inheritdoc/>
    /// <remarks>Weights: <c>forward.…</c> and <c>backward.inner.…</c>.</remarks>
    public override Layer Build(int context) => Build(context, conditions: 0);

    internal override Layer Build(int context, int conditions) =>
        new Branched(Inner.Build(context, conditions), new Reversed(Inner.Build(context, conditions))) { Names = ["forward", "backward"] };

    internal override double LeastWeights => 2 * (Inner?.LeastWeights ?? 0);

    /// <inheritdoc/>
    public override IEnumerable<string> Problems() => Inside(Inner, nameof(Inner));
}
