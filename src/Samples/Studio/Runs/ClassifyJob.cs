using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNet.Sequence.Samples.Csv;
using MLNet.Sequence.Samples.Sequences;
using MLNet.Sequence.Samples.Studio.Answers;

namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>Trains models that classify rows, each of which holds a sequence, and compares them.</summary>
internal sealed class ClassifyJob : RowsJob
{
    private const int Fifth = 5, LeastOfClass = 5;

    private readonly LabelledRows _rows;
    private readonly (LabelledRow[] Train, LabelledRow[] Validation, LabelledRow[] Test) _parts;

    public ClassifyJob(string path, Question question, int mostRows)
        : this(LabelledFile.Read(path, "--train", question.Label, mostRows: mostRows), question)
    {
    }

    private ClassifyJob(LabelledRows rows, Question question)
        : this(rows, question, Parts(rows, question))
    {
    }

    private ClassifyJob(LabelledRows rows, Question question, (LabelledRow[] Train, LabelledRow[] Validation, LabelledRow[] Test) parts)
        : base(question, TrainingBudget.Of(question, parts.Train.Length, maySkip: false)) => (_rows, _parts) = (rows, parts);

    public override string Description =>
        FormattableString.Invariant($"{_rows}; {_parts.Train.Length} to train on, {_parts.Validation.Length} to choose models, ")
        + FormattableString.Invariant($"{_parts.Test.Length} to test them; up to {Budget.Epochs} passes.");

    public override bool IsCut => _rows.IsCut;

    protected override Views Read(MLContext ml) => new(View(ml, _parts.Train), View(ml, _parts.Validation), View(ml, _parts.Test));

    // The keys of the classes are those of all rows: a class has the same number in each part.
    protected override TransformerChain<ITransformer> Keys(MLContext ml) => new(ml.Transforms.Conversion.MapValueToKey(
        "Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(View(ml, _rows.Rows)));

    protected override RecurrenceReport Compare(MLContext ml, Views rows, TrainingOptions training, CompareOptions options) =>
        ml.Sequence.Compare(rows.Train, rows.Test, new SequenceOptions
        {
            Features = _rows.Features,
            Pooling = PoolingKind.Max,
            MissingValues = _rows.Missing > 0 ? MissingValues.Interpolate : MissingValues.Error,
            ValidationSet = rows.Validation,
            Training = training,
        }, Architectures, options);

    protected override object Shown(MLContext ml, string name, SequenceTransformer model, IDataView test) =>
        ModelClasses.Of(name, ml.MulticlassClassification.EvaluateSequence(model.Transform(test)),
            Importances(ml, (SequencePredictionTransformer)model, test));

    // Of a single feature nothing can be compared.
    private IReadOnlyList<FeatureImportance> Importances(MLContext ml, SequencePredictionTransformer model, IDataView test) => _rows.Features == 1 ? []
        : ml.Sequence.PermutationFeatureImportance(model, test, scored => ml.MulticlassClassification.EvaluateSequence(scored).Accuracy);

    // Of each class three fifths train, a fifth validates, a fifth tests; drawn with the seed.
    private static (LabelledRow[] Train, LabelledRow[] Validation, LabelledRow[] Test) Parts(LabelledRows rows, Question question)
    {
        foreach (IGrouping<string, LabelledRow> few in rows.Rows.GroupBy(row => row.Label).Where(group => group.Count() < LeastOfClass).Take(1))
        {
            throw new UserError(FormattableString.Invariant(
                $"The class '{few.Key}' of column '{question.Label}' has {few.Count()} rows. Each class needs at least {LeastOfClass}: some to train on, ")
                + "some to choose and some to test.");
        }

        if (rows.Classes.Length < 2)
            throw new UserError($"All rows have the class '{rows.Classes[0]}': there is nothing to tell apart.");
        var (train, validation, test) = (new List<LabelledRow>(), new List<LabelledRow>(), new List<LabelledRow>());
        var random = new Random(question.Seed);
        foreach (LabelledRow[] group in rows.Rows.GroupBy(row => row.Label).OrderBy(group => group.Key, StringComparer.Ordinal)
            .Select(group => group.ToArray()))
        {
            random.Shuffle(group);
            int part = Math.Max(1, group.Length / Fifth);
            test.AddRange(group[..part]);
            validation.AddRange(group[part..(2 * part)]);
            train.AddRange(group[(2 * part)..]);
        }

        return ([.. train], [.. validation], [.. test]);
    }

    private static IDataView View(MLContext ml, IEnumerable<LabelledRow> rows) => ml.Data.LoadFromEnumerable(rows);

    // The test rows: what a generated program classifies.
    protected override void WriteHistory(string path)
    {
        int longest = _rows.Rows.Max(row => row.Features.Length);
        CsvText.Write(path, ["label", .. Enumerable.Range(1, longest).Select(step => FormattableString.Invariant($"step{step}"))],
            _parts.Test.Take(MostTaken).Select(row => row.Features.Select(value => value.ToString("R", CultureInfo.InvariantCulture)).Prepend(row.Label)));
    }
}
