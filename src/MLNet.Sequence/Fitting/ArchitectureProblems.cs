namespace MLNet.Sequence.Fitting;

/// <summary>What is wrong with an architecture, or with what it is to be trained for.</summary>
internal static class ArchitectureProblems
{
    /// <param name="architecture">The architecture.</param>
    /// <param name="training">How it is to be trained.</param>
    /// <param name="predictsNext">Whether each step is predicted from those before it.</param>
    public static IEnumerable<string> Of(Architecture architecture, TrainingOptions training, bool predictsNext = false)
    {
        string name = architecture.GetType().Name;
        string[] problems = [.. architecture.Problems().Select(problem => $"{name}.{problem}")];
        if (problems.Length > 0)
            return problems;
        if (architecture.IsSolved)
            return ReferenceProblems.OfTraining(architecture, training);
        if (architecture.IsCausal)
            return [];
        if (predictsNext)
            return [$"The architecture must be causal, for the next step is to be predicted from those before it; found {name}, which reads the steps "
                + "after it as well."];
        return new (string Option, int? Steps)[] { (nameof(training.Truncation), training.Truncation),
            (nameof(training.BackpropSteps), training.BackpropSteps) }
            .Where(option => option.Steps is not null)
            .Select(option => $"Training.{option.Option} must be null where the architecture is not causal; found {option.Steps} with {name}, which reads "
                + "the steps after each one as well.");
    }
}
