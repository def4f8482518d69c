namespace MLNet.Sequence.Layers;

/// <summary>The values that the gate multiplies: the values themselves, or their tanh.</summary>
public enum GateKind
{
    /// <summary>a ⊙ σ(b): the gated linear unit (Dauphin et al., arXiv 1612.08083, equation 1).</summary>
    Linear,

    /// <summary>tanh(a) ⊙ σ(b): the gated unit of WaveNet (van den Oord et al., arXiv 1609.03499, equation 2).</summary>
    Tanh,
}

/// <summary>
/// One half of the channels gates the other, [B, T, 2·D] to [B, T, D]: with a the first D channels and b the last,
/// a ⊙ σ(b), or tanh(a) ⊙ σ(b).
/// </summary>
/// <param name="Kind">Whether the values pass unchanged or through tanh.</param>
public sealed record Gated(GateKind Kind) : Layer
{
    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => inputSize / 2;

    private protected override IEnumerable<string> OwnProblems(int inputSize)
    {
        foreach (string problem in Limits.Defined(Kind, nameof(Kind)))
            yield return problem;
        if (inputSize % 2 != 0)
            yield return $"Channels must be even in number: half of them are gates; found {inputSize}.";
    }
}
