using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Rows;

/// <summary>What a set of rows lost in reading, told.</summary>
internal static class RowsLeft
{
    /// <summary>Checks that there is a row, and says where they went.</summary>
    /// <param name="set">What was read.</param>
    /// <param name="name">What of: "data" or "validation set".</param>
    /// <param name="weightColumn">The column of example weights; null: there is none.</param>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public static void Check(SequenceSet set, string name, string? weightColumn = null)
    {
        if (set.Count > 0)
            return;
        string purpose = name == "data" ? "to train on" : "to validate on";
        throw new InvalidOperationException((set.Weightless, set.Empty) switch
        {
            (0, 0) => $"The {name} has no rows {purpose}.",
            (var weightless, 0) => $"The {name} has no rows {purpose}: the example weight '{weightColumn}' is 0 in all {weightless}, which leaves them out.",
            (0, var empty) => $"The {name} has no rows {purpose}: {empty} have too few steps, which leaves them out.",
            var (weightless, empty) => $"The {name} has no rows {purpose}: the example weight '{weightColumn}' is 0 in {weightless}, and {empty} have too "
                + "few steps, which leaves them out.",
        });
    }

    /// <summary>Warns of rows that end in missing values where these are taken for data.</summary>
    public static void WarnOfPadding(SequenceSet set, SequenceInput input, HostChannel channel)
    {
        if (set.EndMissing == 0)
            return;
        string taken = input.Tokens is null ? $"MissingValues = {input.MissingValues} takes them for data" : "the unknown token stands for them";
        channel.Warning($"{set.EndMissing} of {set.Count} rows end in missing values, and {taken}: where they pad the rows to one length, set "
            + "EndAtPadding = true.");
    }
}
