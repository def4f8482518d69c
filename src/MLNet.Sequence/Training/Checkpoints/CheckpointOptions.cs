namespace MLNet.Sequence;

/// <summary>Where and when training writes checkpoints. It also writes one whenever it stops, for any reason.</summary>
public sealed record CheckpointOptions
{
    /// <summary>
    /// The folder; created if it is missing. It may hold checkpoints of other runs, which are not changed: each file name contains its run.
    /// </summary>
    public required string Directory { get; init; }

    /// <summary>Epochs between checkpoints, at least 1; null: not by epochs. Default 1.</summary>
    public int? EveryEpochs { get; init; } = 1;

    /// <summary>Time between checkpoints, also inside an epoch; null, the default: not by time.</summary>
    public TimeSpan? Every { get; init; }

    /// <summary>How many of the last checkpoints of this run are kept, at least 1, in addition to the best. Default 2.</summary>
    public int Keep { get; init; } = 2;

    internal IEnumerable<string> Problems()
    {
        if (string.IsNullOrWhiteSpace(Directory))
            yield return "Checkpoints.Directory must name a folder.";
        if (EveryEpochs is < 1)
            yield return $"Checkpoints.EveryEpochs must be at least 1; found {EveryEpochs}.";
        if (Every <= TimeSpan.Zero)
            yield return $"Checkpoints.Every must be above 0; found {Every}.";
        if (Keep < 1)
            yield return $"Checkpoints.Keep must be at least 1; found {Keep}.";
    }
}
