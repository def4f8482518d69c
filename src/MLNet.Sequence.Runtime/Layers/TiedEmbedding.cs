namespace MLNet.Sequence.Layers;

/// <summary>
/// Tokens in and logits of tokens out, with the same vector e_i for a token at both ends (Press and Wolf, arXiv 1608.05859; Inan et al.,
/// arXiv 1611.01462): y_i = e_i · P inner(√d e_x) + b_i, [B, T, 1] to [B, T, Vocabulary]; d is <see cref="Size"/>. P is used only if the
/// inner layer does not give d channels.
/// </summary>
/// <remarks>Vectors start from N(0, 1/d), so that both √d e and logits start near 1 (as in Vaswani et al., arXiv 1706.03762, section 3.4).</remarks>
/// <param name="Inner">The layer between the two ends: [B, T, d] to [B, T, D].</param>
/// <param name="Vocabulary">The number of tokens, whose indices count from 0; at least 1.</param>
/// <param name="Size">d, the channels of a token's vector; at least 1.</param>
public sealed record TiedEmbedding(Layer Inner, int Vocabulary, int Size) : Layer
{
    /// <summary>The initial standard deviation of √d e; above 0. Default 1.</summary>
    public double InitialDeviation { get; init; } = 1;

    /// <inheritdoc/>
    public override int? ReceptiveField => Inner.ReceptiveField;

    /// <inheritdoc/>
    public override bool IsCausal => Inner.IsCausal;

    /// <inheritdoc/>
    public override bool KeepsSteps => Inner.KeepsSteps;

    /// <inheritdoc/>
    public override int OutputSize(int inputSize) => Vocabulary;

    /// <inheritdoc/>
    public override IEnumerable<ChildLayer> Children(int inputSize)
    {
        int channels = Inner.OutputSize(Size);
        yield return new ChildLayer("inner", Inner, Size);
        if (channels != Size)
            yield return new ChildLayer("projection", new Dense(Size), channels);
    }

    /// <inheritdoc/>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize) =>
    [
        new WeightSpec("weight", [Vocabulary, Size], new Initializer.Normal(InitialDeviation / Math.Sqrt(Size)), Decays: true),
        new WeightSpec("bias", [Vocabulary], new Initializer.Constant(0), Decays: false),
    ];

    private protected override IEnumerable<string> OwnProblems(int inputSize)
    {
        foreach (string problem in Limits.AtLeast(1, Vocabulary, nameof(Vocabulary)).Concat(Limits.AtLeast(1, Size, nameof(Size)))
            .Concat(Limits.Deviation(InitialDeviation, nameof(InitialDeviation))))
            yield return problem;
        if (inputSize != 1)
            yield return $"Tokens have one channel, their index; found {inputSize}.";
    }
}
