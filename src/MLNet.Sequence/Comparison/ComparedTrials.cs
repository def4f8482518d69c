using MLNet.Sequence.Training;

namespace MLNet.Sequence.Comparison;

/// <summary>
/// Chooses for each architecture, first among the variants of a task and then among learning rates: each is trained for a short time
/// with the first seed. The first of those whose validation losses do not differ is used for all seeds.
/// </summary>
/// <param name="task">The task.</param>
/// <param name="trainings">Trains the models.</param>
/// <param name="options">The options of the comparison.</param>
internal sealed class ComparedTrials(ComparedTask task, ComparedTrainings trainings, CompareOptions options)
{
    private const int Parts = 8, Least = 2;

    // A model that was trained for one choice is not trained again for the next.
    private readonly Dictionary<(ComparedTask Task, string Entrant, double Rate), Tried> _tried = [];

    private int Epochs => Math.Clamp(task.Training.UsedEpochs / Parts, Math.Min(Least, task.Training.UsedEpochs), task.Training.UsedEpochs);

    /// <summary>Sets the task and the learning rate of each entrant.</summary>
    public void Choose(Entrant[] entrants)
    {
        (string Name, ComparedTask Task)[] variants = [.. task.Variants];
        double[] rates = [.. (options.LearningRates ?? []).Distinct()];
        Try(entrants, variants, (entrant, variant) => new Trial(entrant, variant.Name, variant.Task, null), (entrant, variant) => entrant.Task = variant.Task);
        Try(
            entrants,
            rates,
            (entrant, rate) => new Trial(entrant, FormattableString.Invariant($"rate-{rate}"), entrant.Task ?? task, rate),
            (entrant, rate) => entrant.LearningRate = rate);
    }

    private void Try<T>(Entrant[] entrants, T[] choices, Func<Entrant, T, Trial> trial, Action<Entrant, T> take)
    {
        if (choices.Length > 1)
            Run([.. from entrant in entrants from choice in choices select trial(entrant, choice)]);
        foreach (Entrant entrant in choices.Length == 0 ? [] : entrants)
        {
            Tried?[] tried = [.. choices.Select(choice => _tried.GetValueOrDefault(Key(trial(entrant, choice))))];
            double[] losses = [.. tried.Select(one => one is null ? 0 : Entrant.BestValidation(one.Model))];
            int chosen = Array.FindIndex(losses, loss => Entrant.IsWithin(options.Margin, loss, losses.Min()));
            take(entrant, choices[chosen]);
            entrant.Cost = tried[chosen]?.Model.Report.Seconds ?? 0;
            entrant.Begun = tried[chosen]?.Pause?.State;
        }
    }

    private void Run(Trial[] trials)
    {
        Trial[] missing = [.. trials.Where(trial => !_tried.ContainsKey(Key(trial)))];
        // The training of the first round begins like its trial. With a schedule that has an end, it is another one.
        TrainingPause?[] pauses = [.. missing.Select(trial => task.Training.Schedule.HasEnd ? null : new TrainingPause { After = Epochs })];
        SequenceModel[] models = trainings.Run(missing.Zip(pauses, (trial, pause) => new ComparedTraining(
            trial.Task, trial.Entrant.Architecture, $"{trial.Entrant.Name}-with-{trial.Name}", Round: 0)
        { TrialEpochs = Epochs, LearningRate = trial.Rate, Pause = pause }));
        foreach ((Trial trial, SequenceModel model, TrainingPause? pause) in missing.Zip(models, pauses))
            _tried.Add(Key(trial), new Tried(model, pause));
    }

    private static (ComparedTask, string, double) Key(Trial trial) => (trial.Task, trial.Entrant.Name, trial.Rate ?? trial.Task.Training.LearningRate);

    private sealed record Tried(SequenceModel Model, TrainingPause? Pause);

    private sealed record Trial(Entrant Entrant, string Name, ComparedTask Task, double? Rate);
}
