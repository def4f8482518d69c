namespace MLNet.Sequence.Networks;

/// <summary>The steps that values cover, counted from the last known one, which is step 0.</summary>
public enum StepCoverage
{
    /// <summary>The steps −T + 1 … 0: the known steps of a sequence or of the context of a series.</summary>
    Past,

    /// <summary>The steps 1 … H: the steps to forecast, or those of a pair's target.</summary>
    Horizon,

    /// <summary>No step: one vector for the whole, which is repeated at each step of other inputs.</summary>
    None,

    /// <summary>The steps of another sequence, of any number: layers attend to them (<see cref="NetworkNode.Memory"/>), nothing is joined with them.</summary>
    Apart,
}

/// <summary>Values that a network reads, by name, with the steps that they cover.</summary>
/// <param name="Name">Its name: <see cref="Past"/>, <see cref="Future"/>, <see cref="Static"/> or <see cref="Target"/>.</param>
/// <param name="Size">Channels of a step, or of the whole; at least 1.</param>
/// <param name="Coverage">The steps that it covers.</param>
public sealed record NetworkInput(string Name, int Size, StepCoverage Coverage)
{
    /// <summary>The sequence so far, [B, T, C]: every network reads it.</summary>
    public const string Past = "past";

    /// <summary>The known inputs of the steps ahead, [B, H, K].</summary>
    public const string Future = "future";

    /// <summary>The values that are the same at all steps, [B, S].</summary>
    public const string Static = "static";

    /// <summary>
    /// A decoder's own past, [B, H, K]: for each step of the horizon, the actual value or the decoder's output at the step before it; at the
    /// first step a start symbol. H differs from pair to pair if the horizon is open (<see cref="NetworkPlan.IsOpen"/>).
    /// </summary>
    public const string Target = "target";
}
