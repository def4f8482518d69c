using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Fitting;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Pairs;

/// <summary>Learns the vocabularies of columns of text that options leave to be learnt.</summary>
internal static class PairTokenizers
{
    /// <summary>
    /// The options with these vocabularies. A training that goes on with a model has those of the model.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">A text has half of a character.</exception>
    public static SequenceToSequenceOptions Learnt(IDataView data, SequenceToSequenceOptions options, HostRun run)
    {
        SchemaShape schema = SchemaShapes.Of(data.Schema);
        TokenOptions? source = options.Source.Tokens, target = PairColumns.TargetOf(schema, options).Tokens;
        LearntBytePairs? ofSource = source?.Tokenizer as LearntBytePairs, ofTarget = target?.Tokenizer as LearntBytePairs;
        if (ofSource is null && ofTarget is null)
            return options;
        PairColumns.Check(run.Host, schema, options);
        SequenceTask? task = options.Training.WarmStart?.Task;
        BytePairTokenizer? knownSource = task?.Tokens?.Tokenizer, knownTarget = task?.TargetInput?.Tokens?.Tokenizer;
        if (options.Sharing == EmbeddingSharing.All && ofSource == ofTarget)
            knownTarget ??= knownSource ??= Learn(data, [options.SourceColumnName, options.TargetColumnName], ofSource!.Merges, run);
        if (ofSource is not null)
            source = source! with { Tokenizer = knownSource ?? Learn(data, [options.SourceColumnName], ofSource.Merges, run) };
        if (ofTarget is not null)
            target = target! with { Tokenizer = knownTarget ?? Learn(data, [options.TargetColumnName], ofTarget.Merges, run) };
        return options with { SourceTokens = source, TargetTokens = target };
    }

    private static BytePairTokenizer Learn(IDataView data, string[] columns, int merges, HostRun run)
    {
        BytePairTokenizer tokenizer = BytePairTokenizer.Learn(Texts(data, columns, run), merges, run.ThrowIfCancelled);
        run.Channel.Info($"{string.Join(" and ", columns.Select(column => $"'{column}'"))}: {tokenizer.Merges.Count} merges learnt, {tokenizer.Count} tokens.");
        return tokenizer;
    }

    private static IEnumerable<string> Texts(IDataView data, string[] names, HostRun run)
    {
        DataViewSchema.Column[] columns = [.. names.Select(name => data.Schema[name])];
        using DataViewRowCursor cursor = DataFrameColumns.Open(run.Host, data, columns);
        Func<ReadOnlyMemory<char>>[] readers = [.. columns.Select(column => TextTokens.Texts(cursor, column))];
        while (cursor.MoveNext())
        {
            if (cursor.Position % 1024 == 0)
                run.ThrowIfCancelled();
            foreach (Func<ReadOnlyMemory<char>> read in readers)
                yield return read().ToString();
        }
    }
}
