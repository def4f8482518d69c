using MLNet.Sequence.Architectures;
using MLNet.Sequence.Model;
using MLNet.Sequence.Stability;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Estimators;

/// <summary>A training in a round of a comparison, under a name of its own.</summary>
internal sealed record PastTraining(Architecture Architecture, string Name, int Round);

/// <summary>
/// What the past is worth, on the test examples of a comparison: models that see so many last steps and no more, and recurrent ones whose
/// state goes on from the start of each series.
/// </summary>
/// <param name="task">The task with its whole window.</param>
/// <param name="train">Trains for a task.</param>
/// <param name="score">The loss of each test example.</param>
internal sealed class ComparedPast(
    ComparedTask task, Func<ComparedTask, PastTraining, CancellationToken, SequenceModel> train, Func<ComparedTask, SequenceModel, double[]> score)
{
    /// <summary>Trainings at once.</summary>
    public required int AtOnce { get; init; }

    /// <summary>Stops all.</summary>
    public required CancellationToken Cancellation { get; init; }

    /// <param name="entrants">The models of the comparison.</param>
    /// <param name="references">What was solved, and the steps that each reads.</param>
    /// <param name="found">What was found of them.</param>
    public (DataMemory Memory, CarriedRecurrence? Carried) Measure(
        (RecurrenceCandidate Candidate, Architecture Architecture)[] entrants,
        (RecurrenceCandidate Candidate, int Steps)[] references,
        (LossIntervals Intervals, RecurrenceAnalysis Analysis) found)
    {
        (RecurrenceCandidate candidate, Architecture architecture) = entrants.MinBy(entrant => entrant.Candidate.Validation);
        Rung[] rungs = Climb(architecture, [.. references.Select(reference => new Rung(reference.Steps, reference.Candidate)), new Rung(task.Context, candidate)]);
        var memory = DataMemory.Of([.. rungs.Select(rung => (rung.Steps, rung.Model.Name, rung.Model.Losses))], found.Intervals, (found.Analysis.Margin, found.Analysis.Slight));
        CarriedRecurrence? carried = Carry(entrants, rungs.MinBy(rung => rung.Model.Validation)!.Model, found);
        return (carried?.IsNeeded == true ? memory with { AtLeast = true } : memory, carried);
    }

    // Of each number of steps the model that is the best on the validation rows.
    private Rung[] Climb(Architecture best, Rung[] known)
    {
        int[] steps = [.. DataMemory.Rungs(task.Context, task.Season).Where(seen => seen > 0 && seen < task.Context)];
        (int Steps, ComparedTask Task, Architecture Architecture)[] asked = [.. steps.SelectMany(seen => Candidates(seen, best))];
        SequenceModel[] models = SideBySide.Run(
            [.. asked.Select(one => (Func<CancellationToken, SequenceModel>)(stop => train(one.Task, new PastTraining(one.Architecture, Name(one.Steps, one.Architecture), 0), stop)))],
            AtOnce,
            Cancellation);
        Rung[] trained = [.. asked.Zip(models, (one, model) => new Rung(one.Steps, new RecurrenceCandidate(
            Name(one.Steps, one.Architecture), IsFeedForward: true, IsStable: false, model.Report.Epochs.Min(epoch => epoch.ValidationLoss)!.Value, [score(one.Task, model)])))];
        return [.. known.Concat(trained).GroupBy(rung => rung.Steps).OrderBy(group => group.Key).Select(group => group.MinBy(rung => rung.Model.Validation)!)];
    }

    // A network that fits any function of a short window, and the best with the whole one.
    private IEnumerable<(int Steps, ComparedTask Task, Architecture Architecture)> Candidates(int steps, Architecture best)
    {
        if (task.Seeing(steps) is not { } shorter)
            yield break;
        yield return (steps, shorter, new WindowMlp());
        if (best is not WindowMlp && shorter.Accepts(best))
            yield return (steps, shorter, best);
    }

    // The best recurrent architecture that can carry its state, in all rounds, beside the best of all that see a window.
    private CarriedRecurrence? Carry(
        (RecurrenceCandidate Candidate, Architecture Architecture)[] entrants, RecurrenceCandidate window, (LossIntervals Intervals, RecurrenceAnalysis Analysis) found)
    {
        if (task.Carrying() is not { } carrying || entrants.Where(entrant => carrying.Accepts(entrant.Architecture)).ToArray() is not { Length: > 0 } able)
            return null;
        (RecurrenceCandidate candidate, Architecture architecture) = able.MinBy(entrant => entrant.Candidate.Validation);
        SequenceModel[] models = SideBySide.Run(
            [.. candidate.Losses.Select((_, round) => (Func<CancellationToken, SequenceModel>)(stop => train(carrying, new PastTraining(architecture, $"{candidate.Name}-carried", round), stop)))],
            AtOnce,
            Cancellation);
        double[][] losses = [.. models.Select(model => score(carrying, model))];
        // What was trained or solved once stands beside all rounds.
        var windows = window with { Losses = [.. losses.Select((_, round) => window.Losses[Math.Min(round, window.Losses.Length - 1)])] };
        var carried = new RecurrenceCandidate($"{candidate.Name} with its state carried", IsFeedForward: false, candidate.IsStable, candidate.Validation, losses);
        (double low, double high) = found.Intervals.OfMean(losses);
        return new CarriedRecurrence(candidate.Name, carried.Error, low, high, found.Analysis.Compare(carried, windows));
    }

    private static string Name(int steps, Architecture architecture) => FormattableString.Invariant($"{architecture.Name}-of-{steps}");

    private sealed record Rung(int Steps, RecurrenceCandidate Model);
}
