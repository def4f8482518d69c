namespace MLNet.Sequence.Layers;

/// <summary>
/// What a conditional random field knows of tags that follow one another (Lafferty, McCallum and Pereira, "Conditional random
/// fields", ICML 2001): a score for each pair of neighbours, and for the first and the last tag. It passes the scores of tags
/// at each step on, [B, T, Tags]; the loss and the decoding read its weights.
/// </summary>
/// <param name="Tags">The number of tags, which is also that of the channels.</param>
public sealed record LinearChain(int Tags) : Layer
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">There are not as many channels as tags.</exception>
    public override int OutputSize(int inputSize) => inputSize == Tags
        ? Tags
        : throw new ArgumentException($"Expected a score for each of {Tags} tags; found {inputSize}.", nameof(inputSize));

    /// <inheritdoc/>
    /// <remarks>transitions [from, to].</remarks>
    public override IEnumerable<WeightSpec> OwnWeights(int inputSize)
    {
        var uniform = new Initializer.Uniform(0.1);
        yield return new WeightSpec("transitions", [Tags, Tags], uniform, Decays: true);
        yield return new WeightSpec("first", [Tags], uniform, Decays: false);
        yield return new WeightSpec("last", [Tags], uniform, Decays: false);
    }
}
