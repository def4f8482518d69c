using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Rows;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Comparison;

/// <summary>Classification, regression and tagging: an example is a row, which holds a sequence and its label.</summary>
internal sealed class ComparedRows(SequenceHost host, SequenceOptions options, SequenceGoal goal) : ComparedTask
{
    // Networks of more last steps take long.
    private const int MostSteps = 32;

    // All errors are measured in this scaling of a numeric label: that of the first model.
    private ChannelScaling? _unit;
    private IDataView? _validation;
    private int _longest;
    private readonly List<string> _remarks = [];

    public override TrainingOptions Training => options.Training;

    public override IDataView? ValidationSet => options.ValidationSet;

    public override IEnumerable<string> Columns =>
        [.. options.Columns.Names, options.LabelColumnName, .. new[] { options.ExampleWeightColumnName, options.SamplingKeyColumnName }.OfType<string>()];

    // For evaluation: rows have equal weights, independently of their weights in training.
    private SequenceOptions Labels => new() { LabelColumnName = options.LabelColumnName, SamplingKeyColumnName = options.SamplingKeyColumnName };

    /// <summary>The goal for a label, by its type.</summary>
    /// <exception cref="ArgumentOutOfRangeException">The label is missing or has a type that cannot be learnt.</exception>
    public static SequenceGoal GoalOf(SequenceHost host, DataViewSchema schema, string labelColumn)
    {
        SchemaShape.Column label = host.Require(SchemaShapes.Of(schema), SequenceGoal.Role, labelColumn);
        return new SequenceGoal[] { new MulticlassGoal(), new BinaryGoal(), new RegressionGoal() }.FirstOrDefault(goal => goal.Reads(label))
            ?? throw host.Mismatch(SequenceGoal.Role, labelColumn, "a key (a class), Boolean (yes or no), or a number or a "
                + "vector of numbers", SchemaShapes.TypeOf(label));
    }

    public override IEnumerable<string> Remarks
    {
        get
        {
            int constant = _unit?.Constant?.Count(still => still) ?? 0;
            if (constant > 0 && constant < _unit!.Mean.Length)
                yield return string.Create(CultureInfo.InvariantCulture, $"{constant} of the {_unit.Mean.Length} numbers of '{options.LabelColumnName}' have "
                    + $"one value in all training rows: they are left out of the errors, which are in deviations.");
            foreach (string remark in _remarks)
                yield return remark;
        }
    }

    // For tags: the last steps up to the tagged one. Rows with one label have no such ladder: the decisive steps may be anywhere in a row.
    public override IReadOnlyList<int> Rungs => goal is TaggingGoal && _longest > 1 ? DataMemory.Rungs(Math.Min(MostSteps, _longest), season: 0) : [];

    public override IEnumerable<(ComparedTask Task, Architecture Architecture)> Within(int steps, Architecture best) =>
        [(this, best is WindowMlp known ? known with { Window = steps } : new WindowMlp { Window = steps })];

    // Such statistics have no meaning for tokens.
    public override IEnumerable<Reference> References(IEnumerable<Reference> asked) =>
        goal.LearnsSteps || options.Tokens is not null ? asked : asked.Prepend(new LinearOnStatistics()).Distinct();

    public override void Check(Architecture architecture) => options.Validate(architecture, goal.Problems(options), goal.LearnsSteps);

    public override float[] Read(IDataView train, IDataView test)
    {
        _validation = Kept(host, options.ValidationSet);
        var binding = new SequenceBinding(host);
        SequenceInput input = binding.Bind(train.Schema, options.Columns);
        goal.Check(host, SchemaShapes.Of(train.Schema), options);
        binding.Check(test.Schema, input);
        binding.CheckSamplingKey(SchemaShapes.Of(test.Schema), options.SamplingKeyColumnName);
        goal.Check(host, SchemaShapes.Of(test.Schema), options);
        goal.CheckSame(host, "test set", train.Schema[options.LabelColumnName], test.Schema[options.LabelColumnName]);
        SequenceSet set = Read(test, input);
        SequenceSet training = Read(train, input);
        new RowSplit(options.SamplingKeyColumnName).CheckApart(training, set, "test set");
        _longest = training.Longest;
        return set.Count > 0 ? Whole(set.LongestSequence()) : throw new InvalidOperationException("The test data has no rows with a sequence.");
    }

    // The validation rows depend on the round's seed.
    public override SequenceTransformer Fit(IDataView train, Architecture architecture, TrainingOptions training, int round) =>
        new SequenceTrainer(host.Environment, architecture, options with { ValidationSet = _validation, Training = training }, goal).Fit(train);

    public override IEnumerable<ExampleLoss> Losses(IDataView scored, SequenceModel model)
    {
        ValueDecoding decoding = model.Task.Decoded;
        _unit ??= decoding.Labels;
        DataViewSchema.Column label = scored.Schema[options.LabelColumnName], score = scored.Schema[model.Task.Prediction.Name];
        using DataViewRowCursor cursor = DataFrameColumns.Open(host, scored, [label, score]);
        VectorReader labels = goal.CreateReader(cursor, label);
        VectorReader scores = score.Type is VectorDataViewType ? ChannelReaders.CreateVector(cursor, score) : SequenceGoal.Numbers(cursor, score);
        while (cursor.MoveNext())
        {
            double loss = Loss(decoding, labels(), scores());
            // A row without steps has no output.
            if (double.IsFinite(loss))
                yield return loss;
        }
    }

    public override IReadOnlyDictionary<string, double> Metrics(IDataView train, IDataView scored, SequenceModel model) =>
        goal.Evaluate(host, scored, options.LabelColumnName, model.Task);

    // Uses the rows that the first round trained on; weights and penalties are chosen on its validation rows.
    public override IEnumerable<CountedReference> WithoutModel(IDataView train, IDataView test, SequenceModel model)
    {
        SequenceTask task = model.Task;
        SequenceInput input = task.RowInput!;
        SequenceSet set = Read(train, input, options);
        SequenceSet? given = _validation is null ? null : Read(_validation, input, options);
        (int[] training, int[] apart) = given is null
            ? new RowSplit(options.SamplingKeyColumnName).Cut(set, goal.ClassOf(set), options.Training.ValidationFraction, (model.Report.Seed, null))
            : ([.. Enumerable.Range(0, set.Count)], []);
        SequenceSet tested = Read(test, input);
        double[] guess = Guess(model, set, training);
        string usual = RecurrenceTerms.Of(task).Baselines[0].Replace(' ', '-');
        (ReferenceRows Training, ReferenceRows Validation, ReferenceRows Test) rows =
            (Rows(set, training, model), given is null ? Rows(set, apart, model) : Rows(given, model), Rows(tested, model));
        if (task.Answered == Answered.EachStep)
            return TagReferences.All(rows, model, usual);
        ValueDecoding decoding = task.Decoded;
        var references = new RowReferences(rows, (label, said) => Loss(decoding, label, said), guess)
        {
            Channels = set.Features,
            Vocabulary = task.Tokens?.Count,
            Classes = decoding.Labels is null ? Math.Max(2, model.Network.OutputSize) : null,
            Numbers = decoding.Labels,
            Cancellation = options.Training.CancellationToken,
        };
        CountedReference[] all = [.. references.All(usual)];
        _remarks.AddRange(references.Remarks);
        return all;
    }

    public override MemoryOptions Measured(MemoryOptions memory) => memory with { LabelColumnName = options.LabelColumnName };

    private static ReferenceRows Rows(SequenceSet set, SequenceModel model) => Rows(set, [.. Enumerable.Range(0, set.Count)], model);

    // A missing value is replaced by the mean.
    private static ReferenceRows Rows(SequenceSet set, int[] rows, SequenceModel model) => new(
        [.. rows.Select(row =>
        {
            double[] sequence = set.Sequence(row);
            var seen = new float[sequence.Length];
            model.Scaling.Pooled.ApplyOrMean(sequence, seen);
            return seen;
        })],
        [.. rows.Select(set.Labels)]);

    private SequenceSet Read(IDataView data, SequenceInput input, SequenceOptions? columns = null)
    {
        using HostCancellation cancellation = host.LinkCancellation(options.Training.CancellationToken);
        return SequenceSetReader.Read(data, input, goal, columns ?? Labels, cancellation);
    }

    // For numbers the squared error in deviations; for classes and tags the mean of −ln p of the actual one.
    private double Loss(ValueDecoding decoding, ReadOnlySpan<double> labels, ReadOnlySpan<double> scores)
    {
        (double sum, int count) = (0, 0);
        int size = scores.Length / Math.Max(1, labels.Length);
        for (int i = 0; i < labels.Length; i++)
        {
            if (!Counts(i))
                continue;
            count++;
            sum += decoding.Labels is null
                ? ClassificationEvaluation.Loss(decoding.Probability(scores.Slice(i * size, size), labels[i]))
                : Math.Pow((scores[i] - labels[i]) / _unit!.Deviation[i], 2);
        }

        return sum / count;
    }

    // A number of the label that did not vary in training has no standardised error, unless no number varied.
    private bool Counts(int number) => _unit?.Constant is not { } constant || !constant[number] || !constant.Contains(false);

    // The constant prediction: the mean, or the frequency of each class.
    private static double[] Guess(SequenceModel model, SequenceSet set, int[] training)
    {
        if (model.Task.Decoded.Labels is not null)
            return [.. set.FitLabelScaling(training).Mean];
        int outputs = model.Network.OutputSize;
        double[] parts = [.. Frequencies.Of(training.SelectMany(set.Labels).Select(label => (int)label), Math.Max(2, outputs))];
        // For yes or no: the probability of yes.
        return outputs == 1 ? parts[1..] : parts;
    }
}
