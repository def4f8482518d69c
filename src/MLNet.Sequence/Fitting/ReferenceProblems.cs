namespace MLNet.Sequence.Fitting;

/// <summary>The uses that a reference does not support.</summary>
internal static class ReferenceProblems
{
    /// <summary>Options of the optimiser have no effect, as in a comparison; options that request other weights are errors.</summary>
    public static IEnumerable<string> OfTraining(Architecture architecture, TrainingOptions training)
    {
        string name = architecture.GetType().Name;
        if (architecture is not Reference)
            yield return $"A {name} whose inner architecture is solved in closed form is not trained: fit that one, and truncate the model.";
        if (training.WarmStart is not null)
            yield return $"Training.WarmStart must be null with {name}, which is solved in closed form.";
        if (training.Truncation is not null)
            yield return $"Training.Truncation must be null with {name}, which is solved in closed form.";
    }

    /// <exception cref="ArgumentException">There is no learning rate, since nothing is trained.</exception>
    public static void MustHaveLearningRate(Architecture architecture)
    {
        if (architecture.IsSolved)
            throw new ArgumentException($"{architecture.GetType().Name} is solved in closed form: it has no learning rate to look for.");
    }

    public static IEnumerable<string> InForecasting(Architecture architecture, int context)
    {
        if (architecture is LinearOnStatistics)
        {
            yield return $"{nameof(LinearOnStatistics)} cannot forecast: it predicts the class or the numbers of a row that holds a sequence.";
            yield break;
        }

        string name = architecture is Ridge ? $"{nameof(Ridge)}.{nameof(Ridge.Lags)}" : $"{nameof(SeasonalNaive)}.{nameof(SeasonalNaive.Season)}";
        if (architecture is Reference reference && reference.Steps(context) is var steps && steps > context)
            yield return $"{name} must be at most Context, {context}; found {steps}.";
    }

    /// <param name="architecture">The architecture.</param>
    /// <param name="input">Whether the sequences are of tokens, and how their steps are pooled.</param>
    /// <param name="task">What the task predicts for each row.</param>
    /// <param name="asked">Whether the outputs are numbers on a scale, as least squares needs, and whether a whole row has one output.</param>
    public static IEnumerable<string> InRows(Architecture architecture, (bool AreTokens, PoolingKind Pooling) input, string task,
        (bool AreNumbers, bool OfRows) asked)
    {
        string name = architecture.GetType().Name;
        if (architecture is LinearOnStatistics && asked.OfRows)
        {
            if (input.AreTokens)
                yield return $"{name} reads numbers, and the sequences are of tokens, whose vectors are trained.";
        }
        else if (architecture is LinearOnStatistics)
        {
            yield return $"{name} cannot predict {task}: it predicts the class or the numbers of a whole row.";
        }
        else if (architecture is Ridge && asked.AreNumbers)
        {
            if (input.AreTokens)
                yield return $"{name} reads numbers, and the sequences are of tokens, whose vectors are trained.";
            if (input.Pooling == PoolingKind.Attention)
                yield return $"Pooling must be LastStep, Mean or Max with {name}: the weights of Attention are trained.";
        }
        else if (architecture is Ridge)
        {
            yield return $"{name} cannot predict {task}: it predicts numbers by least squares.";
        }
        else if (architecture is Reference)
        {
            yield return $"{name} cannot predict {task}: it forecasts series (ml.Forecasting.Trainers.Sequence).";
        }
    }
}
