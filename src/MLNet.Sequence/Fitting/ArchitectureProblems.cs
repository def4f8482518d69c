using System.Globalization;

namespace MLNet.Sequence.Fitting;

/// <summary>The problems of an architecture, or of its combination with a task and training options.</summary>
internal static class ArchitectureProblems
{
    /// <summary>The problem of conditions that would be channels of the vectors of tokens.</summary>
    public static string ConditionsOfTokens(Architecture architecture) =>
        $"{nameof(WaveNet)}.{nameof(WaveNet.Conditions)} must be 0 for tokens, whose last channels are learnt and no conditions; found "
            + $"{architecture.LastConditions}. Of the tasks on tokens, only next steps have conditions: NextStepOptions.StaticColumnNames and KnownColumnName.";

    /// <param name="architecture">The architecture.</param>
    /// <param name="training">The training options.</param>
    /// <param name="predictsNext">Whether each step is predicted from those before it.</param>
    public static IEnumerable<string> Of(Architecture architecture, TrainingOptions training, bool predictsNext = false)
    {
        string name = architecture.GetType().Name;
        string[] problems = [.. architecture.Problems().Select(problem => $"{name}.{problem}")];
        if (problems.Length > 0)
            return problems;
        if (architecture is EncoderDecoder)
            return [$"The architecture must read one sequence; found {name}, an encoder–decoder: use ml.Sequence.Trainers.SequenceToSequence."];
        if (architecture.IsSolved)
            return ReferenceProblems.OfTraining(architecture, training);
        if (architecture.IsCausal)
            return [];
        if (predictsNext)
            return [$"The architecture must be causal, since each next step is predicted from those before it; found {name}, which also reads the steps "
                + "after it."];
        return new (string Option, int? Steps)[] { (nameof(training.Truncation), training.Truncation),
            (nameof(training.BackpropSteps), training.BackpropSteps) }
            .Where(option => option.Steps is not null)
            .Select(option => $"Training.{option.Option} must be null if the architecture is not causal; found {option.Steps} with {name}, which also reads "
                + "the steps after each one.");
    }

    /// <summary>What gradients over the borders of chunks need; solved architectures ignore chunks.</summary>
    /// <param name="architecture">A valid architecture.</param>
    /// <param name="training">The training options.</param>
    /// <param name="ofGradients">Whether only gradients are cut, not sequences: each row has one label.</param>
    public static IEnumerable<string> OfChunks(Architecture architecture, TrainingOptions training, bool ofGradients = false)
    {
        bool isDeeper = training.BackpropDepth > training.BackpropSteps;
        if (architecture.IsSolved || !isDeeper && !(ofGradients && training.BackpropSteps is not null) || CarriesAll(architecture))
            yield break;
        string name = architecture.GetType().Name;
        yield return ofGradients
            ? $"Training.BackpropSteps needs an architecture that knows earlier steps only by its recurrent state, since rows are cut; found {name}."
            : string.Create(CultureInfo.InvariantCulture, $"Training.BackpropDepth needs an architecture that knows earlier steps only by its recurrent state, "
                + $"since gradients flow through it into the chunks before; found {training.BackpropDepth} with {name}. Leave it null, and set BackpropSteps "
                + $"to several times the steps that {name} should see.");
    }

    /// <summary>Whether all that an architecture knows of earlier steps is a state that chunks can hand on.</summary>
    public static bool CarriesAll(Architecture architecture) => Forecasting.CanCarry(architecture.Build(1));
}
