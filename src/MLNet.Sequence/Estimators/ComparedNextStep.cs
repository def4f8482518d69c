using Microsoft.ML;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Model;
using MLNet.Sequence.Stability;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Tasks.Metrics;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Estimators;

/// <summary>
/// Next steps: an example is a row, which counts as much as it has steps: the mean over rows is that over all steps, as in training and
/// <see cref="NextStepMetrics.Loss"/>.
/// </summary>
internal sealed class ComparedNextStep(SequenceHost host, NextStepOptions options) : ComparedTask
{
    private IDataView? _validation;

    public override TrainingOptions Training => options.Training;

    public override IDataView? ValidationSet => options.ValidationSet;

    public override IEnumerable<string> Columns => [.. options.Columns.SequenceNames, .. new[] { options.SamplingKeyColumn }.OfType<string>()];

    public override void Check(Architecture architecture) => options.Validate(architecture);

    public override float[] Read(IDataView train, IDataView test)
    {
        _validation = Kept(host, options.ValidationSet);
        var binding = new SequenceBinding(host) { OfTokens = options.Kind == StepKind.Token };
        SequenceInput input = binding.Bind(train.Schema, options.Columns);
        binding.Check(test.Schema, input);
        binding.CheckSamplingKey(SchemaShapes.Of(test.Schema), options.SamplingKeyColumn);
        SequenceSet set = Read(test, input, fewest: 2);
        new RowSplit(options.SamplingKeyColumn).CheckApart(Read(train, input, options.FewestSteps), set, "test set");
        return set.Count > 0 ? Whole(set.LongestSequence()) : throw new InvalidOperationException("The test data has no rows of two steps or more.");
    }

    public override SequenceTransformer Fit(IDataView train, Architecture architecture, TrainingOptions training, int round) =>
        new NextStepTrainer(host.Environment, architecture, options with { ValidationSet = _validation, Training = training }).Fit(train);

    public override IEnumerable<ExampleLoss> Losses(IDataView scored, SequenceModel model)
    {
        // In a row of one step nothing is predicted.
        (double Loss, long Steps)[] rows = [.. NextStepEvaluation.Sequences(host, scored, scored.Schema[options.LossColumn], ((NextStep)model.Task).Input).Where(row => row.Steps >= 1)];
        double usual = rows.Average(row => (double)row.Steps);
        return rows.Select(row => (ExampleLoss)(row.Loss * row.Steps / usual));
    }

    public override IReadOnlyDictionary<string, double> Metrics(IDataView train, IDataView scored, SequenceModel model)
    {
        NextStepMetrics metrics = NextStepEvaluation.Run(host, scored, options.LossColumn, null);
        var named = new Dictionary<string, double> { ["loss"] = metrics.Loss };
        if (options.Kind == StepKind.Token)
            (named["perplexity"], named["bitsPerToken"]) = (metrics.Perplexity, metrics.BitsPerToken);
        return named;
    }

    public override IEnumerable<ComparedBaseline> Baselines(IDataView train, IDataView scored, SequenceModel model)
    {
        var task = (NextStep)model.Task;
        SequenceSet seen = Read(train, task.Input, options.FewestSteps), test = Read(scored, task.Input, fewest: 2);
        float[][][] rows = [.. Enumerable.Range(0, test.Count).Select(row =>
        {
            double[] sequence = test.Sequence(row);
            var seen = new float[sequence.Length];
            model.Scaling.Pooled.ApplyOrMean(sequence, seen);
            return seen.Chunk(test.Features).ToArray();
        })];
        foreach ((string name, Func<float[], float[], double> guess) in RecurrenceTerms.Of(task).Baselines.Zip(Guesses(task, seen)))
        {
            double error = rows.SelectMany(steps => steps.Zip(steps.Skip(1), guess)).Average();
            yield return new ComparedBaseline(name, error);
        }
    }

    // The usual step, the last one, and of tokens n-grams.
    public override IEnumerable<CountedReference> WithoutModel(IDataView train, IDataView test, SequenceModel model)
    {
        var task = (NextStep)model.Task;
        SequenceSet seen = Read(train, task.Input, options.FewestSteps), tested = Read(test, task.Input, fewest: 2);
        if (task.Kind == StepKind.Token)
        {
            int[][] Tokens(SequenceSet set) => [.. Enumerable.Range(0, set.Count).Select(row => Array.ConvertAll(set.Sequence(row), token => (int)token))];
            var grams = new TokenGrams(Tokens(seen), task.OutputSize);
            int[][] rows = Tokens(tested);
            return [.. Enumerable.Range(0, TokenGrams.Longest + 1).Select(memory => new CountedReference(
                memory == 0 ? "token-frequencies" : $"{memory + 1}-gram", memory, grams.Validation[memory], PerRow(rows, row => grams.Loss(row, memory))))];
        }

        float[][][] Steps(SequenceSet set) => [.. Enumerable.Range(0, set.Count).Select(row =>
        {
            double[] sequence = set.Sequence(row);
            var standardized = new float[sequence.Length];
            model.Scaling.Pooled.ApplyOrMean(sequence, standardized);
            return standardized.Chunk(set.Features).ToArray();
        })];
        return RecurrenceTerms.Of(task).Baselines.Zip(Guesses(task, seen), (name, guess) => (Name: name, Guess: guess)).Select((one, memory) => new CountedReference(
            one.Name.Replace(' ', '-'),
            memory,
            PerRow([.. Steps(seen).Where(steps => steps.Length > 1)], steps => steps.Zip(steps.Skip(1), one.Guess).Sum()).Average(loss => loss.Own),
            PerRow(Steps(tested), steps => steps.Zip(steps.Skip(1), one.Guess).Sum())));
    }

    // Rows count as much as they have steps.
    private static ExampleLoss[] PerRow<T>(T[][] rows, Func<T[], double> sum)
    {
        double usual = rows.Average(row => row.Length - 1.0);
        return [.. rows.Select(row => (ExampleLoss)(sum(row) / usual))];
    }

    private SequenceSet Read(IDataView data, SequenceInput input, int fewest)
    {
        using HostCancellation cancellation = host.LinkCancellation(options.Training.CancellationToken);
        return SequenceSetReader.Read(data, input, (options.Kind, fewest, options.SamplingKeyColumn), cancellation);
    }

    // The loss of a step, of the step before it and itself.
    private static Func<float[], float[], double>[] Guesses(NextStep task, SequenceSet seen)
    {
        switch (task.Kind)
        {
            case StepKind.Token:
                float[] parts = Frequencies.Of(seen.Tokens(), task.OutputSize);
                return [(_, step) => -Math.Log(parts[(int)step[0]])];
            case StepKind.MultiLabel:
                ValueList<double> on = seen.FitScaling([.. Enumerable.Range(0, seen.Count)]).Mean;
                double[] bits = [.. on.Select(mean => (mean * seen.Steps + 1.0) / (seen.Steps + 2))];
                return [(_, step) => step.Select((bit, i) => -Math.Log(bit == 1 ? bits[i] : 1 - bits[i])).Sum()];
            default:
                return [(_, step) => step.Average(value => (double)value * value), (before, step) => HorizonSubject.MeanSquare(before, step)];
        }
    }
}
