using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Rows;

/// <summary>Splits rows that hold a sequence into training and validation rows.</summary>
/// <param name="samplingKeyColumn">The column that groups rows; null: each row is a group of its own.</param>
internal sealed class RowSplit(string? samplingKeyColumn)
{
    /// <param name="set">The rows.</param>
    /// <param name="classOf">The class of each row, or always 0: the same fraction of each class becomes validation rows.</param>
    /// <param name="fraction">The fraction of validation rows, in [0, 1).</param>
    /// <param name="running">Holds the seed of the choice, and the channel for a warning if no rows can be kept for validation.</param>
    public (int[] Training, int[] Validation) Cut(SequenceSet set, Func<int, int> classOf, double fraction, (long Seed, HostChannel? Channel) running)
    {
        (int[] Training, int[] Validation) parts = samplingKeyColumn is null
            ? SequenceSplit.Cut(set.Count, classOf, fraction, running.Seed)
            : SequenceSplit.CutWhole(set.Groups, classOf, fraction, running.Seed);
        string few = samplingKeyColumn is null ? "rows" : $"groups of '{samplingKeyColumn}'";
        if (fraction > 0 && parts.Validation.Length == 0)
            running.Channel?.Warning($"The {few} are too few to keep {fraction:P0} of them for validation: all are used for training, for all epochs.");
        return parts;
    }

    /// <summary>Checks that no group has rows on both sides.</summary>
    /// <param name="training">The training rows.</param>
    /// <param name="other">Rows that are only used to measure.</param>
    /// <param name="name">The name of the other rows: "validation set".</param>
    /// <exception cref="InvalidOperationException">A group does.</exception>
    public void CheckApart(SequenceSet training, SequenceSet other, string name)
    {
        const int Shown = 3;
        string[] both = [.. other.Groups.Distinct(StringComparer.Ordinal).Intersect(training.Groups, StringComparer.Ordinal)];
        if (samplingKeyColumn is null || both.Length == 0)
            return;
        string which = string.Join(", ", both.Take(Shown).Select(group => $"'{group}'")) + (both.Length > Shown ? ", …" : "");
        throw new InvalidOperationException(
            $"The {name} and the training rows share {both.Length} of the groups of the sampling key '{samplingKeyColumn}': {which}. "
            + "All rows of a group must be on one side: take these out of one of the two.");
    }
}
