using MLNet.Sequence.Metrics;
using MLNet.Sequence.Model;

namespace MLNet.Sequence.Comparison;

/// <summary>
/// The value of the past, on the test examples of a comparison: models that see only a given number of last steps, and recurrent ones
/// whose state is carried from the start of each series.
/// </summary>
/// <param name="task">The task with its whole window.</param>
/// <param name="trainings">Trains the models.</param>
/// <param name="score">The loss of each test example, in the unit that all models share.</param>
internal sealed class ComparedPast(ComparedTask task, ComparedTrainings trainings, Func<SequenceModel, double[]> score)
{
    /// <param name="entrants">The models of the comparison.</param>
    /// <param name="references">The references, with the number of last steps that each reads; null: whole rows.</param>
    /// <param name="found">The intervals and the analysis of the models.</param>
    public (DataMemory Memory, CarriedRecurrence? Carried) Measure(
        Entrant[] entrants, IEnumerable<(int? Steps, RecurrenceCandidate Model)> references, (LossIntervals Intervals, RecurrenceAnalysis Analysis) found)
    {
        Entrant best = entrants.MinBy(entrant => entrant.Validation)!;
        (int reach, bool toStart) = Reach(best);
        int most = task.Context > 0 ? task.Context : best.Models[0].Task.ContextLength;
        Entrant? able = task.Carrying() is { } carrying
            ? entrants.Where(entrant => carrying.Accepts(entrant.Architecture)).MinBy(entrant => entrant.Validation)
            : null;
        ComparedTraining[] carried = able is null ? [] : [.. Carrying(able)];
        (int Steps, ComparedTraining Training)[] shorter = [.. Climbing(best, reach)];
        SequenceModel[] models = trainings.Run([.. carried, .. shorter.Select(one => one.Training)]);
        IEnumerable<Rung> climbed = shorter.Zip(models.Skip(carried.Length), (one, model) => Climbed(one.Steps, one.Training.Name, model));
        IEnumerable<Rung> known = references.Where(reference => reference.Steps <= most).Select(reference => new Rung(reference.Steps!.Value, reference.Model));
        // For each number of steps: the first model, references before networks, within the margin of the best on the validation rows. A network may
        // be slightly better there and fail where no validation row was.
        IEnumerable<Rung> all = known.Append(new Rung(reach, best.Candidate)).Concat(climbed);
        Rung[] rungs = [.. all.GroupBy(rung => rung.Steps).OrderBy(steps => steps.Key)
            .Select(steps => steps.First(rung => Entrant.IsWithin(found.Analysis.Margin, rung.Model.Validation, steps.Min(other => other.Model.Validation))))];
        var memory = DataMemory.Of(
            [.. rungs.Select(rung => (rung.Steps, rung.Model.Name, rung.Model.Losses))],
            found.Intervals,
            (found.Analysis.Margin, found.Analysis.Negligible),
            toStart);
        CarriedRecurrence? recurrence = able is null ? null
            : Carried(able, models[..carried.Length], rungs.MinBy(rung => rung.Model.Validation)!.Model, found);
        return (recurrence?.IsNeeded == true ? memory with { AtLeast = true } : memory, recurrence);
    }

    // The number of last steps that a model of the comparison sees, and whether these are all steps of its rows.
    private (int Steps, bool ToStart) Reach(Entrant entrant)
    {
        if (task.Context > 0)
            return (task.Context, false);
        int longest = entrant.Models[0].Task.ContextLength;
        return entrant.Architecture.Build(longest).ReceptiveField is { } field && field < longest ? (field, false) : (longest, true);
    }

    // Networks for each number of steps; more steps take longer to train.
    private IEnumerable<(int Steps, ComparedTraining Training)> Climbing(Entrant best, int reach) =>
        from steps in task.Rungs
        where steps > 0 && steps != reach && (task.Context == 0 || steps < task.Context)
        from one in (best.Task ?? task).Within(steps, best.Architecture)
        let name = FormattableString.Invariant($"{one.Architecture.Name}-of-{steps}")
        let rate = one.Architecture.GetType() == best.Architecture.GetType() ? best.LearningRate : null
        select (steps, new ComparedTraining(one.Task, one.Architecture, name, Round: 0) { Cost = steps, LearningRate = rate });

    private Rung Climbed(int steps, string name, SequenceModel model)
    {
        double[][] losses = [score(model)];
        return new Rung(steps, new RecurrenceCandidate(name, IsFeedForward: true, IsStable: false, Entrant.BestValidation(model), losses));
    }

    // The best recurrent architecture of those that can carry their state, in all rounds.
    private IEnumerable<ComparedTraining> Carrying(Entrant able) => able.Models.Select((_, round) =>
        new ComparedTraining(task.Carrying()!, able.Architecture, $"{able.Name}-carried", round) { Cost = double.MaxValue, LearningRate = able.LearningRate });

    // Compared with the best of all models that see a window.
    private CarriedRecurrence Carried(
        Entrant able, SequenceModel[] models, RecurrenceCandidate window, (LossIntervals Intervals, RecurrenceAnalysis Analysis) found)
    {
        double[][] losses = [.. models.Select(model => score(model))];
        // A model that was trained or solved once is compared in all rounds.
        var windows = window with { Losses = [.. losses.Select((_, round) => window.Losses[Math.Min(round, window.Losses.Length - 1)])] };
        var carried = able.Candidate with { Name = $"{able.Name} with its state carried", Losses = losses };
        (double low, double high) = found.Intervals.OfMean(losses);
        return new CarriedRecurrence(able.Name, carried.Error, low, high, found.Analysis.Compare(carried, windows))
        {
            StillLearns = models.Any(model => LearningCurve.StillFalls(model.Report.Epochs, task.Carrying()!.Training.Patience)),
        };
    }

    private sealed record Rung(int Steps, RecurrenceCandidate Model);
}
