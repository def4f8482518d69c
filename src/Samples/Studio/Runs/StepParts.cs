using MLNet.Sequence.Samples.Sequences;
using MLNet.Sequence.Samples.Series;

namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>
/// Sequences of steps to train on, to choose models and to test them. Many sequences are drawn whole, a fifth each to choose and to test; few
/// are cut in time. Then long ones are cut into pieces.
/// </summary>
internal sealed record StepParts(IReadOnlyList<StepSequence> Train, IReadOnlyList<StepSequence> Validation, IReadOnlyList<StepSequence> Test)
{
    private const int Many = 10, Fifth = 5, LeastPieces = 4;

    private static readonly Split InTime = Split.Parse("0.7,0.1,0.2");

    /// <summary>How the parts were made, for the user.</summary>
    public required string How { get; init; }

    /// <param name="table">All sequences.</param>
    /// <param name="question">The length of pieces, and the seed of the draw.</param>
    /// <param name="least">The least steps of a piece from which something is learned.</param>
    /// <exception cref="UserError">There are too few pieces.</exception>
    public static StepParts Of(StepTable table, Question question, int least)
    {
        StepSequence[] usable = [.. table.Sequences.Where(sequence => sequence.Length >= least)];
        if (usable.Length == 0)
            throw new UserError(
                $"No sequence of '{Path.GetFileName(table.Path)}' has at least {least} rows: is it the right column that names the series?");
        StepParts parts = Of(usable, question.Context, question.Seed, least);
        if (!parts.AreEnough)
        {
            throw new UserError(FormattableString.Invariant($"In pieces of {question.Context} rows there are {parts.Train.Count} sequences to train on, ")
                + FormattableString.Invariant($"{parts.Validation.Count} to choose models and {parts.Test.Count} to test them; ")
                + FormattableString.Invariant($"at least {LeastPieces}, 1 and {LeastPieces} are needed. Choose shorter pieces, or a file with more rows."));
        }

        return question.Kind == QuestionKind.Tag.Name ? parts.WithKnownTags() : parts;
    }

    /// <summary>Whether pieces of so many rows are enough, to tag and to predict the next step.</summary>
    /// <param name="sequences">The sequences, of which their lengths are read.</param>
    /// <param name="piece">The rows of a piece.</param>
    /// <param name="seed">The seed of the draw.</param>
    public static bool Suffice(IReadOnlyList<StepSequence> sequences, int piece, int seed) => new[] { QuestionKind.Tag, QuestionKind.Next }.All(kind =>
        Of([.. sequences.Where(sequence => sequence.Length >= kind.LeastRows)], piece, seed, kind.LeastRows).AreEnough);

    private bool AreEnough => Validation.Count > 0 && Test.Count >= LeastPieces && Train.Count >= LeastPieces;

    private static StepParts Of(StepSequence[] usable, int piece, int seed, int least)
    {
        StepParts whole = usable.Length >= Many ? Drawn(usable, seed) : Cut(usable);
        IReadOnlyList<StepSequence> Pieces(IReadOnlyList<StepSequence> part) =>
            [.. part.SelectMany(sequence => sequence.Pieces(piece, least)).Where(found => found.Length >= least)];
        return whole with { Train = Pieces(whole.Train), Validation = Pieces(whole.Validation), Test = Pieces(whole.Test) };
    }

    // A tagger does not choose its weights on tags that it cannot learn.
    private StepParts WithKnownTags()
    {
        HashSet<string> known = [.. Train.SelectMany(sequence => sequence.Tags)];
        StepSequence[] moved = [.. Validation.Where(sequence => !sequence.Tags.All(known.Contains))];
        if (moved.Length == 0)
            return this;
        if (moved.Length == Validation.Count)
            throw new UserError("Every sequence to choose models has a tag that no sequence to train on has. Name the column of the sequences, or choose "
                + "shorter pieces.");
        return this with
        {
            Train = [.. Train, .. moved],
            Validation = [.. Validation.Except(moved)],
            How = How + FormattableString.Invariant($"; {moved.Length} with rare tags, drawn to choose models, train instead"),
        };
    }

    private static StepParts Drawn(StepSequence[] sequences, int seed)
    {
        StepSequence[] all = [.. sequences];
        new Random(seed).Shuffle(all);
        int part = all.Length / Fifth;
        return new StepParts(all[(2 * part)..], all[part..(2 * part)], all[..part]) { How = "whole sequences, drawn at random" };
    }

    private static StepParts Cut(StepSequence[] sequences)
    {
        var (train, validation, test) = (new List<StepSequence>(), new List<StepSequence>(), new List<StepSequence>());
        foreach (StepSequence sequence in sequences)
        {
            (int trainEnd, int validationEnd, int testEnd) = InTime.Ends(sequence.Length);
            foreach ((List<StepSequence> part, Range steps) in new[]
            {
                (train, ..trainEnd),
                (validation, trainEnd..validationEnd),
                (test, validationEnd..testEnd),
            })
            {
                if (steps.End.Value > steps.Start.Value)
                    part.Add(sequence.Part(steps));
            }
        }

        return new StepParts(train, validation, test) { How = "each sequence cut in time" };
    }
}
