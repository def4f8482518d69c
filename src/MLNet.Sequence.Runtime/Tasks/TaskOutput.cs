namespace MLNet.Sequence.Tasks;

/// <summary>What the values are that a task says of its network's output: what proofs and measurements read of them.</summary>
/// <param name="Slope">
/// What one of them changes by at most, in units of its deviation, where the network's output changes by 1: the Lipschitz constant of the
/// decoding.
/// </param>
/// <param name="Most">What two of them differ by at most.</param>
internal sealed record TaskOutput(double Slope, double Most)
{
    /// <summary>Numbers in the data's units, or scores that something else decodes.</summary>
    public static TaskOutput Numbers { get; } = new(1, double.PositiveInfinity);

    /// <summary>σ, which is nowhere steeper than ¼.</summary>
    public static TaskOutput Logistic { get; } = new(0.25, 1);

    /// <summary>A probability of softmax moves by p (1 − p) where its own logit does, and by as much in all others together.</summary>
    public static TaskOutput Softmax { get; } = new(0.5, 1);

    /// <summary>Probabilities whose logarithms the network gives.</summary>
    public static TaskOutput Exponential { get; } = new(1, 1);
}

/// <summary>Of which steps of a sequence a network's output says something.</summary>
internal enum Answered
{
    /// <summary>Of the sequence as a whole.</summary>
    Whole,

    /// <summary>Of each step, and the last one's is that of the sequence.</summary>
    LastStep,

    /// <summary>Of each step, and all are wanted.</summary>
    EachStep,
}
