using System.Numerics.Tensors;
using System.Runtime.CompilerServices;
using System.Text;
using MLNet.Sequence.Generation;

namespace MLNet.Sequence;

/// <summary>
/// Predicts a target from a source token by token, in plain C#, for programs that show it while it grows. A token that was given is final, so the most
/// likely one is taken each time: the result is that of a search of <see cref="SequenceSearch.Width"/> 1. The work is done on the thread pool.
/// </summary>
public static class TargetStreaming
{
    /// <summary>The tokens of a target, by their indices from 0, without the end.</summary>
    /// <param name="model">A model of the task <see cref="SequenceToSequence"/>.</param>
    /// <param name="source">As in <see cref="TargetPrediction.PredictTargets"/>. It is read at once.</param>
    /// <param name="search">
    /// The largest number of tokens, and the runs that are not repeated; its width must be 1. Null: as the task says, with a width of 1.
    /// </param>
    /// <param name="cancellationToken">Stops before the next token. Default: never.</param>
    /// <exception cref="ArgumentException">The source is empty or not whole, a token in it is unknown to the model, or an option is out of range.</exception>
    /// <exception cref="InvalidOperationException">The model does not predict targets.</exception>
    /// <remarks>The enumeration throws <see cref="OperationCanceledException"/> if it is cancelled.</remarks>
    public static IAsyncEnumerable<int> StreamTarget(
        this SequenceModel model, ReadOnlySpan<double> source, SequenceSearch? search = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        TargetPrediction.TargetOf(model);
        string[] problems = [.. search?.Problems() ?? []];
        if (search is { Width: > 1 })
            problems = [.. problems, FormattableString.Invariant($"Search.Width must be 1 for a stream, whose tokens are final; found {search.Width}.")];
        if (problems.Length > 0)
            throw new ArgumentException(string.Join(" ", problems), nameof(search));
        return Tokens(model, Predictor.Prepare(model, source), search ?? model.Task.TargetSearch!, cancellationToken);
    }

    /// <summary>The text of a target in pieces, each of whole characters; together they are what PredictText gives with a width of 1.</summary>
    /// <inheritdoc cref="StreamTarget"/>
    /// <param name="model">A model of the task <see cref="SequenceToSequence"/> whose columns are text.</param>
    /// <param name="source">The text; at least one character.</param>
    /// <param name="search">As in <see cref="StreamTarget"/>.</param>
    /// <param name="cancellationToken">Stops before the next token. Default: never.</param>
    public static IAsyncEnumerable<string> StreamText(
        this SequenceModel model, string source, SequenceSearch? search = null, CancellationToken cancellationToken = default)
    {
        ArgumentNullException.ThrowIfNull(model);
        ArgumentNullException.ThrowIfNull(source);
        BytePairTokenizer target = TargetPrediction.TextOf(TargetPrediction.TargetOf(model), "targets");
        return Pieces(model.StreamTarget(TargetPrediction.EncodeText(model, source), search, cancellationToken), target, cancellationToken);
    }

    /// <summary>The text of tokens in pieces of whole characters. What is no character becomes U+FFFD, as in the text as a whole.</summary>
    internal static async IAsyncEnumerable<string> Pieces(
        IAsyncEnumerable<int> tokens, BytePairTokenizer tokenizer, [EnumeratorCancellation] CancellationToken cancellationToken = default)
    {
        // It keeps the bytes of a character until the last one comes.
        Decoder decoder = Encoding.UTF8.GetDecoder();
        await foreach (int token in tokens.WithCancellation(cancellationToken).ConfigureAwait(false))
        {
            if (Next(tokenizer.Bytes(token), flush: false) is { Length: > 0 } piece)
                yield return piece;
        }

        if (Next([], flush: true) is { Length: > 0 } last)
            yield return last;

        string Next(byte[] bytes, bool flush)
        {
            var characters = new char[decoder.GetCharCount(bytes, flush)];
            decoder.GetChars(bytes, characters, flush);
            return new string(characters);
        }
    }

    private static async IAsyncEnumerable<int> Tokens(
        SequenceModel model, float[] seen, SequenceSearch search, [EnumeratorCancellation] CancellationToken cancellationToken)
    {
        StepStream stream = await Task.Run(() => TargetPrediction.Start(model, seen), cancellationToken).ConfigureAwait(false);
        var sampler = new TokenSampler(new GenerationOptions { NoRepeatLength = search.NoRepeatLength }, []);
        TokenPast past = sampler.Past([]);
        int most = TargetPrediction.MostTokens(model, search), boundary = model.Network.OutputSize - 1;
        for (int length = 0; length < most; length++)
        {
            sampler.Weigh(stream.Output, past);
            int token = TensorPrimitives.IndexOfMax<float>(stream.Output);
            if (token == boundary || float.IsNegativeInfinity(stream.Output[token]))
                yield break;
            yield return token;
            past.Add(token);
            if (length + 1 < most)
                await Task.Run(() => stream.Feed(token), cancellationToken).ConfigureAwait(false);
        }
    }
}
