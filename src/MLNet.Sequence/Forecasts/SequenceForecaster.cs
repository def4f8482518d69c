using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Fitting;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Tasks;
using MLNet.Sequence.Training;

namespace MLNet.Sequence;

/// <summary>Trains a sequence model that forecasts one or many series. Rows are time steps.</summary>
public sealed class SequenceForecaster : IEstimator<ForecastingTransformer>
{
    private const int LeastChunk = 64;

    private readonly SequenceHost _host;
    private readonly ForecastingColumns _columns;
    private readonly Architecture _architecture;
    private readonly ForecastingOptions _options;
    private readonly long _seed;
    private readonly string[] _ignored;

    // Within a chain, Fit of ML.NET takes no token.
    private readonly AsyncLocal<CancellationToken> _stop = new();

    internal SequenceForecaster(IHostEnvironment environment, Architecture architecture, ForecastingOptions options)
    {
        ArgumentNullException.ThrowIfNull(architecture);
        ArgumentNullException.ThrowIfNull(options);
        _ignored = architecture is Reference ? Ignored(options) : [];
        options = options.For(architecture);
        options.Validate(architecture);
        _host = new SequenceHost(environment, nameof(SequenceForecaster));
        _columns = new ForecastingColumns(_host);
        (_architecture, _options) = (architecture, options);
        // Drawn once: the same estimator fitted twice on the same rows gives the same weights.
        _seed = options.Training.Seed ?? _host.NextSeed();
    }

    /// <summary>The options, as they are used with the architecture.</summary>
    internal ForecastingOptions Options => _options;

    /// <summary>Checks the columns of a future input schema and returns the schema with the columns that the fitted transformer adds.</summary>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    public SchemaShape GetOutputSchema(SchemaShape inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _columns.Check(inputSchema, _options);
        string[] bounds = _options.Intervals is { } intervals ? [intervals.LowerBoundColumnName, intervals.UpperBoundColumnName] : [];
        return SchemaShapes.With(
            inputSchema, [.. bounds.Prepend(_options.ForecastColumnName).Append(_options.ActualColumnName).Select(ForecastAnnotations.Shape)]);
    }

    /// <summary>Trains a model on all windows of the rows, or on whole series if it carries its state.</summary>
    /// <param name="input">The training rows; within a series in time order.</param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The rows cannot be trained on, or training diverged; the message names the place and the cause.</exception>
    /// <exception cref="IOException">A folder of the training options cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public ForecastingTransformer Fit(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        CheckpointFolder.MustBeWritable(_options.Training);
        using var run = new HostRun(_host, "Training", _options.Training.CancellationToken, _stop.Value);
        if (_ignored.Length > 0)
        {
            run.Channel.Warning($"{_architecture.GetType().Name} repeats or combines the last rows and gives points: "
                + $"{string.Join(", ", _ignored)} of the options {(_ignored.Length == 1 ? "is" : "are")} not read.");
        }

        ModelFitting fitting = Prepare(input, run);
        SequenceModel model = fitting.Fit(run);
        return new ForecastingTransformer(_host.Environment, _options.Intervals is { } intervals
            ? new ForecastCalibration(_host, model, intervals).Run(fitting, run)
            : model);
    }

    /// <summary>
    /// Goes on with a fitted model: trains from its weights on new rows. The same as <see cref="TrainingOptions.WarmStart"/> among the options; a
    /// second training needs fewer epochs, or a lower learning rate, than the first.
    /// </summary>
    /// <param name="input">The new rows; within a series in time order. A context that is not set is that of the model.</param>
    /// <param name="warmStart">The model, of the same architecture, task and columns; it is not changed.</param>
    /// <exception cref="ArgumentException">The model differs in other ways than <see cref="TrainingOptions.WarmStartDifferences"/> allows.</exception>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">The rows cannot be trained on, or training diverged; the message names the place and the cause.</exception>
    /// <exception cref="IOException">A folder of the training options cannot be written.</exception>
    /// <exception cref="OperationCanceledException">Training was cancelled.</exception>
    public ForecastingTransformer Fit(IDataView input, SequenceTransformer warmStart)
    {
        ArgumentNullException.ThrowIfNull(warmStart);
        TrainingOptions training = _options.Training with { WarmStart = warmStart.Model, Seed = _seed };
        return new SequenceForecaster(_host.Environment, _architecture, _options with { Training = training }).Fit(input);
    }

    /// <summary>A range test of the learning rate on the training windows.</summary>
    internal LearningRateCurve FindLearningRate(IDataView input, int steps, CancellationToken cancellationToken)
    {
        ReferenceProblems.MustHaveLearningRate(_architecture);
        using var run = new HostRun(_host, "Learning rate", _options.Training.CancellationToken, cancellationToken);
        return Prepare(input, run).FindRate(run, steps);
    }

    /// <summary>Fits a chain that ends with this forecaster; a token stops its training.</summary>
    internal ITransformer FitWithin(IEstimator<ITransformer> chain, IDataView input, CancellationToken stop)
    {
        CancellationToken before = _stop.Value;
        _stop.Value = stop;
        try
        {
            return chain.Fit(input);
        }
        finally
        {
            _stop.Value = before;
        }
    }

    private ModelFitting Prepare(IDataView input, HostRun run)
    {
        WholeSeries.Check(input, _options.SeriesColumnName, _options.TimeColumnName);
        Forecasting task = _columns.Bind(input.Schema, _options);
        IDataView? given = _options.ValidationSet is { } apart ? ChainTransforms.Apply(_host, input, apart) : null;
        if (given is not null)
            new ForecastingColumns(_host.ForValidationSet()).Check(given.Schema, task);
        (input, given) = (ArrangedView.Of(_host, input, task), given is null ? null : ArrangedView.Of(_host, given, task));
        task = TimeAxis.Find(task, _options.Calendar, input, run);
        SeriesSet rows = SeriesReader.Read(input, task, allowMissing: false, run.Cancellation);
        CountedTargets.MustHold(rows, "data", task);
        FarValues.Warn(run.Channel, rows, task);
        task = FoundSeason.Of(WithContext(task, rows, run.Channel));
        Architecture architecture = _options.Streaming ? StreamingForm.Of(_architecture, task, run.Channel.Info) : _architecture;
        var shape = new WindowShape(task.Context, task.Horizon, _options.Stride);
        rows = EnoughRows.Of("data", rows, task, run.Channel);
        var tail = new ValidationTail(_options, shape);
        SeriesSet train = tail.Without(rows, _options.RolledBack);
        if (task is { TimeColumnName: not null, Frequency: null })
            FoundFrequency.Warn(run.Channel, input, task);
        task = WithKeysOf(task, train);
        SeriesSet? set = given is null ? null : ReadValidation(given, (task, train), run);
        (Windows windows, Windows? validation) = set is null
            ? tail.Split(train, run.Channel)
            : (Windows.Over(train, shape), Windows.Over(set, shape with { Stride = 1 }));
        if (_architecture is Reference && task.FillsWindows)
            (windows, validation) = (Whole(windows, task), validation is null ? null : Whole(validation, task));
        Func<Series, long> steps = tail.TrainingSteps(validation is not null && set is null);
        int inputs = task.FirstKnown;
        IReadOnlyList<int> found = [.. SteadyChannels.Of(train, steps, task.Context, task.TargetChannels.Count).Where(channel => channel < inputs)];
        // Known inputs and static columns keep their level.
        IReadOnlyList<int> steady = [.. found, .. Enumerable.Range(inputs, task.DataChannels - inputs)];
        task = task with { SteadyInputs = steady.Count == 0 ? null : steady };
        MustHaveValues(train, task);
        (SeriesScaling scaling, SeriesSet seen) = DifferencedTargets.Fit(task, train, steps);
        scaling = scaling.Leaving([.. task.KeyChannels.Select(key => key.Channel)]);
        IReadOnlyList<int> still = [.. Enumerable.Range(0, task.TargetChannels.Count).Where(scaling.Pooled.IsConstant)];
        ScalingNotes.Tell(run.Channel, task, scaling, (found, still));
        ScalingNotes.WarnOfSpacing(run.Channel, input.Schema, task, scaling);
        if (_options.Intervals is { } intervals)
            ForecastCalibration.MustHold(validation, task, still, intervals);
        RegressionLoss loss = _options.Loss.With(task.Frequency?.Season ?? 1);
        SeasonalUnits? errors = loss.Season is { } season && task.Output.IsPoint
            ? new SeasonalUnits(train, steps, scaling, season, task.TargetChannels.Count) : null;
        ScalingNotes.TellWithout(run.Channel, errors, train.Series.Count);
        IBatchSource? validated = validation is null ? null : task.CarriesState
            ? new StreamBatches(validation, task, scaling)
            {
                ChunkSteps = Math.Max(ChunkSteps(task), StreamBatches.LongChunk),
                LeftOut = still,
                Errors = errors,
            }
            : new WindowBatches(validation, task, scaling) { LeftOut = still, Errors = errors };
        IBatchSource once = task.CarriesState
            ? new StreamBatches(windows, task, scaling) { ChunkSteps = ChunkSteps(task), Streams = _options.Training.BatchSize, Errors = errors }
            : new WindowBatches(windows, task, scaling) { Errors = errors };
        Dictionary<string, string> subject = ModelDescription.Subject(architecture, task, _options);
        var job = new TrainingJob
        {
            Training = Repeated(once, subject, run.Channel),
            // If no target varied in training, no error is defined.
            Validation = still.Count == task.TargetChannels.Count ? null : validated,
            Objective = new ForecastingObjective(loss, task),
            InputRange = InputRange.Of(seen, scaling).WithMasks(task.FirstKnown, task.MaskSize),
            Subject = subject,
            Seed = _seed,
        };
        return new ModelFitting(architecture, task, scaling, job, _options.Training);
    }

    // Options that are set and that a reference ignores.
    private static string[] Ignored(ForecastingOptions options) =>
    [
        .. options.KnownInputs is { Count: > 0 } ? [nameof(options.KnownInputs)] : Array.Empty<string>(),
        .. options.Calendar is not null ? [nameof(options.Calendar)] : Array.Empty<string>(),
        .. options.StaticColumns is { Count: > 0 } ? [nameof(options.StaticColumns)] : Array.Empty<string>(),
        .. !options.Output.IsPoint ? [nameof(options.Output)] : Array.Empty<string>(),
        .. options.Differencing is not null ? [nameof(options.Differencing)] : Array.Empty<string>(),
    ];

    // Weights in closed form need all targets of an example.
    private static Windows Whole(Windows windows, Forecasting task) =>
        windows.WithAllTargets(task.Horizon, task.TargetChannels.Count) is { Count: > 0 } whole
            ? whole
            : throw new InvalidOperationException($"No window has all targets of its horizon ({task.Horizon} steps), which a reference needs: "
                + "shorten the Horizon, or fill the targets.");

    private static void MustHaveValues(SeriesSet train, Forecasting task)
    {
        for (int channel = 0; task.FillsWindows && channel < task.PastSize; channel++)
        {
            if (train.Series.All(series => Enumerable.Range(0, (int)series.Length).All(step => double.IsNaN(series[step, channel]))))
                throw new InvalidOperationException($"The column of '{task.Channels[channel]}' has no value in the training rows: leave it out.");
        }
    }

    // A short context does not limit how far back a state should reach.
    private int ChunkSteps(Forecasting task) => _options.Training.BackpropSteps ?? Math.Max(task.Context, LeastChunk);

    private Forecasting WithContext(Forecasting task, SeriesSet rows, HostChannel channel)
    {
        if (_options.Context is not null || rows.Series.Count == 0)
            return task;
        if (_options.Training.WarmStart?.Task.Series is { } before)
            return task with { Context = before.Context };
        var choice = ContextChoice.Of(rows.Series.Select(series => series.Length), _options, task.Frequency);
        // A reference says itself how many steps it reads.
        int context = _architecture is Reference reference ? Math.Max(choice.Context, reference.Steps(choice.Context)) : choice.Context;
        channel.Info($"{nameof(ForecastingOptions.Context)} {context} is chosen: {choice.Reason}.");
        return task with { Context = context };
    }

    // Few windows make an epoch of few steps.
    private IBatchSource Repeated(IBatchSource batches, Dictionary<string, string> subject, HostChannel channel)
    {
        if (_options.Training.Epochs is not null || _architecture is Reference)
            return batches;
        int passes = RepeatedBatches.Passes(batches, _options.Training.BatchSize, TrainingOptions.LeastSteps * _options.Training.AccumulationSteps);
        if (passes == 1)
            return batches;
        channel.Info($"An epoch makes {passes} passes over the windows, since one has few optimiser steps; {nameof(TrainingOptions.Epochs)} is not set.");
        subject["passes of an epoch"] = passes.ToString(CultureInfo.InvariantCulture);
        return new RepeatedBatches(batches, passes);
    }

    // Only keys of training rows have their own vector.
    private static Forecasting WithKeysOf(Forecasting task, SeriesSet train)
    {
        ChannelColumn Known(ChannelColumn column)
        {
            if (column.Keys is not { } keys)
                return column;
            int channel = task.Channels.ToList().IndexOf(column.Channels[0]);
            IEnumerable<int> places = train.Series.SelectMany(series => series.Rows.Distinct(channel)).Distinct().Select(place => (int)place);
            int[] seen = [.. places.Where(place => place < keys.Count).Order()];
            foreach (Series series in train.Series)
                series.Rows.Replace(channel, place => Array.BinarySearch(seen, (int)place) is >= 0 and var own ? own : seen.Length);
            return column with { Keys = [.. seen.Select(place => keys[place])] };
        }

        return task with { KnownInputs = [.. task.KnownInputs.Select(Known)], StaticInputs = [.. task.StaticInputs.Select(Known)] };
    }

    private static SeriesSet ReadValidation(IDataView given, (Forecasting Task, SeriesSet Rows) training, HostRun run)
    {
        SeriesSet set = SeriesReader.Read(given, training.Task, allowMissing: false, run.Cancellation);
        CountedTargets.MustHold(set, "validation set", training.Task);
        set = EnoughRows.Of("validation set", set, training.Task, run.Channel);
        static ChannelScaling Pooled(SeriesSet of) => SeriesScaling.Fit(of, series => series.Length).Pooled;
        ForeignRows.Warn(run.Channel, [(string.Join(", ", training.Task.Channels), Pooled(training.Rows), Pooled(set))]);
        return set;
    }
}
