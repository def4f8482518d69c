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
    /// <param name="references">What was solved.</param>
    /// <param name="found">What was found of them.</param>
    public (DataMemory Memory, CarriedRecurrence? Carried) Measure(
        Entrant[] entrants, Entrant[] references, (LossIntervals Intervals, RecurrenceAnalysis Analysis) found)
    {
        Entrant best = entrants.MinBy(entrant => entrant.Validation)!;
        Rung[] known = [.. references.Select(reference => new Rung(reference.Memory, reference.Candidate)), new Rung(task.Context, best.Candidate)];
        // Of each number of steps the model that is the best on the validation rows.
        Rung[] rungs = [.. known.Concat(Climb(best.Architecture, best.Task ?? task)).GroupBy(rung => rung.Steps).OrderBy(steps => steps.Key)
            .Select(steps => steps.MinBy(rung => rung.Model.Validation)!)];
        var memory = DataMemory.Of(
            [.. rungs.Select(rung => (rung.Steps, rung.Model.Name, rung.Model.Losses))], found.Intervals, (found.Analysis.Margin, found.Analysis.Slight));
        CarriedRecurrence? carried = Carry(entrants, rungs.MinBy(rung => rung.Model.Validation)!.Model, found);
        return (carried?.IsNeeded == true ? memory with { AtLeast = true } : memory, carried);
    }

    // On each shorter window a network that fits any function of it, and the best with the whole one.
    private IEnumerable<Rung> Climb(Architecture best, ComparedTask whole)
    {
        (int Steps, ComparedTraining Training)[] asked = [.. from steps in DataMemory.Rungs(task.Context, task.Season)
            where steps > 0 && steps < task.Context
            let shorter = whole.Seeing(steps)
            where shorter is not null
            from architecture in best is WindowMlp ? [best] : new[] { new WindowMlp(), best }
            where shorter.Accepts(architecture)
            select (steps, new ComparedTraining(shorter, architecture, FormattableString.Invariant($"{architecture.Name}-of-{steps}"), Round: 0))];
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
