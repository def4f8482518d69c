using MLNet.Sequence.Generation;

namespace MLNet.Sequence;

/// <summary>
/// Continues sequences of tokens in plain C#, lazily, one token at a time: no libtorch, no ML.NET, and every token at the same cost.
/// </summary>
public static class TokenGeneration
{
    /// <summary>Continues a sequence of tokens that are given by their values.</summary>
    /// <param name="model">A model of the kind <see cref="StepKind.Token"/>.</param>
    /// <param name="prompt">The tokens to continue; at least one. They are not returned.</param>
    /// <param name="options">The options; null: <see cref="GenerationOptions"/>' defaults.</param>
    /// <exception cref="ArgumentException">The prompt is empty, or a token in it or in the options is unknown to the model.</exception>
    /// <exception cref="InvalidOperationException">The model does not predict tokens, or cannot do so one by one.</exception>
    public static IEnumerable<string> Generate(this SequenceModel model, IEnumerable<string> prompt, GenerationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompt);
        TokenInput tokens = Tokens(model);
        return model.GenerateTokens([.. prompt.Select(tokens.IndexOf)], options).Select(tokens.ValueOf);
    }

    /// <summary>Continues a sequence of tokens, by their indices from 0.</summary>
    /// <inheritdoc cref="Generate"/>
    public static IEnumerable<int> GenerateTokens(this SequenceModel model, IReadOnlyList<int> prompt, GenerationOptions? options = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(prompt);
        options ??= new GenerationOptions();
        options.Validate();
        TokenInput tokens = Tokens(model);
        HashSet<int> stops = tokens.Known(options.StopTokens, nameof(options.StopTokens));
        HashSet<int> banned = tokens.Known(options.BannedTokens, nameof(options.BannedTokens));
        StepStream start = Start(model, tokens, prompt, options);
        return Draw();

        // A second enumeration gives the same tokens.
        IEnumerable<int> Draw()
        {
            StepStream stream = start.Copy();
            var sampler = new TokenSampler(options, banned);
            TokenPast past = sampler.Past(prompt);
            for (int i = 0; i < options.MaxLength; i++)
            {
                int token = sampler.Draw(stream.Output, past);
                if (token < 0)
                    yield break;
                yield return token;
                if (stops.Contains(token))
                    yield break;
                past.Add(token);
                stream.Feed(token);
            }
        }
    }

    internal static TokenInput Tokens(SequenceModel model) => model.Task.NextSteps == StepKind.Token
        ? model.Task.Tokens!
        : throw new InvalidOperationException(
            $"The model does not predict tokens: its task is {model.Task.GetType().Name}{(model.Task.NextSteps is { } kind ? $" of the kind {kind}" : "")}.");

    internal static StepStream Start(SequenceModel model, TokenInput tokens, IReadOnlyList<int> prompt, GenerationOptions options)
    {
        if (prompt.Count == 0)
            throw new ArgumentException("The prompt needs at least one token to continue.", nameof(prompt));
        var stream = new StepStream(model, options.Conditions, (long)prompt.Count + options.MaxLength);
        foreach (int token in prompt)
        {
            if (token < 0 || token >= tokens.Count)
                throw new ArgumentException($"The token {token} of the prompt is not one of the {tokens.Count} known tokens.", nameof(prompt));
            stream.Feed(token);
        }

        return stream;
    }
}
