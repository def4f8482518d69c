using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Sequences;

namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>Trains models of sequences whose steps are the rows of a file: numbers or tokens.</summary>
internal abstract class StepsJob : RowsJob
{
    // Channels of a token's vector.
    protected const int TokenChannels = 64;

    private const int LongestWindow = 32, RareToken = 2;

    private readonly double _rungs;

    protected StepsJob(StepTable table, Question question, StepParts parts)
        : base(question, TrainingBudget.Of(question, parts.Train.Count, maySkip: false))
    {
        (Table, Parts) = (table, parts);
        _rungs = Math.Log2(Math.Min(LongestWindow, Math.Max(2, parts.Train.Max(sequence => sequence.Length)))) + 2;
    }

    public override bool IsCut => Table.IsCut;

    public override string Description
    {
        get
        {
            string what = Table.HasTokens ? FormattableString.Invariant($"one of {TokenNames().Length:N0} tokens") : Table.Columns.Count == 1 ? "a number" :
                FormattableString.Invariant($"{Table.Columns.Count} numbers");
            string missing = Table.Missing == 0 ? "" : FormattableString.Invariant($"; interpolated values: {Table.Missing:N0}");
            string sequences = Table.Sequences.Count == 1 ? "1 sequence" : FormattableString.Invariant($"{Table.Sequences.Count:N0} sequences");
            return FormattableString.Invariant($"{sequences} of {Table.Steps:N0} rows, each {what}{Subject}{missing}. ")
                + FormattableString.Invariant($"In pieces of at most {Question.Context:N0} rows {Parts.Train.Count:N0} train, ")
                + FormattableString.Invariant($"{Parts.Validation.Count:N0} choose models and {Parts.Test.Count:N0} test them ")
                + FormattableString.Invariant($"({Parts.How}); up to {Budget.Epochs} passes.");
        }
    }

    protected StepTable Table { get; }

    protected StepParts Parts { get; }

    /// <summary>What else a row holds, for the description.</summary>
    protected virtual string Subject => "";

    // The models of 0, 1, 2, 4, … last steps.
    protected override double ExtraEpochs => _rungs * Budget.Epochs;

    protected TokenOptions? Tokens => Table.HasTokens ? new TokenOptions { EmbeddingSize = TokenChannels, UnknownToken = Vocabulary.Unknown } : null;

    protected override Views Read(MLContext ml) => new(View(ml, Parts.Train), View(ml, Parts.Validation), View(ml, Parts.Test));

    protected override TransformerChain<ITransformer> Keys(MLContext ml)
    {
        string[] tokens = Table.HasTokens ? TokenNames() : [], tags = Table.Tags;
        (string Name, int Count)[] columns = [.. new[] { ("Steps", tokens.Length), ("Tags", tags.Length) }.Where(column => column.Length > 0)];
        return new TransformerChain<ITransformer>([.. Vocabulary.Keys(ml,
            ml.Data.LoadFromEnumerable(new[] { new TokenSteps { Steps = tokens, Tags = tags } }), columns)]);
    }

    /// <summary>The sequences of the test that a generated program reads, and that the page shows.</summary>
    protected IEnumerable<StepSequence> Taken => Parts.Test.Take(MostTaken);

    // One row for each step: the sequence, its tag if there are any, and what it holds.
    protected override void WriteHistory(string path) => CsvText.Write(path,
        [SequenceColumn, .. Question.Kind == QuestionKind.Tag.Name ? [Question.Label!] : Array.Empty<string>(), .. Table.Columns],
        Taken.SelectMany(sequence => Enumerable.Range(0, sequence.Length).Select(step => Cells(sequence, step))));

    private IEnumerable<string> Cells(StepSequence sequence, int step)
    {
        yield return sequence.Name;
        if (sequence.Tags.Length > 0)
            yield return sequence.Tags[step];
        if (Table.HasTokens)
            yield return sequence.Tokens[step];
        for (int i = 0; !Table.HasTokens && i < Table.Columns.Count; i++)
            yield return sequence.Values[step * Table.Columns.Count + i].ToString("R", CultureInfo.InvariantCulture);
    }

    // The file may have a column of this name.
    private string SequenceColumn => Enumerable.Range(1, int.MaxValue)
        .Select(number => number == 1 ? "sequence" : FormattableString.Invariant($"sequence{number}"))
        .First(name => name != Question.Label && !Table.Columns.Contains(name));

    private string[] TokenNames() => Vocabulary.Of(Parts.Train.SelectMany(sequence => sequence.Tokens), RareToken);

    private IDataView View(MLContext ml, IEnumerable<StepSequence> sequences) => Table.HasTokens
        ? ml.Data.LoadFromEnumerable(sequences.Select(sequence => new TokenSteps { Steps = sequence.Tokens, Tags = sequence.Tags }))
        : ml.Data.LoadFromEnumerable(sequences.Select(sequence => new NumberSteps { Steps = sequence.Values, Tags = sequence.Tags }));
}
