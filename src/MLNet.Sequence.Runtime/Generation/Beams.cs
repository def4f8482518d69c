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

    /// <summary>β of the coverage penalty, for streams whose attention is traced. Default 0: none.</summary>
    public double CoveragePenalty { get; init; }
}

/// <summary>A continuation that has ended, and its rank.</summary>
/// <param name="Sequence">The continuation.</param>
/// <param name="Score">The higher, the better.</param>
internal readonly record struct RankedSequence(GeneratedSequence Sequence, double Score);

/// <summary>A beam search: at each step the most likely continuations are kept, until none that is open can become one of the best.</summary>
/// <param name="sampler">Forbids tokens.</param>
/// <param name="stops">Tokens that end a continuation.</param>
/// <param name="limits">The limits.</param>
internal sealed class Beams(TokenSampler sampler, IReadOnlySet<int> stops, BeamLimits limits)
{
    private readonly List<RankedSequence> _ended = [];

    /// <summary>The best continuations, the best first.</summary>
    /// <param name="start">The stream that has read the prompt.</param>
    /// <param name="prompt">The prompt.</param>
    public IReadOnlyList<RankedSequence> Search(StepStream start, IReadOnlyList<int> prompt)
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
                    End(beams[i], [.. beams[i].Past.Tokens.Skip(prompt.Count)], beams[i].Sum);
            }

            Next[] best = [.. grown.SelectMany(next => next).OrderByDescending(next => next.Sum).Take(limits.Width)];
            beams.Clear();
            foreach (Next next in best)
            {
                if (stops.Contains(next.Token) || isLast)
                    End(next.From, [.. next.From.Past.Tokens.Skip(prompt.Count), next.Token], next.Sum);
                else
                    beams.Add(next.Taken());
            }
        }

        return [.. Ranked().Take(limits.Width)];
    }

    // log P / lp + cp (Wu et al., arXiv 1609.08144, equation 14)
    private void End(Beam beam, int[] tokens, double sum)
    {
        double covered = 0;
        foreach (float attention in limits.CoveragePenalty == 0 ? [] : beam.Stream.Coverage)
            covered += Math.Log(Math.Clamp(attention, float.Epsilon, 1));
        _ended.Add(new RankedSequence(new GeneratedSequence(tokens, sum), limits.Score(sum, tokens.Length) + limits.CoveragePenalty * covered));
    }

    // A continuation never becomes more likely than it is, and the penalty of what it covers is at best 0.
    private bool IsDecided(List<Beam> beams) => _ended.Count >= limits.Width
        && Ranked().ElementAt(limits.Width - 1) is var last
        && beams.Max(beam => limits.Score(beam.Sum, limits.MaxLength)) <= last.Score;

    private IEnumerable<RankedSequence> Ranked() => _ended.OrderByDescending(sequence => sequence.Score);

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
