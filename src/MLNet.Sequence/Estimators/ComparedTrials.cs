using MLNet.Sequence.Model;

namespace MLNet.Sequence.Estimators;

/// <summary>
/// Chooses for each architecture, one after the other, among the variants of a task and among learning rates: each is trained for a short while
/// with the first seed, and of those whose validation losses do not differ the first is taken for all seeds.
/// </summary>
/// <param name="task">The task.</param>
/// <param name="trainings">Trains.</param>
/// <param name="options">Those of the comparison.</param>
internal sealed class ComparedTrials(ComparedTask task, ComparedTrainings trainings, CompareOptions options)
{
    private const int Parts = 8, Least = 2;

    private int Epochs => Math.Clamp(task.Training.Epochs / Parts, Math.Min(Least, task.Training.Epochs), task.Training.Epochs);

    /// <summary>Gives each entrant the task and the learning rate that it is to be trained with.</summary>
    public void Choose(Entrant[] entrants)
    {
        (string Name, ComparedTask Task)[] variants = [.. task.Variants];
        ComparedTraining Trial(Entrant entrant, string name) =>
            new(entrant.Task ?? task, entrant.Architecture, $"{entrant.Name}-with-{name}", Round: 0) { TrialEpochs = Epochs, LearningRate = entrant.LearningRate };
        Try(entrants, variants, (entrant, variant) => Trial(entrant, variant.Name) with { Task = variant.Task }, (entrant, variant) => entrant.Task = variant.Task);
        float[] rates = [.. (options.LearningRates ?? []).Distinct()];
        Try(
            entrants,
            rates,
            (entrant, rate) => Trial(entrant, FormattableString.Invariant($"rate-{rate}")) with { LearningRate = rate },
            (entrant, rate) => entrant.LearningRate = rate);
    }

    private void Try<T>(Entrant[] entrants, T[] choices, Func<Entrant, T, ComparedTraining> trial, Action<Entrant, T> take)
    {
        if (choices.Length <= 1)
        {
            foreach (Entrant entrant in choices.Length == 0 ? [] : entrants)
                take(entrant, choices[0]);
            return;
        }

        SequenceModel[][] models = [.. trainings.Run(from entrant in entrants from choice in choices select trial(entrant, choice)).Chunk(choices.Length)];
        foreach ((Entrant entrant, SequenceModel[] tried) in entrants.Zip(models))
        {
            double[] losses = [.. tried.Select(Entrant.BestValidation)];
            int chosen = Array.FindIndex(losses, loss => Entrant.IsWithin(options.Margin, loss, losses.Min()));
            take(entrant, choices[chosen]);
            entrant.Cost = tried[chosen].Report.Seconds;
        }
    }
}
