namespace MLNet.Sequence.Layers;

/// <summary>The last step of the sequence: [B, T, C] to [B, C].</summary>
public sealed record LastStep : Layer
{
    /// <inheritdoc/>
    public override bool KeepsSteps => false;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize;
}
