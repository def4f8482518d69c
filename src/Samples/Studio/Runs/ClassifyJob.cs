using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Transforms;
using MLNet.Sequence.Samples.Sequences;
using MLNet.Sequence.Samples.Studio.Answers;

namespace MLNet.Sequence.Samples.Studio.Runs;

/// <summary>Trains models that classify rows, each of which holds a sequence, and compares them.</summary>
internal sealed class ClassifyJob : StudioJob
{
    private const int Fifth = 5, LeastOfClass = 5, MostUnsure = 40;

    private readonly LabelledRows _rows;
    private readonly LabelledRow[] _train, _validation, _test;
    private readonly TrainingBudget _budget;

    public ClassifyJob(string path, Question question)
        : base(question)
    {
        _rows = LabelledFile.Read(path, "--train", question.Label);
        foreach (IGrouping<string, LabelledRow> few in _rows.Rows.GroupBy(row => row.Label).Where(group => group.Count() < LeastOfClass).Take(1))
        {
            throw new UserError(FormattableString.Invariant(
                $"The class '{few.Key}' of column '{question.Label}' has {few.Count()} rows. Each class needs at least {LeastOfClass}: some to train on, ")
                + "some to choose and some to test.");
        }

        if (_rows.Classes.Length < 2)
            throw new UserError($"All rows have the class '{_rows.Classes[0]}': there is nothing to tell apart.");
        (_train, _validation, _test) = Parts(_rows.Rows, question.Seed);
        _budget = TrainingBudget.Of(question.Effort, _train.Length, maySkip: false);
    }

    public override string Description => FormattableString.Invariant(
        $"{_rows}; {_train.Length} to train on, {_validation.Length} to choose models, {_test.Length} to test them; up to {_budget.Epochs} passes.");

    public override RunOutcome Run(string folder, RunProgress progress, CancellationToken cancellation)
    {
        List<string> warnings = [];
        MLContext ml = Context(warnings);
        progress.Plan(Question.Architectures.Count * _budget.Rounds * _budget.Epochs, _budget.Epochs);
        progress.Tell("Reading rows");
        // The keys of the classes are those of all rows: a class has the same number in each part.
        ValueToKeyMappingTransformer keys = ml.Transforms.Conversion.MapValueToKey(
            "Label", keyOrdinality: ValueToKeyMappingEstimator.KeyOrdinality.ByValue).Fit(View(ml, _rows.Rows));
        IDataView train = keys.Transform(View(ml, _train)), test = keys.Transform(View(ml, _test));
        RecurrenceReport report = ml.Sequence.Compare(train, test, new SequenceOptions
        {
            Features = _rows.Features,
            Pooling = PoolingKind.Max,
            MissingValues = _rows.Missing > 0 ? MissingValues.Interpolate : MissingValues.Error,
            ValidationSet = keys.Transform(View(ml, _validation)),
            Training = _budget.Training(Question.Seed, cancellation) with { ValidationFraction = 0 },
        }, Architectures, Options(_budget, folder, progress) with { CancellationToken = cancellation });
        progress.Tell("Measuring classes");
        var summary = ReportSummary.Of(report);
        var files = new RunFiles(folder);
        foreach (ComparedModel model in report.Models)
        {
            using var fitted = (SequencePredictionTransformer)ml.Sequence.CreateTransformer(model.Model);
            IDataView scored = fitted.Transform(test);
            StudioJson.Save(files.Shown(model.Name), ModelClasses.Of(model.Name, ml.MulticlassClassification.EvaluateSequence(scored),
                Importances(ml, fitted, test)));
            files.Save(model.Name, ml, keys.Append(fitted), View(ml, _train).Schema);
        }

        WriteHistory(files.History);
        File.WriteAllText(files.Report, report.ToHtml(Question.Name ?? Question.File));
        StudioJson.Save(files.Answer, summary with { Remarks = [.. summary.Remarks, .. warnings] });
        return RunOutcome.Of(summary);
    }

    // Of a single feature nothing can be compared.
    private IReadOnlyList<FeatureImportance> Importances(MLContext ml, SequencePredictionTransformer model, IDataView test) => _rows.Features == 1 ? []
        : ml.Sequence.PermutationFeatureImportance(model, test, scored => ml.MulticlassClassification.EvaluateSequence(scored).Accuracy);

    // Of each class three fifths train, a fifth validates, a fifth tests; drawn with the seed.
    private static (LabelledRow[] Train, LabelledRow[] Validation, LabelledRow[] Test) Parts(IReadOnlyList<LabelledRow> rows, int seed)
    {
        var (train, validation, test) = (new List<LabelledRow>(), new List<LabelledRow>(), new List<LabelledRow>());
        var random = new Random(seed);
        foreach (LabelledRow[] group in rows.GroupBy(row => row.Label).OrderBy(group => group.Key, StringComparer.Ordinal).Select(group => group.ToArray()))
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
    private void WriteHistory(string path)
    {
        int longest = _rows.Rows.Max(row => row.Features.Length);
        IEnumerable<string> lines = _test.Take(MostUnsure).Select(row => Csv.CsvText.Line([row.Label,
            .. row.Features.Select(value => value.ToString("R", System.Globalization.CultureInfo.InvariantCulture))]));
        File.WriteAllText(path, string.Concat(lines.Prepend(Csv.CsvText.Line(["label",
            .. Enumerable.Range(1, longest).Select(step => FormattableString.Invariant($"step{step}"))])).Select(line => line + "\n")));
    }
}
