using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Fitting;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.NextSteps;
using MLNet.Sequence.Training;

namespace MLNet.Sequence;

/// <summary>
/// Trains a sequence model that predicts each step of a sequence from those before it: text, music, sensors, any process. A
/// row holds a whole sequence.
/// </summary>
public sealed class NextStepTrainer : IEstimator<NextStepTransformer>
{
    private readonly SequenceHost _host;
    private readonly SequenceBinding _binding;
    private readonly Architecture _architecture;
    private readonly NextStepOptions _options;
    private readonly long _seed;

    internal NextStepTrainer(IHostEnvironment environment, Architecture architecture, NextStepOptions options)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(architecture);
        _host = new SequenceHost(environment, nameof(NextStepTrainer));
        _binding = new SequenceBinding(_host) { OfTokens = options.Kind == StepKind.Token };
        (_architecture, _options) = (architecture, options);
        // Drawn once: the same estimator fitted twice on the same rows gives the same weights.
        _seed = options.Training.Seed ?? _host.NextSeed();
    }

    /// <summary>Checks the columns of a future input schema and returns the schema with the columns that the fitted transformer adds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _binding.Check(inputSchema, _options.Columns);
        return SchemaShapes.With(inputSchema, NextStepColumns.Promise(_options, inputSchema));
    }

    /// <summary>Trains a model on the sequences of the rows.</summary>
    /// <param name="input">The training rows, in any order.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The rows cannot be trained on, or training diverged; the message names the place and the cause.</exception>
    /// <exception cref="IOException">A folder of the training options cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public NextStepTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        CheckpointFolder.MustBeWritable(_options.Training);
        using var run = new HostRun(_host, "Training", _options.Training.CancellationToken);
        return new NextStepTransformer(_host.Environment, Prepare(input, run).Fit(run));
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
    public NextStepTransformer Fit(IDataView input, SequenceTransformer warmStart)
    {
        ArgumentNullException.ThrowIfNull(warmStart);
        TrainingOptions training = _options.Training with { WarmStart = warmStart.Model, Seed = _seed };
        return new NextStepTrainer(_host.Environment, _architecture, _options with { Training = training }).Fit(input);
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
        // A resumed run keeps the same validation rows as the first run.
        long seed = TrainingCheckpoints.SeedOf(_options.Training.ResumeFrom) ?? _seed;
        NextStepRows rows = NextStepRows.Read(data, (_binding, new SequenceBinding(_host.ForValidationSet()) { OfTokens = _binding.OfTokens }),
            _options, run, seed);
        ChannelScaling scaling = rows.FitScaling(_options.Kind);
        string[] channels = [.. rows.Input.FeatureNames, .. (rows.Input.Conditions?.ChannelNames ?? []).Take(rows.Input.Conditions?.KnownSize ?? 0)];
        NextStepBatches Batches(SequencePart part, int? chunk) => new(part.Set, part.Sequences, scaling, channels)
        {
            Conditions = rows.Input.Conditions,
            BucketByLength = _options.BucketByLength && !_options.ContinuousText,
            ChunkSteps = chunk,
        };
        // Solved models need no chunks; chunks would hide the steps before them.
        int? chunk = _architecture.IsSolved ? null : _options.Training.BackpropSteps;
        NextStep task = Task(rows);
        var job = new TrainingJob
        {
            Training = Batches(rows.Training, chunk),
            Validation = rows.Validation.Sequences.Length > 0 ? Batches(rows.Validation, _options.ContinuousText ? chunk : null) : null,
            Objective = new NextStepObjective(_options.Kind),
            InputRange = rows.Input.Tokens is null ? InputRange.Of(rows.Training.Set, rows.Input.Encoding(scaling)) : null,
            Subject = ModelDescription.Subject(_architecture, task, _options),
            Seed = seed,
        };
        if (_options.Kind == StepKind.Real)
        {
            var read = new ReadChannels(run.Channel, data.Schema);
            read.WarnOfFeatures(rows.Input, scaling, job.InputRange!);
            read.WarnOfNextSteps(rows.Input, scaling.First(rows.Input.Features), task.PredictionColumnName);
        }

        return new ModelFitting(_architecture, task, new SeriesScaling(scaling, []), job, _options.Training);
    }

    private NextStep Task(NextStepRows rows) => new()
    {
        Input = rows.Input,
        Kind = _options.Kind,
        LongestSequence = rows.Longest,
        TiedEmbedding = _options.TiedEmbedding,
        AdaptiveSoftmax = _options.AdaptiveSoftmax,
        PredictionColumnName = _options.PredictionColumnName,
        ScoreColumnName = _options.ScoreColumnName,
        LossColumnName = _options.LossColumnName,
    };
}
