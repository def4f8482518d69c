namespace MLNet.Sequence.Generation;

/// <summary>The limits of a beam search, and how it ranks.</summary>
/// <param name="Width">The number of continuations kept, and the largest number found.</param>
/// <param name="MaxLength">The largest number of tokens.</param>
/// <param name="Score">
/// Ranks a continuation by its log-probability and its length. It never falls with the length, so that the search can end early.
/// </param>
internal sealed record BeamLimits(int Width, int MaxLength, Func<double, int, double> Score)
{
    /// <summary>Whether only a stop token may be the last of <see cref="MaxLength"/> tokens, so that every continuation ends with one. Default false.</summary>
    public bool MustStop { get; init; }
}

/// <summary>A beam search: at each step the most likely continuations are kept, until none that is open can become one of the best.</summary>
/// <param name="sampler">Forbids tokens.</param>
/// <param name="stops">Tokens that end a continuation.</param>
/// <param name="limits">The limits.</param>
internal sealed class Beams(TokenSampler sampler, IReadOnlySet<int> stops, BeamLimits limits)
{
    private readonly List<GeneratedSequence> _ended = [];

    /// <summary>The best continuations, the best first.</summary>
    /// <param name="start">The stream that has read the prompt.</param>
    /// <param name="prompt">The prompt.</param>
    public IReadOnlyList<GeneratedSequence> Search(StepStream start, IReadOnlyList<int> prompt)
    {
        List<Beam> beams = [new Beam(start, sampler.Past(prompt), 0)];
        for (int length = 1; length <= limits.MaxLength && beams.Count > 0 && !IsDecided(beams); length++)
        {
            bool isLast = length == limits.MaxLength;
            List<Next>[] grown = [.. beams.Select(beam => Likeliest(beam, isLast && limits.MustStop))];
            // A continuation without possible next tokens ends as well.
            for (int i = 0; i < grown.Length && length > 1; i++)
            {
                if (grown[i].Count == 0)
                    _ended.Add(new GeneratedSequence([.. beams[i].Past.Tokens.Skip(prompt.Count)], beams[i].Sum));
            }

            Next[] best = [.. grown.SelectMany(next => next).OrderByDescending(next => next.Sum).Take(limits.Width)];
            beams.Clear();
            foreach (Next next in best)
            {
                if (stops.Contains(next.Token) || isLast)
                    _ended.Add(new GeneratedSequence([.. next.From.Past.Tokens.Skip(prompt.Count), next.Token], next.Sum));
                else
                    beams.Add(next.Taken());
            }
        }

        return [.. Ranked().Take(limits.Width)];
    }

    // A continuation never becomes more likely than it is.
    private bool IsDecided(List<Beam> beams) => _ended.Count >= limits.Width
        && Ranked().ElementAt(limits.Width - 1) is var last
        && beams.Max(beam => limits.Score(beam.Sum, limits.MaxLength)) <= limits.Score(last.LogProbability, last.Tokens.Count);

    private IEnumerable<GeneratedSequence> Ranked() => _ended.OrderByDescending(sequence => limits.Score(sequence.LogProbability, sequence.Tokens.Count));

    // The most likely next tokens, the first among equals.
    private List<Next> Likeliest(Beam beam, bool mustStop)
    {
        ReadOnlySpan<float> logits = beam.Stream.Output;
        double total = Logits.LogSumExp(logits);
        float[] allowed = logits.ToArray();
        // Forbidden tokens get no probability; the others keep the model's own.
        sampler.Weigh(allowed, beam.Past);
        var best = new List<Next>();
        for (int token = 0; token < allowed.Length; token++)
        {
            double sum = beam.Sum + logits[token] - total;
            if (float.IsNegativeInfinity(allowed[token]) || mustStop && !stops.Contains(token) || best.Count == limits.Width && sum <= best[^1].Sum)
                continue;
            int place = best.Count;
            while (place > 0 && sum > best[place - 1].Sum)
                place--;
            best.Insert(place, new Next(beam, token, sum));
            if (best.Count > limits.Width)
                best.RemoveAt(limits.Width);
        }

        return best;
    }

    private sealed record Beam(StepStream Stream, TokenPast Past, double Sum);

    private readonly record struct Next(Beam From, int Token, double Sum)
    {
        public Beam Taken()
        {
            StepStream stream = From.Stream.Copy();
            stream.Feed(Token);
            return new Beam(stream, From.Past.With(Token), Sum);
        }
    }
}
