namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>What is known of a run; kept in its folder as run.json.</summary>
/// <param name="Id">The name of its folder.</param>
/// <param name="Question">What was asked.</param>
internal sealed record RunInfo(string Id, Question Question)
{
    public required string Name { get; init; }

    /// <summary>When it was first started.</summary>
    public required DateTime Created { get; init; }

    public RunStatus Status { get; init; }

    /// <summary>Why it failed, in the words of the page.</summary>
    public string? Problem { get; init; }

    /// <summary>Seconds of all its sessions.</summary>
    public double Seconds { get; init; }

    /// <summary>The model to use.</summary>
    public string? Recommended { get; init; }

    /// <summary>What the errors are, such as "mean squared error".</summary>
    public string? Metric { get; init; }

    /// <summary>The error of the recommended model on the test rows.</summary>
    public double Error { get; init; } = double.NaN;

    /// <summary>The error of the best prediction without a model.</summary>
    public double WithoutModel { get; init; } = double.NaN;

    /// <summary>The name of that prediction.</summary>
    public string? WithoutModelName { get; init; }

    /// <summary>The answer in one sentence.</summary>
    public string? Answer { get; init; }
}

internal enum RunStatus
{
    Waiting,
    Running,
    Done,
    Cancelled,
    Failed,

    /// <summary>The studio ended while it ran.</summary>
    Interrupted,
}
