namespace MLNet.Sequence.Training;

/// <summary>What a run of the loop is about, and whom it tells. Knows no task and no architecture.</summary>
internal sealed record TrainingJob
{
    public required IBatchSource Training { get; init; }

    /// <summary>Null: no validation; training ends with the last epoch's weights.</summary>
    public IBatchSource? Validation { get; init; }

    /// <summary>What values the inputs have: saved with the model. Null: not known.</summary>
    public InputRange? InputRange { get; init; }

    public required IObjective Objective { get; init; }

    public required long Seed { get; init; }

    /// <summary>Whether the seed was asked for, so that runs must repeat.</summary>
    public required bool Repeatable { get; init; }

    /// <summary>What is trained, by name, in words that a checkpoint keeps: a run goes on only as what it was.</summary>
    public IReadOnlyDictionary<string, string> Subject { get; init; } = new Dictionary<string, string>();

    /// <summary>Told one line per epoch.</summary>
    public Action<string> Info { get; init; } = _ => { };

    public Action<string> Warn { get; init; } = _ => { };

    /// <summary>Throws where the host was asked to stop.</summary>
    public Action CheckCancelled { get; init; } = () => { };

    /// <summary>Told of progress, beside <see cref="TrainingOptions.Progress"/>.</summary>
    public Action<TrainingProgress> Progress { get; init; } = _ => { };
}
