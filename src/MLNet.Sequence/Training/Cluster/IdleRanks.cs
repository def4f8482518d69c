namespace MLNet.Sequence.Training;

/// <summary>Ranks that get no shard of any batch.</summary>
internal static class IdleRanks
{
    /// <summary>How many ranks have nothing to train, and what would change that; null if all of them train.</summary>
    /// <param name="batches">The training batches.</param>
    /// <param name="batchSize">The option of the same name.</param>
    /// <param name="ranks">The number of ranks.</param>
    public static string? Warning(IBatchSource batches, int batchSize, int ranks)
    {
        long rows = batches.LargestBatch(batchSize);
        int shards = BatchShards.Count(rows);
        if (ranks <= shards)
            return null;
        return $"A batch of {rows} rows has {shards} {(shards == 1 ? "shard" : "shards")}: {ranks - shards} of {ranks} ranks have nothing to train. "
            + Advice(batches, ranks);
    }

    private static string Advice(IBatchSource batches, int ranks)
    {
        int useful = Math.Min(ranks, BatchShards.Most), needed = BatchShards.FewestRows * useful;
        // The last shard of a batch may have a single row.
        if (batches.Count <= needed - BatchShards.FewestRows)
            return $"There are too few training rows for {useful} shards of {BatchShards.FewestRows}: start fewer ranks.";
        string trained = useful == ranks ? "all of them train" : $"{useful} of them train, the most that have shards";
        return batches.LimitingOption == "Training.BatchSize"
            ? $"With Training.BatchSize {needed}, {trained}."
            : $"With a {batches.LimitingOption} for {needed} rows, {trained}.";
    }
}
