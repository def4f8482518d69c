namespace MLNet.Sequence.Layers;

/// <summary>
/// One layer for the first channels and another for the last: their concatenated outputs, [B, T, C] to [B, T, D + E], or their sum, [B, T,
/// C] to [B, T, D].
/// </summary>
/// <param name="Head">The layer on the first C − TailChannels channels.</param>
/// <param name="Tail">The layer on the last TailChannels channels. A <see cref="Sequential"/> without layers leaves them unchanged.</param>
/// <param name="TailChannels">The number of last channels that the tail reads: at least 1, and fewer than C.</param>
public sealed record ChannelSplit(Layer Head, Layer Tail, int TailChannels) : Layer
{
    /// <summary>Whether the outputs, which are then of equal size, are added. Default false.</summary>
    public bool Sum { get; init; }

    /// <inheritdoc/>
    public override int? ReceptiveField => Head.ReceptiveField is { } head && Tail.ReceptiveField is { } tail ? Math.Max(head, tail) : null;

    /// <inheritdoc/>
    public override bool IsCausal => Head.IsCausal && Tail.IsCausal;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize)
    {
        int head = Head.OutputSize(inputSize - TailChannels);
        return Sum ? head : head + Tail.OutputSize(TailChannels);
    }

    /// <inheritdoc/>
    public override IEnumerable<ChildLayer> Children(int inputSize) =>
        [new ChildLayer("head", Head, inputSize - TailChannels), new ChildLayer("tail", Tail, TailChannels)];

    private protected override IEnumerable<string> OwnProblems(int inputSize)
    {
        if (TailChannels < 1 || TailChannels >= inputSize)
            yield return $"{nameof(TailChannels)} must be at least 1 and fewer than the channels, {inputSize}; found {TailChannels}.";
        else if (Sum && Head.OutputSize(inputSize - TailChannels) != Tail.OutputSize(TailChannels))
            yield return $"{nameof(Tail)} must give as many channels as {nameof(Head)} to be added, {Head.OutputSize(inputSize - TailChannels)}; found "
                + $"{Tail.OutputSize(TailChannels)}.";
    }
}
