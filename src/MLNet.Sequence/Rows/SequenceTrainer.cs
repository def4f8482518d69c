using Microsoft.ML;
using Microsoft.ML.Runtime;
using Microsoft.ML.Trainers;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Fitting;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Rows;
using MLNet.Sequence.Training;

namespace MLNet.Sequence;

/// <summary>
/// Trains a sequence model that predicts a class or a number for each row, or tags the steps of rows. A row holds a whole sequence.
/// </summary>
public sealed class SequenceTrainer : ITrainerEstimator<SequencePredictionTransformer, SequenceModel>
{
    private readonly SequenceHost _host;
    private readonly SequenceBinding _binding;
    private readonly SequenceGoal _goal;
    private readonly Architecture _architecture;
    private readonly SequenceOptions _options;
    private readonly long _seed;

    internal SequenceTrainer(IHostEnvironment environment, Architecture architecture, SequenceOptions options, SequenceGoal goal)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(options);
        options = options.For(architecture);
        options.Validate(architecture,
        [
            .. goal.Problems(options),
            .. goal.ColumnProblems(options),
            .. options.Training.MonitorProblems(goal.Metric),
            .. ReferenceProblems.InRows(
                architecture, (options.Tokens is not null, options.Pooling), goal is RegressionGoal ? "the number of a row" : "a class or a tag",
                (goal is RegressionGoal, !goal.LearnsSteps)),
        ], goal.LearnsSteps);
        _host = new SequenceHost(environment, nameof(SequenceTrainer));
        _binding = new SequenceBinding(_host);
        (_goal, _architecture, _options) = (goal, architecture, options);
        // Drawn once: fitting the same estimator twice on the same rows gives the same weights.
        _seed = options.Training.Seed ?? _host.NextSeed();
    }

    /// <summary>What ML.NET's pipelines need to know about a trainer: it needs no normalised features, no calibration and no cache.</summary>
    public TrainerInfo Info => SequenceHost.TrainerInfo;

    /// <summary>Checks the columns of a future input schema and returns the schema with the columns that the fitted transformer adds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _binding.Check(inputSchema, _options.Columns);
        SchemaShape.Column label = _goal.Check(_host, inputSchema, _options);
        return SchemaShapes.With(inputSchema, _goal.Promise(label, _options));
    }

    /// <summary>Trains a model on the rows, each with its sequence and label.</summary>
    /// <param name="input">The training rows, in any order.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The rows cannot be trained on, or training diverged; the message names the place and the cause.</exception>
    /// <exception cref="IOException">A folder of the training options cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public SequencePredictionTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        CheckpointFolder.MustBeWritable(_options.Training);
        using var run = new HostRun(_host, "Training", _options.Training.CancellationToken);
        return new SequencePredictionTransformer(_host.Environment, Prepare(input, run).Fit(run));
    }

    /// <summary>
    /// Goes on with a fitted model: trains from its weights on new rows. The same as <see cref="TrainingOptions.WarmStart"/> among the options; a
    /// second training needs fewer epochs, or a lower learning rate, than the first.
    /// </summary>
    /// <param name="input">The new rows, in any order.</param>
    /// <param name="warmStart">The model, of the same architecture, task and columns; it is not changed.</param>
    /// <exception cref="ArgumentException">The model differs in other ways than <see cref="TrainingOptions.WarmStartDifferences"/> allows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The rows cannot be trained on, or training diverged; the message names the place and the cause.</exception>
    /// <exception cref="IOException">A folder of the training options cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public SequencePredictionTransformer Fit(IDataView input, SequenceTransformer warmStart)
    {
        ArgumentNullException.ThrowIfNull(warmStart);
        TrainingOptions training = _options.Training with { WarmStart = warmStart.Model, Seed = _seed };
        return new SequenceTrainer(_host.Environment, _architecture, _options with { Training = training }, _goal).Fit(input);
    }

    /// <summary>A range test of the learning rate on the training rows.</summary>
    internal LearningRateCurve FindLearningRate(IDataView input, int steps, CancellationToken cancellationToken)
    {
        ReferenceProblems.MustHaveLearningRate(_architecture);
        using var run = new HostRun(_host, "Learning rate", _options.Training.CancellationToken, cancellationToken);
        return Prepare(input, run).FindRate(run, steps);
    }

    private ModelFitting Prepare(IDataView data, HostRun run)
    {
        SequenceInput input = Bind(data.Schema);
        SequenceSet set = SequenceSetReader.Read(data, input, _goal, _options, run.Cancellation);
        RowsLeft.Check(set, "data", _options.ExampleWeightColumnName);
        RowsLeft.WarnOfPadding(set, input, run.Channel);
        SequenceSet? given = ReadGiven(data, input, run.Cancellation);
        // A resumed run keeps the same validation rows as the first run.
        long seed = TrainingCheckpoints.SeedOf(_options.Training.ResumeFrom) ?? _seed;
        (int[] training, int[] apart) = Split(set, given, (seed, run.Channel));
        if (given is not null)
            ForeignRows.Warn(run.Channel, Ranges(input, set, given));
        SequencePlan plan = _goal.Plan(new LabelledRows(input, data.Schema[_options.LabelColumnName], set, training, given), _options);
        ChannelScaling scaling = input.Tokens is null ? set.FitScaling(training) : ChannelScaling.None(input.Features);
        ChannelScaling? labels = plan.Task.Decoded.Labels;
        // Validation sees whole sequences.
        SequenceBatches Batches(SequenceSet of, int[] rows, int? chunk = null) => new(of, rows, input.Encoding(scaling), input.ChannelNames)
        {
            BucketByLength = _options.BucketByLength,
            ChunkSteps = chunk,
            ClassWeights = plan.ClassWeights,
            LabelScaling = labels,
        };
        var job = new TrainingJob
        {
            Training = Batches(set, training, _goal.LearnsSteps ? _options.Training.BackpropSteps : null),
            Validation = given is not null ? Batches(given, [.. Enumerable.Range(0, given.Count)]) : apart.Length > 0 ? Batches(set, apart) : null,
            Objective = plan.Objective,
            InputRange = input.Tokens is null ? InputRange.Of(set, input.Encoding(scaling)) : null,
            Subject = ModelDescription.Subject(_architecture, plan.Task, _options),
            Seed = seed,
        };
        var read = new ReadChannels(run.Channel, data.Schema);
        if (job.InputRange is { } range)
            read.WarnOfFeatures(input, scaling, range);
        if (labels is not null)
            read.WarnOfTargets(_options.LabelColumnName, labels, _options.ScoreColumnName);
        return new ModelFitting(_architecture, plan.Task, new SeriesScaling(scaling, []), job, _options.Training);
    }

    private (int[] Training, int[] Apart) Split(SequenceSet set, SequenceSet? given, (long Seed, HostChannel Channel) running)
    {
        var split = new RowSplit(_options.SamplingKeyColumnName);
        if (given is null)
            return split.Cut(set, _goal.ClassOf(set), _options.Training.ValidationFraction, running);
        split.CheckApart(set, given, "validation set");
        return ([.. Enumerable.Range(0, set.Count)], []);
    }

    // Features and, if they are numbers, labels.
    private IEnumerable<(string Name, ChannelScaling Training, ChannelScaling Given)> Ranges(SequenceInput input, SequenceSet set, SequenceSet given)
    {
        int[] training = [.. Enumerable.Range(0, set.Count)], validation = [.. Enumerable.Range(0, given.Count)];
        if (input.Tokens is null)
            yield return (input.Columns[0], set.FitScaling(training), given.FitScaling(validation));
        if (_goal is RegressionGoal)
            yield return (_options.LabelColumnName, set.FitLabelScaling(training), given.FitLabelScaling(validation));
    }

    private SequenceInput Bind(DataViewSchema schema)
    {
        SequenceInput input = _binding.Bind(schema, _options.Columns);
        _goal.Check(_host, SchemaShapes.Of(schema), _options);
        return input;
    }

    private SequenceSet? ReadGiven(IDataView training, SequenceInput input, HostCancellation cancellation)
    {
        if (_options.ValidationSet is not { } validation)
            return null;
        IDataView given = ChainTransforms.Apply(_host, training, validation);
        SequenceHost host = _host.ForValidationSet();
        var binding = new SequenceBinding(host);
        binding.Check(given.Schema, input);
        binding.Check(SchemaShapes.Of(given.Schema), _options.Columns);
        _goal.Check(host, SchemaShapes.Of(given.Schema), _options);
        _goal.CheckSame(_host, "validation set", training.Schema[_options.LabelColumnName], given.Schema[_options.LabelColumnName]);
        SequenceSet set = SequenceSetReader.Read(given, input, _goal, _options, cancellation);
        RowsLeft.Check(set, "validation set", _options.ExampleWeightColumnName);
        return set;
    }
}
