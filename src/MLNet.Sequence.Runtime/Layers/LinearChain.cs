namespace MLNet.Sequence.Layers;

/// <summary>
/// The part of a conditional random field about tags that follow one another (Lafferty, McCallum and Pereira, "Conditional random fields",
/// ICML 2001): a score for each pair of neighbours, and for the first and the last tag. It passes on the scores of the tags at each step,
/// [B, T, Tags]; the loss and the decoding read its weights.
/// </summary>
/// <param name="Tags">The number of tags, which is also the number of channels.</param>
public sealed record LinearChain(int Tags) : Layer
{
    /// <inheritdoc/>
    /// <exception cref="ArgumentException">The number of channels is not the number of tags.</exception>
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
