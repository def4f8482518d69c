using MLNet.Sequence.Architectures;
using MLNet.Sequence.Model;
using MLNet.Sequence.Stability;

namespace MLNet.Sequence.Estimators;

/// <summary>
/// What the past is worth, on the test examples of a comparison: models that see so many last steps and no more, and recurrent ones whose
/// state goes on from the start of each series.
/// </summary>
/// <param name="task">The task with its whole window.</param>
/// <param name="trainings">Trains.</param>
/// <param name="score">The loss of each test example, in the unit of all.</param>
internal sealed class ComparedPast(ComparedTask task, ComparedTrainings trainings, Func<SequenceModel, double[]> score)
{
    /// <param name="entrants">The models of the comparison.</param>
    /// <param name="references">What needs no training, with the last steps that it reads; null: it reads whole rows.</param>
    /// <param name="found">What was found of them.</param>
    public (DataMemory Memory, CarriedRecurrence? Carried) Measure(
        Entrant[] entrants, IEnumerable<(int? Steps, RecurrenceCandidate Model)> references, (LossIntervals Intervals, RecurrenceAnalysis Analysis) found)
    {
        Entrant best = entrants.MinBy(entrant => entrant.Validation)!;
        (int reach, bool toStart) = Reach(best);
        int most = task.Context > 0 ? task.Context : best.Models[0].Task.ContextLength;
        IEnumerable<Rung> known = references.Where(reference => reference.Steps <= most).Select(reference => new Rung(reference.Steps!.Value, reference.Model));
        // Of each number of steps the first, references before networks, that is within the margin of the best on the validation rows: a network may
        // be slightly better there and go astray where no row was.
        IEnumerable<Rung> all = known.Append(new Rung(reach, best.Candidate)).Concat(Climb(best.Architecture, best.Task ?? task, reach));
        Rung[] rungs = [.. all.GroupBy(rung => rung.Steps).OrderBy(steps => steps.Key)
            .Select(steps => steps.First(rung => Entrant.IsWithin(found.Analysis.Margin, rung.Model.Validation, steps.Min(other => other.Model.Validation))))];
        var memory = DataMemory.Of(
            [.. rungs.Select(rung => (rung.Steps, rung.Model.Name, rung.Model.Losses))],
            found.Intervals,
            (found.Analysis.Margin, found.Analysis.Slight),
            toStart);
        CarriedRecurrence? carried = Carry(entrants, rungs.MinBy(rung => rung.Model.Validation)!.Model, found);
        return (carried?.IsNeeded == true ? memory with { AtLeast = true } : memory, carried);
    }

    // The last steps that a model of the comparison sees, and whether these are all that its rows have.
    private (int Steps, bool ToStart) Reach(Entrant entrant)
    {
        if (task.Context > 0)
            return (task.Context, false);
        int longest = entrant.Models[0].Task.ContextLength;
        return entrant.Architecture.Build(longest).ReceptiveField is { } field && field < longest ? (field, false) : (longest, true);
    }

    // Networks on each number of steps.
    private IEnumerable<Rung> Climb(Architecture best, ComparedTask whole, int reach)
    {
        (int Steps, ComparedTraining Training)[] asked = [.. from steps in task.Rungs
            where steps > 0 && steps != reach && (task.Context == 0 || steps < task.Context)
            from one in whole.Within(steps, best)
            select (steps, new ComparedTraining(one.Task, one.Architecture, FormattableString.Invariant($"{one.Architecture.Name}-of-{steps}"), Round: 0))];
        return asked.Zip(trainings.Run(asked.Select(one => one.Training)), (one, model) =>
        {
            double[][] losses = [score(model)];
            return new Rung(one.Steps, new RecurrenceCandidate(one.Training.Name, IsFeedForward: true, IsStable: false, Entrant.BestValidation(model), losses));
        });
    }

    // The recurrent architecture that is the best of those that can carry their state, in all rounds, beside the best of all that see a window.
    private CarriedRecurrence? Carry(Entrant[] entrants, RecurrenceCandidate window, (LossIntervals Intervals, RecurrenceAnalysis Analysis) found)
    {
        if (task.Carrying() is not { } carrying)
            return null;
        if (entrants.Where(entrant => carrying.Accepts(entrant.Architecture)).MinBy(entrant => entrant.Validation) is not { } able)
            return null;
        SequenceModel[] models = trainings.Run(
            able.Models.Select((_, round) => new ComparedTraining(carrying, able.Architecture, $"{able.Name}-carried", round)));
        double[][] losses = [.. models.Select(model => score(model))];
        // What was trained or solved once stands beside all rounds.
        var windows = window with { Losses = [.. losses.Select((_, round) => window.Losses[Math.Min(round, window.Losses.Length - 1)])] };
        var carried = able.Candidate with { Name = $"{able.Name} with its state carried", Losses = losses };
        (double low, double high) = found.Intervals.OfMean(losses);
        return new CarriedRecurrence(able.Name, carried.Error, low, high, found.Analysis.Compare(carried, windows))
        {
            StillLearns = models.Any(model => LearningCurve.StillFalls(model.Report.Epochs, carrying.Training.Patience)),
        };
    }

    private sealed record Rung(int Steps, RecurrenceCandidate Model);
}
