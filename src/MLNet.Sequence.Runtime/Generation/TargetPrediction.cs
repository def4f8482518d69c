using MLNet.Sequence.Generation;
using MLNet.Sequence.Managed;

namespace MLNet.Sequence;

/// <summary>A target that was predicted from a source.</summary>
/// <param name="Tokens">Indices from 0, without the end.</param>
/// <param name="LogProbability">The sum of the logarithms of the tokens' probabilities, that of the end included, in nats; at most 0.</param>
/// <param name="Score">
/// The rank: the log-probability over the length penalty (<see cref="SequenceSearch.LengthPenalty"/>), plus the coverage penalty
/// (<see cref="SequenceSearch.CoveragePenalty"/>).
/// </param>
public sealed record PredictedTarget(IReadOnlyList<int> Tokens, double LogProbability, double Score)
{
    /// <summary>Indices from 0, without the end.</summary>
    public IReadOnlyList<int> Tokens { get; init => field = ValueList.Of(value); } = ValueList.Of(Tokens);
}

/// <summary>
/// Predicts targets from sources in plain C#: no libtorch, no ML.NET. The encoder runs once for a source; a token of the target costs one
/// step of the decoder for each beam.
/// </summary>
public static class TargetPrediction
{
    /// <summary>The best target for a source of tokens that are given by their values.</summary>
    /// <param name="model">A model of the task <see cref="SequenceToSequence"/>.</param>
    /// <param name="source">The tokens; at least one.</param>
    /// <param name="search">How it is searched for; null: as the task says.</param>
    /// <returns>The values of its tokens.</returns>
    /// <exception cref="ArgumentException">The source is empty, a token in it is unknown to the model, or an option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The model does not predict targets, or its sources are numbers.</exception>
    public static IReadOnlyList<string> PredictTarget(this SequenceModel model, IEnumerable<string> source, SequenceSearch? search = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(source);
        TokenInput target = TargetOf(model);
        TokenInput tokens = model.Task.Tokens ?? throw new InvalidOperationException("The sources of the model are numbers: use PredictTargets.");
        IReadOnlyList<PredictedTarget> best = model.PredictTargets([.. source.Select(value => (double)tokens.IndexOf(value))], search);
        return [.. best[0].Tokens.Select(target.ValueOf)];
    }

    /// <summary>The best target for a source of text, as text.</summary>
    /// <param name="model">A model of the task <see cref="SequenceToSequence"/> whose columns are text.</param>
    /// <param name="source">The text; at least one character.</param>
    /// <param name="search">How it is searched for; null: as the task says.</param>
    /// <returns>The text. Bytes that are no whole character in UTF-8, which a model may predict, are U+FFFD (�).</returns>
    /// <exception cref="ArgumentException">The source is empty or has half of a surrogate pair, or an option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The model does not predict targets, or one of its columns is not text.</exception>
    public static string PredictText(this SequenceModel model, string source, SequenceSearch? search = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(source);
        BytePairTokenizer target = TextOf(TargetOf(model), "targets");
        return target.Decode(model.PredictTargets(EncodeText(model, source), search)[0].Tokens);
    }

    /// <summary>Searches for the targets with the highest score for a source of numbers, in plain C#; the best one first.</summary>
    /// <param name="model">A model of the task <see cref="SequenceToSequence"/>.</param>
    /// <param name="source">
    /// [steps × features] in the data's own units, oldest first, at least one step; for tokens their indices, from 0.
    /// </param>
    /// <param name="search">How they are searched for, and how many; null: as the task says.</param>
    /// <returns>The best first; at most <see cref="SequenceSearch.Width"/>.</returns>
    /// <exception cref="ArgumentException">The source is empty or not whole, a token in it is unknown to the model, or an option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The model does not predict targets.</exception>
    public static IReadOnlyList<PredictedTarget> PredictTargets(this SequenceModel model, ReadOnlySpan<double> source, SequenceSearch? search = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        TargetOf(model);
        if (search?.Problems().ToArray() is { Length: > 0 } problems)
            throw new ArgumentException(string.Join(" ", problems), nameof(search));
        return model.SearchTargets(Predictor.Prepare(model, source), search ?? model.Task.TargetSearch!);
    }

    /// <summary>The target of numbers for a source, in plain C#: each step is predicted from the source and the steps predicted before it.</summary>
    /// <param name="model">A model of the task <see cref="SequenceToSequence"/> whose targets are numbers.</param>
    /// <param name="source">As in <see cref="PredictTargets"/>.</param>
    /// <param name="steps">The number of steps; at least 1. Null: as the task says (<see cref="SequenceToSequence.TargetSteps"/>).</param>
    /// <returns>[steps × features of the target] in the data's units.</returns>
    /// <exception cref="ArgumentException">
    /// The source is empty or not whole, a token in it is unknown to the model, the number of steps is below 1, or an array cannot hold their numbers.
    /// </exception>
    /// <exception cref="InvalidOperationException">The model does not predict targets of numbers.</exception>
    public static double[] PredictNumbers(this SequenceModel model, ReadOnlySpan<double> source, int? steps = null)
    {
        ArgumentNullException.ThrowIfNull(model);
        if (steps is { } wanted && TargetNumbers.StepProblem(wanted, model.Network.OutputSize, nameof(steps)) is { } problem)
            throw new ArgumentOutOfRangeException(nameof(steps), steps, problem);
        float[] seen = Predictor.Prepare(model, source);
        float[] network = model.StepNumbers(seen, steps);
        var values = new double[network.Length];
        model.Task.Decoded.Apply(network, values, model.Scaling.Pooled);
        return values;
    }

    /// <summary>
    /// What the decoder attends to at each step of a target: the attention weights of the source's steps, as the mean over the heads of all layers
    /// that attend to the source.
    /// </summary>
    /// <param name="model">A model of the task <see cref="SequenceToSequence"/>.</param>
    /// <param name="source">As in <see cref="PredictTargets"/>.</param>
    /// <param name="target">Indices of the target's tokens, from 0, without the end; it may be empty.</param>
    /// <returns>For each token of the target, and for the end, one weight for each step of the source; they sum to 1.</returns>
    /// <exception cref="ArgumentException">The source is empty or not whole, or a token is unknown to the model.</exception>
    /// <exception cref="InvalidOperationException">The model does not predict targets.</exception>
    public static IReadOnlyList<float[]> TargetAttention(this SequenceModel model, ReadOnlySpan<double> source, IReadOnlyList<int> target)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(target);
        int known = TargetOf(model).Count;
        foreach (int token in target)
        {
            if (token < 0 || token >= known)
                throw new ArgumentException($"The token {token} of the target is not one of the {known} known tokens.", nameof(target));
        }

        float[] seen = Predictor.Prepare(model, source);
        var trace = new AttentionTrace(seen.Length / model.Managed.InputSize);
        var stream = new StepStream(model.Managed.Decoder(seen, trace), trace);
        var rows = new List<float[]>();
        float[] before = new float[trace.Steps];
        foreach (int token in target.Prepend(known))
        {
            stream.Feed(token);
            rows.Add([.. stream.Coverage.ToArray().Zip(before, (now, then) => now - then)]);
            before = stream.Coverage.ToArray();
        }

        return rows;
    }

    /// <summary>The best targets for a source as the network sees it.</summary>
    internal static IReadOnlyList<PredictedTarget> SearchTargets(this SequenceModel model, ReadOnlySpan<float> seen, SequenceSearch search)
    {
        int boundary = model.Network.OutputSize - 1;
        AttentionTrace? trace = search.CoveragePenalty > 0 ? new AttentionTrace(seen.Length / model.Managed.InputSize) : null;
        StepStream stream = Start(model, seen, trace);
        var options = new GenerationOptions { NoRepeatLength = search.NoRepeatLength };
        var limits = new BeamLimits(search.Width, MostTokens(model, search) + 1, search.Score) { MustStop = true, CoveragePenalty = search.CoveragePenalty };
        var beams = new Beams(new TokenSampler(options, []), new HashSet<int> { boundary }, limits);
        // The boundary before the first token is no token of the target.
        return [.. beams.Search(stream, []).Select(found => new PredictedTarget(
            [.. found.Sequence.Tokens.Where(token => token != boundary)], found.Sequence.LogProbability, found.Score))];
    }

    /// <summary>The standardised numbers of a target, [steps × features], for a source as the network sees it.</summary>
    internal static float[] StepNumbers(this SequenceModel model, ReadOnlySpan<float> seen, int? steps = null)
    {
        TargetNumbers numbers = model.Task.TargetNumbers ?? throw new InvalidOperationException(model.Task.TargetSearch is null
            ? $"The model's task is {model.Task.GetType().Name}; only a model of the task {nameof(SequenceToSequence)} predicts targets."
            : "The targets of the model are tokens: use PredictText, PredictTarget or PredictTargets.");
        int count = steps ?? numbers.Steps ?? seen.Length / model.Managed.InputSize, width = model.Network.OutputSize;
        if (TargetNumbers.StepProblem(count, width, "The steps of the target, as many as the source has,") is { } problem)
            throw new InvalidOperationException(problem);
        var stream = new StepStream(model.Managed.Decoder(seen, trace: null));
        var all = new float[count * width];
        // The first step follows zeros.
        Span<float> before = new float[width];
        for (int step = 0; step < count; step++)
        {
            stream.Feed(before);
            before = all.AsSpan(step * width, width);
            stream.Output.CopyTo(before);
        }

        return all;
    }

    /// <summary>The decoder of a source, which has read the boundary before the target.</summary>
    internal static StepStream Start(SequenceModel model, ReadOnlySpan<float> seen, AttentionTrace? trace = null)
    {
        var stream = new StepStream(model.Managed.Decoder(seen, trace), trace);
        stream.Feed(model.Network.OutputSize - 1);
        return stream;
    }

    // The boundary takes a step of its own, in training too. No target has more tokens than an array.
    internal static int MostTokens(SequenceModel model, SequenceSearch search) => Math.Min(search.MaxLength ?? model.Task.ContextLength - 1, Array.MaxLength);

    /// <summary>The tokens of a source of text.</summary>
    internal static double[] EncodeText(SequenceModel model, string source) =>
        [.. TextOf(model.Task.Tokens, "sources").Encode(source).Select(token => (double)token)];

    internal static BytePairTokenizer TextOf(TokenInput? tokens, string what) => tokens?.Tokenizer ?? throw new InvalidOperationException(
        $"The {what} of the model are not text: use PredictTarget or PredictTargets.");

    internal static TokenInput TargetOf(SequenceModel model) => model.Task.TargetInput?.Tokens ?? throw new InvalidOperationException(
        model.Task.TargetNumbers is null
            ? $"The model's task is {model.Task.GetType().Name}; only a model of the task {nameof(SequenceToSequence)} predicts targets."
            : $"The targets of the model are numbers: use {nameof(PredictNumbers)}.");
}
