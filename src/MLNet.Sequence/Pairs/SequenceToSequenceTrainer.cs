using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Fitting;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Pairs;
using MLNet.Sequence.Training;

namespace MLNet.Sequence;

/// <summary>
/// Trains a model that predicts a sequence from another: a translation, a transcription, the spelling of a sound. A row holds a pair.
/// </summary>
public sealed class SequenceToSequenceTrainer : IEstimator<SequenceToSequenceTransformer>
{
    private readonly SequenceHost _host;
    private readonly EncoderDecoder _architecture;
    private readonly SequenceToSequenceOptions _options;
    private readonly long _seed;

    internal SequenceToSequenceTrainer(IHostEnvironment environment, EncoderDecoder architecture, SequenceToSequenceOptions options)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(architecture);
        _host = new SequenceHost(environment, nameof(SequenceToSequenceTrainer));
        (_architecture, _options) = (architecture, options);
        // Drawn once: the same estimator fitted twice on the same rows gives the same weights.
        _seed = options.Training.Seed ?? _host.NextSeed();
    }

    /// <summary>Checks the columns of a future input schema and returns the schema with the columns that the fitted transformer adds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        PairColumns.Check(_host, inputSchema, _options);
        return SchemaShapes.With(inputSchema, PairColumns.Promise(_options, inputSchema));
    }

    /// <summary>Trains a model on the pairs of the rows.</summary>
    /// <param name="input">The training rows, in any order.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The rows cannot be trained on, or training diverged; the message names the place and the cause.</exception>
    /// <exception cref="IOException">A folder of the training options cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public SequenceToSequenceTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        CheckpointFolder.MustBeWritable(_options.Training);
        using var run = new HostRun(_host, "Training", _options.Training.CancellationToken);
        return new SequenceToSequenceTransformer(_host.Environment, Prepare(input, run).Fit(run));
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
    public SequenceToSequenceTransformer Fit(IDataView input, SequenceTransformer warmStart)
    {
        ArgumentNullException.ThrowIfNull(warmStart);
        TrainingOptions training = _options.Training with { WarmStart = warmStart.Model, Seed = _seed };
        return new SequenceToSequenceTrainer(_host.Environment, _architecture, _options with { Training = training }).Fit(input);
    }

    // Options of tokens have no meaning for numbers, and the reverse.
    private string? Misfit(SequenceInput target)
    {
        string column = $"the target column '{target.Columns[0]}'";
        if (target.Tokens is not null)
            return _options.TargetSteps is { } steps ? $"TargetSteps is {steps}, but {column} has tokens, whose end is predicted." : null;
        if (_options.TargetSteps is { } given && TargetNumbers.StepProblem(given, target.Features, nameof(_options.TargetSteps)) is { } problem)
            return problem;
        (string Option, bool IsSet)[] ofTokens =
        [
            ("LabelSmoothing", _options.LabelSmoothing > 0), ("Search", _options.Search != new SequenceSearch()),
            ("Training.Monitor = accuracy", _options.Training.Monitor == MetricInfo.Accuracy.Name),
        ];
        string[] set = [.. ofTokens.Where(option => option.IsSet).Select(option => option.Option)];
        return set.Length == 0 ? null : $"{string.Join(", ", set)}: only for targets of tokens; {column} has numbers.";
    }

    private ModelFitting Prepare(IDataView data, HostRun run)
    {
        // A resumed run keeps the same validation rows as the first run.
        long seed = TrainingCheckpoints.SeedOf(_options.Training.ResumeFrom) ?? _seed;
        PairRows rows = PairRows.Read(data, PairTokenizers.Learnt(data, _options, run), run, seed);
        SequenceInput source = rows.Columns.Source;
        ChannelScaling scaling = source.Tokens is null
            ? rows.Training.Set.Source.FitScaling(rows.Training.Pairs)
            : ChannelScaling.None(source.Features);
        SequenceInput target = rows.Columns.Target;
        if (Misfit(target) is { } misfit)
            throw new InvalidOperationException(misfit);
        ChannelScaling? targetScaling = target.Tokens is null ? rows.Training.Set.Target.FitScaling(rows.Training.Pairs) : null;
        var task = new SequenceToSequence
        {
            Source = source,
            Target = target,
            TargetScaling = targetScaling,
            TargetSteps = target.Tokens is null ? _options.TargetSteps ?? rows.TargetSteps() : null,
            LongestSource = rows.Longest.Source,
            LongestTarget = rows.Longest.Target,
            Sharing = _options.Sharing,
            Search = _options.Search,
            PredictedSequenceColumnName = _options.PredictedSequenceColumnName,
            ScoreColumnName = _options.ScoreColumnName,
        };
        PairBatches Batches(PairPart part) => new(part.Set, part.Pairs, source.Encoding(scaling), source.ChannelNames)
        {
            Boundary = targetScaling is null ? task.OutputSize - 1 : null,
            TargetScaling = targetScaling,
            BucketByLength = _options.BucketByLength,
            MostSteps = _options.StepsPerBatch,
        };
        var job = new TrainingJob
        {
            Training = Batches(rows.Training),
            Validation = rows.Validation.Pairs.Length > 0 ? Batches(rows.Validation) : null,
            Objective = targetScaling is null ? new TargetObjective(_options.LabelSmoothing) : new TargetNumbersObjective(),
            Subject = ModelDescription.Subject(_architecture, task, _options),
            Seed = seed,
        };
        return new ModelFitting(_architecture, task, new SeriesScaling(scaling, []), job, _options.Training);
    }
}
