using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.NextSteps;
using MLNet.Sequence.Rows;
using MLNet.Sequence.Tasks;

namespace MLNet.Sequence.Comparison;

/// <summary>
/// Next steps: an example is a row, weighted by its number of steps. The mean over rows is therefore that over all steps, as in
/// training and in <see cref="NextStepMetrics.Loss"/>.
/// </summary>
internal sealed class ComparedNextStep(SequenceHost host, NextStepOptions options) : ComparedTask
{
    // Networks on more last steps take long, and few other models read a similar number of steps.
    private const int MostSteps = 32, MostInputs = 2048;

    private IDataView? _validation;
    private (int Steps, int Features) _longest;

    public override TrainingOptions Training => options.Training;

    public override IDataView? ValidationSet => options.ValidationSet;

    public override IEnumerable<string> Columns => [.. options.Columns.Names, .. new[] { options.SamplingKeyColumnName }.OfType<string>()];

    // 0, 1, 2, 4, … of the steps before the predicted one.
    public override IReadOnlyList<int> Rungs => DataMemory.Rungs(Math.Min(MostSteps, _longest.Steps - 1), season: 0);

    public override IEnumerable<(ComparedTask Task, Architecture Architecture)> Within(int steps, Architecture best) =>
        [(this, best is WindowMlp known ? known with { Window = steps } : new WindowMlp { Window = steps })];

    // For numbers: least squares on the same number of steps, as long as they are quickly solved.
    public override IEnumerable<Reference> References(IEnumerable<Reference> asked) => options.Kind != StepKind.Real ? asked
        : Rungs.Where(lags => lags > 0).TakeWhile(lags => lags == 1 || lags * _longest.Features <= MostInputs)
            .Select(lags => new Ridge { Lags = lags }).Union(asked.OfType<Ridge>()).OrderBy(ridge => ridge.Lags ?? int.MaxValue);

    public override void Check(Architecture architecture)
    {
        options.Validate(architecture);
        if (options.HasConditions)
            throw new NotSupportedException("A comparison cannot use StaticColumnNames and KnownColumnName of next steps yet: remove them.");
    }

    public override float[] Read(IDataView train, IDataView test)
    {
        _validation = Kept(host, options.ValidationSet);
        var binding = new SequenceBinding(host) { OfTokens = options.Kind == StepKind.Token };
        SequenceInput input = binding.Bind(train.Schema, options.Columns);
        binding.Check(test.Schema, input);
        binding.CheckSamplingKey(SchemaShapes.Of(test.Schema), options.SamplingKeyColumnName);
        SequenceSet set = Read(test, input, fewest: 2);
        SequenceSet training = Read(train, input, options.FewestSteps);
        new RowSplit(options.SamplingKeyColumnName).CheckApart(training, set, "test set");
        _longest = (Math.Max(2, training.Longest), set.Features);
        return set.Count > 0 ? Whole(set.LongestSequence()) : throw new InvalidOperationException("The test data has no rows of two steps or more.");
    }

    public override SequenceTransformer Fit(IDataView train, Architecture architecture, TrainingOptions training, int round) =>
        new NextStepTrainer(host.Environment, architecture, options with { ValidationSet = _validation, Training = training }).Fit(train);

    public override IEnumerable<ExampleLoss> Losses(IDataView scored, SequenceModel model)
    {
        // A row of one step has no prediction.
        SequenceInput input = model.Task.RowInput!;
        (double Loss, long Steps)[] rows =
            [.. NextStepEvaluation.Sequences(host, scored, scored.Schema[options.LossColumnName], input).Where(row => row.Steps >= 1)];
        double usual = rows.Average(row => (double)row.Steps);
        return rows.Select(row => (ExampleLoss)(row.Loss * row.Steps / usual));
    }

    public override IReadOnlyDictionary<string, double> Metrics(IDataView train, IDataView scored, SequenceModel model)
    {
        NextStepMetrics metrics = NextStepEvaluation.Run(host, scored, options.LossColumnName, null);
        var named = new Dictionary<string, double> { ["loss"] = metrics.Loss };
        if (options.Kind == StepKind.Token)
            (named["perplexity"], named["bitsPerToken"]) = (metrics.Perplexity, metrics.BitsPerToken);
        return named;
    }

    // Uses the rows that the first round trained on; weights are chosen on its validation rows.
    public override IEnumerable<CountedReference> WithoutModel(IDataView train, IDataView test, SequenceModel model)
    {
        SequenceTask task = model.Task;
        using var run = new HostRun(host, "References", options.Training.CancellationToken);
        SequenceBinding Binding() => new(host) { OfTokens = options.Kind == StepKind.Token };
        var rows = NextStepRows.Read(train, (Binding(), Binding()), options with { ValidationSet = _validation }, run, model.Report.Seed);
        SequencePart tested = SequencePart.All(Read(test, task.RowInput!, fewest: 2));
        return options.Kind == StepKind.Real ? Numbers(rows, tested, model.Scaling.Pooled) : Counts(rows, tested, task);
    }

    // For tokens n-grams; for values of 0 and 1 n-grams of each value's own past.
    private static IEnumerable<CountedReference> Counts(NextStepRows rows, SequencePart test, SequenceTask task)
    {
        (int channels, int outcomes) = task.Tokens is { } tokens ? (1, tokens.Count) : (test.Set.Features, 2);
        GramRow[] Grams(SequencePart part, int channel) => [.. part.Sequences.Select(row => GramRow.Next(
            [.. part.Set.Sequence(row).Where((_, i) => i % channels == channel).Select(value => (int)value)]))];
        var validation = new double[TokenGrams.Longest + 1];
        double[][] sums = [.. validation.Select(_ => new double[test.Sequences.Length])];
        for (int channel = 0; channel < channels; channel++)
        {
            var grams = new TokenGrams(Grams(rows.Training, channel), Grams(rows.Validation, channel), outcomes);
            GramRow[] tested = Grams(test, channel);
            for (int memory = 0; memory < validation.Length; memory++)
            {
                validation[memory] += grams.Validation[memory];
                for (int row = 0; row < tested.Length; row++)
                    sums[memory][row] += grams.Loss(tested[row], memory);
            }
        }

        string usual = RecurrenceTerms.Of(task).Baselines[0].Replace(' ', '-');
        return validation.Select((held, memory) => new CountedReference(
            memory == 0 ? usual : $"{memory + 1}-gram", memory, held, PerRow(sums[memory], test)));
    }

    // The mean of training is 0 in standardised units.
    private static IEnumerable<CountedReference> Numbers(NextStepRows rows, SequencePart test, ChannelScaling scaling)
    {
        (string Name, Func<float[], float[], double> Loss)[] guesses =
        [
            ("mean-of-training", (_, step) => step.Average(value => (double)value * value)),
            ("last-step-repeated", (before, step) => TaskLoss.MeanSquare(before, step)),
        ];
        return guesses.Select((guess, memory) =>
        {
            double[] Sums(SequencePart part) => [.. part.Sequences.Select(row =>
            {
                double[] sequence = part.Set.Sequence(row);
                var standardized = new float[sequence.Length];
                scaling.ApplyOrMean(sequence, standardized);
                float[][] steps = [.. standardized.Chunk(part.Set.Features)];
                return steps.Zip(steps.Skip(1), guess.Loss).Sum();
            })];
            return new CountedReference(guess.Name, memory, PerRow(Sums(rows.Validation), rows.Validation).Average(loss => loss.Own), PerRow(Sums(test), test));
        });
    }

    // Rows are weighted by their number of steps.
    private static ExampleLoss[] PerRow(double[] sums, SequencePart part)
    {
        double usual = part.Sequences.Average(row => part.Set.Length(row) - 1.0);
        return [.. sums.Select(sum => (ExampleLoss)(sum / usual))];
    }

    private SequenceSet Read(IDataView data, SequenceInput input, int fewest)
    {
        using HostCancellation cancellation = host.LinkCancellation(options.Training.CancellationToken);
        return SequenceSetReader.Read(data, input, (options.Kind, fewest, options.SamplingKeyColumnName), cancellation);
    }
}
