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
    public override TrainingOptions Training => options.Training;

    public override IDataView? ValidationSet => options.ValidationSet;

    public override IEnumerable<string> Columns => options.Columns.SequenceNames;

    public override void Check(Architecture architecture) => options.Validate(architecture);

    public override float[] Read(IDataView train, IDataView test)
    {
        var binding = new SequenceBinding(host) { OfTokens = options.Kind == StepKind.Token };
        SequenceInput input = binding.Bind(train.Schema, options.Columns);
        binding.Check(test.Schema, input);
        SequenceSet set = Read(test, input, fewest: 2);
        return set.Count > 0 ? Whole(set.LongestSequence()) : throw new InvalidOperationException("The test data has no rows of two steps or more.");
    }

    public override SequenceTransformer Fit(IDataView train, Architecture architecture, TrainingOptions training, int round) =>
        new NextStepTrainer(host.Environment, architecture, options with { Training = training }).Fit(train);

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

    private SequenceSet Read(IDataView data, SequenceInput input, int fewest)
    {
        using HostCancellation cancellation = host.LinkCancellation(options.Training.CancellationToken);
        return SequenceSetReader.Read(data, input, options.Kind, fewest, cancellation);
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
