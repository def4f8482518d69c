namespace MLNet.Sequence.Layers;

/// <summary>
/// A layer over patches of the sequence (Nie et al., arXiv 2211.14730, section 3.1), one output per step. The output at step t is that of
/// <paramref name="Inner"/> for the patch that ends at t, in its run over the patches that end at t mod S, …, t − S, t, …, where S is the
/// stride. A patch is the last <paramref name="Length"/> inputs, oldest first, with zeros before the first step: [B, T, C] to [B, T, D],
/// with <paramref name="Inner"/> on Length·C channels. A patch ends at every step, so no output waits for a complete patch; the S sequences
/// of patches run side by side.
/// </summary>
/// <param name="Inner">The layer that reads the patches as its steps; one output per step.</param>
/// <param name="Length">The number of steps in a patch; at least 1.</param>
/// <param name="Stride">S, steps from one patch to the next; from 1 to <paramref name="Length"/>.</param>
public sealed record PatchedLayer(Layer Inner, int Length, int Stride) : Layer
{
    /// <inheritdoc/>
    public override int? ReceptiveField => Limits.Steps(Length + (Inner.ReceptiveField - 1L) * Stride);

    /// <inheritdoc/>
    public override bool IsCausal => Inner.IsCausal;

    internal override bool GoesOnByState(int inputSize) => false;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Inner.OutputSize(Length * inputSize);

    /// <inheritdoc/>
    public override IEnumerable<ChildLayer> Children(int inputSize) => [new ChildLayer("inner", Inner, Length * inputSize)];

    private protected override IEnumerable<string> OwnProblems(int inputSize)
    {
        foreach (string problem in Limits.AtLeast(1, Length, nameof(Length)).Concat(Limits.AtLeast(1, Stride, nameof(Stride))))
            yield return problem;
        if (Length >= 1 && Stride > Length)
            yield return $"{nameof(Stride)} must be at most {nameof(Length)}, {Length}, or steps would be left out; found {Stride}.";
        if ((long)Length * inputSize > int.MaxValue)
            yield return $"{nameof(Length)} must leave a patch of {inputSize} channels below 2^31 values; found {Length}.";
    }
}
