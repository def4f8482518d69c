using MLNet.Sequence.Generation;

namespace MLNet.Sequence;

/// <summary>A continuation and its log-probability, given the prompt, in nats.</summary>
/// <param name="Tokens">Indices from 0, the stop token included.</param>
/// <param name="LogProbability">The sum of the logarithms of the tokens' probabilities, in nats; at most 0.</param>
public sealed record GeneratedSequence(IReadOnlyList<int> Tokens, double LogProbability)
{
    /// <summary>The indices of the tokens, from 0, the stop token included.</summary>
    public IReadOnlyList<int> Tokens { get; init => field = ValueList.Of(value); } = ValueList.Of(Tokens);
}

/// <summary>Searches for the most likely continuations of a sequence of tokens, in plain C#.</summary>
public static class BeamSearch
{
    /// <summary>
    /// Continues the <paramref name="width"/> most likely continuations at each step, and returns the best by log-probability /
    /// length^<paramref name="lengthPower"/> (Wu et al., arXiv 1609.08144, section 7, with the length itself).
    /// </summary>
    /// <param name="model">A model of the kind <see cref="StepKind.Token"/>.</param>
    /// <param name="prompt">Indices of tokens; at least one.</param>
    /// <param name="width">The number of continuations kept, and the largest number returned; at least 1. Default 4.</param>
    /// <param name="options">Its lengths, stop tokens, banned tokens and limits of repetition are used; null: the defaults.</param>
    /// <param name="lengthPower">0: the most likely, which are short ones; 1: the most likely per token. At least 0. Default 0.</param>
    /// <returns>The best first.</returns>
    /// <exception cref="ArgumentException">An argument is out of range, or a token is unknown to the model.</exception>
    /// <exception cref="InvalidOperationException">The model does not predict tokens, or cannot do so one by one.</exception>
    public static IReadOnlyList<GeneratedSequence> SearchBeam(
        this SequenceModel model, IReadOnlyList<int> prompt, int width = 4, GenerationOptions? options = null, double lengthPower = 0)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompt);
        ArgumentOutOfRangeException.ThrowIfLessThan(width, 1);
        ArgumentOutOfRangeException.ThrowIfNegative(lengthPower);
        options ??= new GenerationOptions();
        options.Validate();
        TokenInput tokens = TokenGeneration.Tokens(model);
        HashSet<int> stops = tokens.Known(options.StopTokens, nameof(options.StopTokens));
        var sampler = new TokenSampler(options, tokens.Known(options.BannedTokens, nameof(options.BannedTokens)));
        var limits = new BeamLimits(width, options.MaxLength, (sum, length) => sum / Math.Pow(length, lengthPower));
        return [.. new Beams(sampler, stops, limits).Search(TokenGeneration.Start(model, tokens, prompt, options), prompt).Select(found => found.Sequence)];
    }
}
