using MLNet.Sequence.Model;

namespace MLNet.Sequence.Estimators;

/// <summary>
/// Chooses, for each architecture, among the variants of a task: each is trained for a short while with the first seed, and of those whose
/// validation losses do not differ the first is taken for all seeds.
/// </summary>
/// <param name="task">The task.</param>
/// <param name="trainings">Trains.</param>
/// <param name="margin">The relative difference that does not matter.</param>
internal sealed class ComparedTrials(ComparedTask task, ComparedTrainings trainings, double margin)
{
    private const int Parts = 8, Least = 2;

    /// <summary>Gives each entrant the task that it is to be trained on.</summary>
    public void Choose(Entrant[] entrants)
    {
        IReadOnlyList<(string Name, ComparedTask Task)> variants = task.Variants;
        if (variants.Count == 0)
            return;
        int epochs = Math.Clamp(task.Training.Epochs / Parts, Math.Min(Least, task.Training.Epochs), task.Training.Epochs);
        ComparedTraining[] asked = [.. from entrant in entrants
            from variant in variants
            select new ComparedTraining(variant.Task, entrant.Architecture, $"{entrant.Name}-with-{variant.Name}", Round: 0) { TrialEpochs = epochs }];
        SequenceModel[][] models = [.. trainings.Run(asked).Chunk(variants.Count)];
        foreach ((Entrant entrant, SequenceModel[] tried) in entrants.Zip(models))
        {
            double[] losses = [.. tried.Select(Entrant.BestValidation)];
            entrant.Task = variants[Array.FindIndex(losses, loss => Entrant.IsWithin(margin, loss, losses.Min()))].Task;
        }
    }
}
