using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Pairs;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Comparison;

/// <summary>
/// Pairs: an example is a pair, weighted by the steps of its target. The mean over pairs is therefore that over all steps, as in training:
/// each step is predicted from the source and the actual steps before it.
/// </summary>
internal sealed class ComparedPairs(SequenceHost host, SequenceToSequenceOptions options) : ComparedTask
{
    private IDataView? _validation;

    // With vocabularies that are learnt once, for all models.
    private SequenceToSequenceOptions? _learnt;

    // All errors of numbers are measured in this scaling of the target: that of the first model.
    private ChannelScaling? _unit;

    // The row and the number of predictions of each test pair.
    private (int Row, double Predictions)[] _tested = [];

    // The test rows without a source or a target.
    private int _empty;

    public override TrainingOptions Training => options.Training;

    public override IDataView? ValidationSet => options.ValidationSet;

    public override IEnumerable<string> Columns => [options.SourceColumnName, options.TargetColumnName];

    public override IReadOnlyList<double> Weights => Array.ConvertAll(_tested, pair => pair.Predictions);

    public override IEnumerable<string> Remarks => _empty == 0 ? []
        : [FormattableString.Invariant($"{_empty} of {_empty + _tested.Length} test rows have no source or no target: they are left out, for all.")];

    public override bool MeasuresMemory => false;

    public override void Check(Architecture architecture) => options.Validate((EncoderDecoder)architecture);

    public override float[] Read(IDataView train, IDataView test)
    {
        _validation = Kept(host, options.ValidationSet);
        using HostRun run = Run();
        _learnt = PairTokenizers.Learnt(train, options, run);
        var columns = PairColumns.Bind(host, train.Schema, _learnt);
        columns.CheckValidation(host, test.Schema);
        PairSet set = Pairs(test, columns, run);
        _empty = (int)set.Source.Empty;
        int ends = columns.Target.Tokens is null ? 0 : 1;
        _tested = [.. set.Rows.Select((row, pair) => (row, (double)set.Target.Length(pair) + ends))];
        return set.Source.Count > 0 ? Whole(set.Source.LongestSequence()) : throw new InvalidOperationException("The test data has no pairs.");
    }

    // The validation pairs depend on the round's seed.
    public override SequenceTransformer Fit(IDataView train, Architecture architecture, TrainingOptions training, int round) =>
        new SequenceToSequenceTrainer(
            host.Environment, (EncoderDecoder)architecture, Learnt with { ValidationSet = _validation, Training = training }).Fit(train);

    public override IEnumerable<ExampleLoss> Losses(IDataView scored, SequenceModel model)
    {
        _unit ??= model.Task.TargetNumbers?.Scaling;
        using HostRun run = Run();
        PairSet set = Pairs(scored, ColumnsOf(model), run);
        var cost = new TargetCost(model, _unit);
        var sums = new double[set.Source.Count];
        Parallel.For(0, sums.Length, new ParallelOptions { CancellationToken = run.Cancellation.Token }, pair =>
            sums[pair] = cost.Of(set.Source.Sequence(pair), set.Target.Sequence(pair)));
        return PerPair(sums, PairPart.All(set), model.Task);
    }

    public override void Keep(IReadOnlyList<bool> examples) => _tested = [.. _tested.Where((_, pair) => examples[pair])];

    // What a search finds; the loss is that of the actual targets.
    public override IReadOnlyDictionary<string, double> Metrics(IDataView train, IDataView scored, SequenceModel model)
    {
        if (model.Task.TargetSearch is null)
            return new Dictionary<string, double>();
        var columns = new SequenceColumns(options.TargetColumnName, model.Task.Prediction.Name, BleuTokens.Rules13a);
        SequenceToSequenceMetrics metrics = PairEvaluation.Run(host, scored, columns, bootstrap: null, [.. _tested.Select(pair => pair.Row)]);
        return new Dictionary<string, double>
        {
            ["bleu"] = metrics.Bleu,
            ["chrF"] = metrics.ChrF,
            ["exactMatch"] = metrics.ExactMatch,
            ["tokenAccuracy"] = metrics.TokenAccuracy,
        };
    }

    // Uses the pairs that the first round trained on; weights are chosen on its validation pairs. None reads a source.
    public override IEnumerable<CountedReference> WithoutModel(IDataView train, IDataView test, SequenceModel model)
    {
        using HostRun run = Run();
        var rows = PairRows.Read(train, Learnt with { ValidationSet = _validation }, run, model.Report.Seed);
        var tested = PairPart.All(Pairs(test, rows.Columns, run));
        string usual = RecurrenceTerms.Of(model.Task).Baselines[0].Replace(' ', '-');
        return model.Task.TargetNumbers is { } numbers
            ? [Constant(usual, rows, (tested, numbers.Scaling), model.Task)]
            : Counts(usual, rows, tested, model.Task);
    }

    private static IEnumerable<CountedReference> Counts(string usual, PairRows rows, PairPart test, SequenceTask task)
    {
        int boundary = task.TargetInput!.Tokens!.Count;
        // The boundary is before the first token and after the last one.
        GramRow[] Grams(PairPart part) => [.. part.Pairs.Select(pair =>
        {
            int[] tokens = Array.ConvertAll(part.Set.Target.Sequence(pair), token => (int)token);
            return new GramRow([boundary, .. tokens], [.. tokens, boundary], First: 0);
        })];
        var grams = new TokenGrams(Grams(rows.Training), Grams(rows.Validation), boundary + 1);
        GramRow[] tested = Grams(test);
        return grams.Validation.Select((held, memory) => new CountedReference(memory == 0 ? usual : $"{memory + 1}-gram", memory, held,
            PerPair([.. tested.Select(row => grams.Loss(row, memory))], test, task)));
    }

    // The mean of training is 0 in standardised units.
    private CountedReference Constant(string name, PairRows rows, (PairPart Pairs, ChannelScaling Scaling) test, SequenceTask task)
    {
        double[] Sums(PairPart part) => [.. part.Pairs.Select(pair =>
        {
            double[] target = part.Set.Target.Sequence(pair);
            double[] mean = [.. target.Select((_, i) => test.Scaling.Mean[i % test.Scaling.Mean.Length])];
            return TargetCost.Squares(mean, target, _unit!);
        })];
        return new CountedReference(name, 0, PerPair(Sums(rows.Validation), rows.Validation, task).Average(loss => loss.Own),
            PerPair(Sums(test.Pairs), test.Pairs, task));
    }

    private static ExampleLoss[] PerPair(double[] sums, PairPart part, SequenceTask task)
    {
        int ends = task.TargetNumbers is null ? 1 : 0;
        double usual = part.Pairs.Average(pair => (double)part.Set.Target.Length(pair) + ends);
        return [.. sums.Select(sum => (ExampleLoss)(sum / usual))];
    }

    private static PairColumns ColumnsOf(SequenceModel model) => new(model.Task.RowInput!, model.Task.TargetInput!);

    private SequenceToSequenceOptions Learnt => _learnt ?? options;

    private HostRun Run() => new(host, "Comparison", options.Training.CancellationToken);

    // The limit of length is one of training.
    private PairSet Pairs(IDataView data, PairColumns columns, HostRun run) =>
        PairRows.ReadSet(data, columns, Learnt with { LongestSequence = null }, run);
}
