using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Rows;

/// <summary>Reports the rows that were left out while a set was read.</summary>
internal static class RowsLeft
{
    /// <summary>Checks that there is a row; else the exception explains why there is none.</summary>
    /// <param name="set">The rows that were read.</param>
    /// <param name="name">The name of the set: "data" or "validation set".</param>
    /// <param name="weightColumn">The column of example weights; null: no weights.</param>
    /// <exception cref="InvalidOperationException">There are no rows.</exception>
    public static void Check(SequenceSet set, string name, string? weightColumn = null)
    {
        if (set.Count > 0)
            return;
        string purpose = name == "data" ? "to train on" : "to validate on";
        throw new InvalidOperationException((set.Weightless, set.Empty) switch
        {
            (0, 0) => $"The {name} has no rows {purpose}.",
            (var weightless, 0) => $"The {name} has no rows {purpose}: the example weight '{weightColumn}' is 0 in all {weightless}, so they are left out.",
            (0, var empty) => $"The {name} has no rows {purpose}: {empty} have too few steps, so they are left out.",
            var (weightless, empty) => $"The {name} has no rows {purpose}: the example weight '{weightColumn}' is 0 in {weightless}, and {empty} have too "
                + "few steps, so they are left out.",
        });
    }

    /// <summary>Warns of rows that end in missing values if these are treated as data.</summary>
    public static void WarnOfPadding(SequenceSet set, SequenceInput input, HostChannel channel)
    {
        if (set.EndMissing == 0)
            return;
        string taken = input.Tokens is null ? $"MissingValues = {input.MissingValues} treats them as data" : "they are read as the unknown token";
        channel.Warning($"{set.EndMissing} of {set.Count} rows end in missing values, and {taken}: where they pad the rows to one length, set "
            + "EndAtPadding = true.");
    }
}
