using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Layers;
using MLNet.Sequence.Rows;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Pairs;

/// <summary>The pairs that a model is trained and validated on.</summary>
/// <param name="Columns">The columns that they are read from.</param>
/// <param name="Longest">The number of steps of the longest source, and of the longest target.</param>
/// <param name="Training">The training pairs.</param>
/// <param name="Validation">The validation pairs; empty: no validation.</param>
internal sealed record PairRows(PairColumns Columns, (int Source, int Target) Longest, PairPart Training, PairPart Validation)
{
    /// <summary>Reads the pairs from the data.</summary>
    /// <param name="data">The training rows.</param>
    /// <param name="options">Where and how.</param>
    /// <param name="run">The run that they are for.</param>
    /// <param name="seed">The seed of the choice of validation rows.</param>
    /// <exception cref="InvalidOperationException">The rows cannot be trained on; the message names the place and the cause.</exception>
    public static PairRows Read(IDataView data, SequenceToSequenceOptions options, HostRun run, long seed)
    {
        var columns = PairColumns.Bind(run.Host, data.Schema, options);
        PairSet set = ReadSet(data, columns, options, run);
        RowsLeft.Check(set.Source, "data");
        var all = PairPart.All(set);
        (int, int) longest = (set.Source.Longest, set.Target.Longest);
        if (options.ValidationSet is { } validation)
        {
            IDataView given = ChainTransforms.Apply(run.Host, data, validation);
            columns.CheckValidation(run.Host.ForValidationSet(), given.Schema);
            PairSet other = ReadSet(given, columns, options, run);
            RowsLeft.Check(other.Source, "validation set");
            return new PairRows(columns, longest, all, PairPart.All(other));
        }

        (int[] training, int[] apart) = new RowSplit(null).Cut(set.Source, _ => 0, options.Training.ValidationFraction, (seed, run.Channel));
        return new PairRows(columns, longest, new PairPart(set, training), new PairPart(set, apart));
    }

    /// <summary>The steps of predicted targets of numbers, as in <see cref="SequenceToSequence.TargetSteps"/>, that the training pairs show.</summary>
    /// <exception cref="InvalidOperationException">They differ.</exception>
    public int? TargetSteps()
    {
        (int Source, int Target)[] given = [.. Training.Pairs.Select(pair => Training.Set.Given[pair])];
        int[] steps = [.. given.Select(pair => pair.Target)];
        if (given.All(pair => pair.Target == pair.Source))
            return null;
        return steps.Min() == steps.Max() ? steps[0] : throw new InvalidOperationException(
            $"The target column '{Columns.Target.Columns[0]}' has from {steps.Min()} to {steps.Max()} steps, not as many as the source column "
                + $"'{Columns.Source.Columns[0]}' in each row: numbers have no end that could be predicted. Set TargetSteps to the number of steps that "
                + "scored rows get.");
    }

    /// <summary>All pairs of the data; one without a source or a target, or over the limit, as the options say.</summary>
    public static PairSet ReadSet(IDataView data, PairColumns columns, SequenceToSequenceOptions options, HostRun run)
    {
        IEnumerable<DataViewSchema.Column> needed = [.. SequenceRow.Columns(data.Schema, columns.Source), .. SequenceRow.Columns(data.Schema, columns.Target)];
        using DataViewRowCursor cursor = DataFrameColumns.Open(run.Host, data, needed);
        SequenceRow source = new(cursor, columns.Source), target = new(cursor, columns.Target);
        var set = new PairSet(new SequenceSet(columns.Source.Features), new SequenceSet(columns.Target.Features));
        int most = options.LongestSequence ?? int.MaxValue, tooLong = 0;
        while (cursor.MoveNext())
        {
            if (cursor.Position % 1024 == 0)
                run.Cancellation.Token.ThrowIfCancellationRequested();
            ReadOnlySpan<double> from = source.Read(), to = target.Read();
            if (from.IsEmpty || to.IsEmpty)
            {
                set.Source.Empty++;
                continue;
            }

            (int Source, int Target) steps = (from.Length / columns.Source.Features, to.Length / columns.Target.Features);
            if (steps.Source > most || steps.Target > most)
            {
                tooLong++;
                if (options.LongPairs == LongPairs.Error)
                    throw TooLong(options, cursor.Position, steps);
                if (options.LongPairs == LongPairs.Skip)
                    continue;
                from = from[..(Math.Min(steps.Source, most) * columns.Source.Features)];
                to = to[..(Math.Min(steps.Target, most) * columns.Target.Features)];
            }

            set.Given.Add(steps);
            set.Rows.Add((int)cursor.Position);
            set.Source.Add(from, label: 0);
            set.Target.Add(to, label: 0);
        }

        if (tooLong > 0)
            run.Channel.Warning($"{tooLong} pairs are longer than LongestSequence = {most}: they were "
                + $"{(options.LongPairs == LongPairs.Skip ? "left out" : "cut")}.");
        if (set.Source.Count == 0 && tooLong > 0)
            throw new InvalidOperationException($"All {tooLong} pairs are longer than LongestSequence = {most}, so they are left out.");
        return set;
    }

    private static InvalidOperationException TooLong(SequenceToSequenceOptions options, long position, (int Source, int Target) steps)
    {
        bool source = steps.Source > options.LongestSequence;
        return new InvalidOperationException(
            $"The {(source ? "source" : "target")} column '{(source ? options.SourceColumnName : options.TargetColumnName)}' has "
                + $"{(source ? steps.Source : steps.Target)} steps in row {position + 1}; expected at most LongestSequence = {options.LongestSequence}. "
                + "Leave the row out, or set LongPairs = LongPairs.Skip or Cut.");
    }
}

/// <summary>Some of the pairs of a set.</summary>
internal sealed record PairPart(PairSet Set, int[] Pairs)
{
    public static PairPart All(PairSet set) => new(set, [.. Enumerable.Range(0, set.Source.Count)]);
}
