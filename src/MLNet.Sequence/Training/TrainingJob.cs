namespace MLNet.Sequence.Training;

/// <summary>The input of the training loop, and the receivers of its messages. Knows no task and no architecture.</summary>
internal sealed record TrainingJob
{
    public required IBatchSource Training { get; init; }

    /// <summary>Null: no validation; training ends with the last epoch's weights.</summary>
    public IBatchSource? Validation { get; init; }

    /// <summary>The values of the inputs, saved with the model; null: unknown.</summary>
    public InputRange? InputRange { get; init; }

    public required IObjective Objective { get; init; }

    public required long Seed { get; init; }

    /// <summary>A description of the trained model, by name, which a checkpoint keeps: a run can only be resumed with the same one.</summary>
    public IReadOnlyDictionary<string, string> Subject { get; init; } = new Dictionary<string, string>();

    /// <summary>Receives one line per epoch.</summary>
    public Action<string> Info { get; init; } = _ => { };

    public Action<string> Warn { get; init; } = _ => { };

    /// <summary>Throws if the host was asked to stop.</summary>
    public Action CheckCancelled { get; init; } = () => { };

    /// <summary>Receives progress, in addition to <see cref="TrainingOptions.Progress"/>.</summary>
    public Action<TrainingProgress> Progress { get; init; } = _ => { };

    /// <summary>The same job on a rank: only rank 0 has messages and progress.</summary>
    public TrainingJob On(TrainingCluster? cluster) =>
        cluster is { Rank: > 0 } ? this with { Info = _ => { }, Warn = _ => { }, Progress = _ => { } } : this;
}
