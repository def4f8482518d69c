using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Architectures;
using MLNet.Sequence.Data;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Model;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Estimators;

/// <summary>
/// Trains a sequence model that predicts each step of a sequence from those before it: music, sensors, any process. A row
/// holds a whole sequence.
/// </summary>
public sealed class NextStepTrainer : IEstimator<NextStepTransformer>
{
    private readonly SequenceHost _host;
    private readonly SequenceBinding _binding;
    private readonly Architecture _architecture;
    private readonly NextStepOptions _options;

    internal NextStepTrainer(IHostEnvironment environment, Architecture architecture, NextStepOptions options)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(options);
        options.Validate(architecture);
        _host = new SequenceHost(environment, nameof(NextStepTrainer));
        _binding = new SequenceBinding(_host);
        (_architecture, _options) = (architecture, options);
    }

    /// <summary>Checks the columns of a schema yet to come and says what the fitted transformer will add to it.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _binding.Check(inputSchema, _options.Columns);
        return SchemaShapes.With(inputSchema, NextStepColumns.Promise(_options));
    }

    /// <summary>Trains on the rows.</summary>
    /// <param name="input">The training rows, in any order.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The rows cannot be trained on, or training diverged; the message says where and why.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public NextStepTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        using HostCancellation cancellation = _host.LinkCancellation(_options.Training.CancellationToken);
        using HostChannel channel = _host.Start("Training");
        (NextStep task, ChannelScaling scaling, TrainingJob job) = Prepare(input, (channel, cancellation));
        SequenceModel model = ModelTraining.Run(
            _host, (channel, cancellation), (_architecture, task), new SeriesScaling(scaling, []), (job, _options.Training));
        return new NextStepTransformer(_host.Environment, model);
    }

    private (NextStep Task, ChannelScaling Scaling, TrainingJob Job) Prepare(IDataView data, (HostChannel Channel, HostCancellation Cancellation) running)
    {
        SequenceInput input = _binding.Bind(data.Schema, _options.Columns);
        SequenceSet set = SequenceSetReader.Read(data, input, _options.Kind, running.Cancellation);
        if (set.Count == 0)
            throw new InvalidOperationException("The data has no rows to train on.");
        SequenceSet? given = ReadGiven(input, running.Cancellation);
        // A resumed run keeps the rows apart that the first run kept apart.
        long seed = TrainingCheckpoints.SeedOf(_options.Training.ResumeFrom) ?? _options.Training.Seed ?? _host.NextSeed();
        (int[] training, int[] apart) = given is null ? Split(set.Count, seed, running.Channel) : ([.. Enumerable.Range(0, set.Count)], []);
        ChannelScaling scaling = _options.Kind == StepKind.Real ? set.FitScaling(training) : AsTheyAre(input.Features);
        NextStepBatches Batches(SequenceSet of, int[] rows, int? chunk) =>
            new(of, rows, scaling, input.FeatureNames) { BucketByLength = _options.BucketByLength, ChunkSteps = chunk };
        var job = new TrainingJob
        {
            Training = Batches(set, training, _options.Training.BackpropSteps),
            Validation = given is not null ? Batches(given, [.. Enumerable.Range(0, given.Count)], null) : apart.Length > 0 ? Batches(set, apart, null) : null,
            Objective = new NextStepObjective(_options.Kind),
            Seed = seed,
            Repeatable = _options.Training.Seed is not null || _host.Seed is not null,
        };
        return (Task(input, set.Longest), scaling, job);
    }

    private NextStep Task(SequenceInput input, int longest) => new()
    {
        Input = input,
        Kind = _options.Kind,
        LongestSequence = longest,
        PredictionColumn = _options.PredictionColumn,
        LossColumn = _options.LossColumn,
    };

    private SequenceSet? ReadGiven(SequenceInput input, HostCancellation cancellation)
    {
        if (_options.ValidationSet is not { } given)
            return null;
        _binding.Check(given.Schema, input);
        SequenceSet set = SequenceSetReader.Read(given, input, _options.Kind, cancellation);
        return set.Count > 0 ? set : throw new InvalidOperationException("The validation set has no rows to validate on.");
    }

    private (int[] Training, int[] Validation) Split(int count, long seed, HostChannel channel)
    {
        double fraction = _options.Training.ValidationFraction;
        (int[] training, int[] validation) = SequenceSplit.Cut(count, _ => 0, fraction, seed);
        if (fraction > 0 && validation.Length == 0)
            channel.Warning($"The rows are too few to keep {fraction:P0} of them apart for validation: all are trained on, for all epochs.");
        return (training, validation);
    }

    private static ChannelScaling AsTheyAre(int features)
    {
        var deviation = new float[features];
        Array.Fill(deviation, 1);
        return new ChannelScaling(new float[features], deviation);
    }
}
