namespace MLNet.Sequence.Layers;

/// <summary>
/// A layer that starts again at every step: its output at step t is the last one of <paramref name="Inner"/>, run from its start over the
/// inputs t − n + 1 … t, or over all inputs so far while there are fewer: [B, T, C] to [B, T, D]. A recurrent layer becomes one of finite
/// memory, at the cost of n of its steps per step.
/// </summary>
/// <param name="Inner">The layer that runs over each window: causal, one output per step.</param>
/// <param name="Steps">n, the number of inputs that an output sees, the present one included; at least 1.</param>
public sealed record Windowed(Layer Inner, int Steps) : Layer
{
    /// <inheritdoc/>
    public override int? ReceptiveField => Math.Min(Inner.ReceptiveField ?? Steps, Steps);

    /// <inheritdoc/>
    public override bool IsCausal => Inner.IsCausal;

    internal override bool GoesOnByState(int inputSize) => false;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Inner.OutputSize(inputSize);

    /// <inheritdoc/>
    public override IEnumerable<ChildLayer> Children(int inputSize) => [new ChildLayer("inner", Inner, inputSize)];

    private protected override IEnumerable<string> OwnProblems(int inputSize)
    {
        foreach (string problem in Limits.AtLeast(1, Steps, nameof(Steps)))
            yield return problem;
        if (!Inner.IsCausal)
            yield return $"{nameof(Inner)} must be causal; found {Inner.GetType().Name}, which reads later steps as well.";
    }
}
