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
        using var run = new HostRun(_host, "Training", _options.Training.CancellationToken);
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

    /// <summary>A range test of the learning rate on the training windows.</summary>
    internal LearningRateCurve FindLearningRate(IDataView input, int steps, CancellationToken cancellationToken)
    {
        ReferenceProblems.MustHaveLearningRate(_architecture);
        using var run = new HostRun(_host, "Learning rate", _options.Training.CancellationToken, cancellationToken);
        return Prepare(input, run).FindRate(run, steps);
    }

    private ModelFitting Prepare(IDataView input, HostRun run)
    {
        WholeSeries.Check(input, _options.SeriesColumnName, _options.TimeColumnName);
        Forecasting task = _columns.Bind(input.Schema, _options);
        IDataView? given = _options.ValidationSet is { } set ? ChainTransforms.Apply(_host, input, set) : null;
        if (given is not null)
            new ForecastingColumns(_host.ForValidationSet()).Check(given.Schema, task);
        task = TimeAxis.Find(task, _options.Calendar, input, run);
        var shape = new WindowShape(task.Context, task.Horizon, _options.Stride);
        SeriesSet train = RollBack(Read(("data", input), task, run.Cancellation), shape);
        if (task is { TimeColumnName: not null, Frequency: null })
            FoundFrequency.Warn(run.Channel, input, task);
        task = WithKeysOf(task, train);
        (Windows windows, Windows? validation, SeriesSet validationSet) = Split((train, given), task, shape, run);
        if (_architecture is Reference && task.FillsWindows)
            (windows, validation) = (Whole(windows, task), validation is null ? null : Whole(validation, task));
        Func<long, long> steps = TrainingSteps(shape, validation, validationSet == train);
        int inputs = task.FirstKnown;
        IReadOnlyList<int> found = [.. SteadyChannels.Of(train, steps, task.Context, task.TargetChannels.Count).Where(channel => channel < inputs)];
        // Known inputs and static columns keep their level.
        IReadOnlyList<int> steady = [.. found, .. Enumerable.Range(inputs, task.DataChannels - inputs)];
        task = task with { SteadyInputs = steady.Count == 0 ? null : steady };
        MustHaveValues(train, task);
        SeriesScaling scaling = SeriesScaling.Fit(train, steps, steady).Leaving([.. task.KeyChannels.Select(key => key.Channel)]);
        IReadOnlyList<int> still = [.. Enumerable.Range(0, task.TargetChannels.Count).Where(scaling.Pooled.IsConstant)];
        WarnOfScaling(run.Channel, task, scaling, (found, still));
        WarnOfSpacing(run.Channel, input.Schema, task, scaling);
        if (_options.Intervals is { } intervals)
            ForecastCalibration.MustHold(validation?.Count ?? 0, intervals);
        IBatchSource? validated = validation is null ? null : task.CarriesState
            ? new StreamBatches(validation, task, scaling) { ChunkSteps = Math.Max(ChunkSteps, StreamBatches.LongChunk), LeftOut = still }
            : new WindowBatches(validation, task, scaling) { LeftOut = still };
        var job = new TrainingJob
        {
            Training = task.CarriesState
                ? new StreamBatches(windows, task, scaling) { ChunkSteps = ChunkSteps, Streams = _options.Training.BatchSize }
                : new WindowBatches(windows, task, scaling),
            // If no target varied in training, no error is defined.
            Validation = still.Count == task.TargetChannels.Count ? null : validated,
            Objective = new ForecastingObjective(_options.Loss, task),
            InputRange = InputRange.Of(train, scaling).WithMasks(task.FirstKnown, task.MaskSize),
            Subject = ModelDescription.Subject(_architecture, task, _options),
            Seed = _seed,
        };
        return new ModelFitting(_architecture, task, scaling, job, _options.Training);
    }

    // Options that are set and that a reference ignores.
    private static string[] Ignored(ForecastingOptions options) =>
    [
        .. options.KnownInputs is { Count: > 0 } ? [nameof(options.KnownInputs)] : Array.Empty<string>(),
        .. options.Calendar is not null ? [nameof(options.Calendar)] : Array.Empty<string>(),
        .. options.StaticColumns is { Count: > 0 } ? [nameof(options.StaticColumns)] : Array.Empty<string>(),
        .. !options.Output.IsPoint ? [nameof(options.Output)] : Array.Empty<string>(),
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
    private int ChunkSteps => _options.Training.BackpropSteps ?? Math.Max(_options.Context, LeastChunk);

    private static void WarnOfScaling(
        HostChannel channel, Forecasting task, SeriesScaling scaling, (IReadOnlyList<int> Steady, IReadOnlyList<int> Still) channels)
    {
        (IReadOnlyList<int> steady, IReadOnlyList<int> still) = channels;
        if (scaling.Asleep.Count > 0)
        {
            string first = string.Join(", ", scaling.Asleep.Take(5).Select(key => $"'{key}'"));
            channel.Info($"{scaling.Asleep.Count} series do not vary in training, or by next to nothing compared with the others, beginning with {first}: "
                + "scaled by the deviation of all.");
        }

        if (steady.Count > 0)
            channel.Info($"{Names(task, steady)}: one value within most windows. The level is kept: scaled over all series, and left as it is where a "
                + "window is normalised.");
        if (still.Count > 0)
            channel.WarnOnce($"{Names(task, still)}: one value in all training rows. Standardised errors are not defined and left out, in validation "
                + $"too{(still.Count == task.TargetChannels.Count ? ": nothing is validated, and all epochs are trained" : "")}.");
    }

    // For columns of Single, digits were lost before this code reads them.
    private static void WarnOfSpacing(HostChannel channel, DataViewSchema schema, Forecasting task, SeriesScaling scaling)
    {
        bool IsSingle(DataViewType type) => ((type as VectorDataViewType)?.ItemType ?? type).RawType == typeof(float);
        bool[] single = [.. task.AllColumns.SelectMany(column =>
            Enumerable.Repeat(column.Name.Length > 0 && IsSingle(schema[column.Name].Type), column.Channels.Count))];
        if (SingleSpacing.Worst(task.Channels, scaling, Enumerable.Range(0, single.Length).Where(i => single[i])) is { } coarse)
            channel.WarnOnce(coarse.Topic, $"{coarse}: smaller differences are lost. Read the column as Double or an integer type.");
    }

    private static string Names(Forecasting task, IReadOnlyList<int> channels) => string.Join(", ", channels.Select(channel => $"'{task.Channels[channel]}'"));

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

    private SeriesSet RollBack(SeriesSet train, WindowShape shape) => _options.RolledBack == 0 ? train : train.Head(length =>
    {
        for (int i = 0; i < _options.RolledBack; i++)
            length = Math.Max((long)shape.Context + shape.Horizon, Windows.Cut(length, _options.Training.ValidationFraction));
        return length;
    });

    private static SeriesSet Read((string Name, IDataView View) data, Forecasting task, HostCancellation cancellation)
    {
        SeriesSet set = SeriesReader.Read(data.View, task, allowMissing: false, cancellation);
        CountedTargets.MustHold(set, data.Name, task);
        long needed = (long)task.Context + task.Horizon;
        string need = $"{needed} rows are needed: Context {task.Context} + Horizon {task.Horizon}.";
        if (set.RowCount == 0)
            throw new InvalidOperationException($"The {data.Name} has no rows; at least {need}");
        Series[] tooShort = [.. set.Series.Where(series => series.Length < needed)];
        if (tooShort.Length == 0)
            return set;
        if (task.SeriesColumnName is null)
            throw new InvalidOperationException($"The {data.Name} has {set.RowCount} rows; at least {need}");
        string names = string.Join(", ", tooShort.Take(5).Select(series => $"'{series.Key}' ({series.Length} rows)"));
        string more = tooShort.Length > 5 ? $" and {tooShort.Length - 5} more" : "";
        throw new InvalidOperationException($"These series of the {data.Name} are too short: {names}{more}. In each, at least {need}");
    }

    private (Windows Train, Windows? Validation, SeriesSet ValidationSet) Split(
        (SeriesSet Training, IDataView? Validation) rows, Forecasting task, WindowShape shape, HostRun run)
    {
        SeriesSet train = rows.Training;
        Windows all = Windows.Over(train, shape);
        // Validation uses every origin, independently of the training stride.
        WindowShape each = shape with { Stride = 1 };
        if (rows.Validation is { } given)
        {
            SeriesSet set = Read(("validation set", given), task, run.Cancellation);
            static ChannelScaling Pooled(SeriesSet of) => SeriesScaling.Fit(of, length => length).Pooled;
            ForeignRows.Warn(run.Channel, [(string.Join(", ", task.Channels), Pooled(train), Pooled(set))]);
            return (all, Windows.Over(set, each), set);
        }

        if (_options.Training.ValidationFraction == 0)
            return (all, null, train);
        Windows head = Windows.Split(train, shape, _options.Training.ValidationFraction).Head;
        Windows tail = Windows.Split(train, each, _options.Training.ValidationFraction).Tail;
        if (head.Count > 0 && tail.Count > 0)
        {
            WarnOfUnused(train, shape, run.Channel);
            return (head, tail, train);
        }

        run.Channel.Warning(
            $"There are too few rows to keep {_options.Training.ValidationFraction:P0} of them for validation: all are used for training, for all epochs.");
        return (all, null, train);
    }

    private void WarnOfUnused(SeriesSet train, WindowShape shape, HostChannel channel)
    {
        double fraction = _options.Training.ValidationFraction;
        bool IsTrained(Series series) => Windows.Cut(series.Length, fraction) >= (long)shape.Context + shape.Horizon;
        bool IsValidated(Series series) => Math.Max(shape.Context, Windows.Cut(series.Length, fraction)) + shape.Horizon <= series.Length;
        Series[] untrained = [.. train.Series.Where(series => !IsTrained(series))];
        Series[] unvalidated = [.. train.Series.Where(series => IsTrained(series) && !IsValidated(series))];
        int unused = untrained.Count(series => !IsValidated(series));
        if (untrained.Length > 0)
        {
            string neither = unused == 0 ? "" : $" {unused} of them are not used for validation either: their tail is shorter than Horizon ({shape.Horizon}).";
            channel.Warning($"{untrained.Length} series have too few rows before their validation tail to be trained on, beginning with "
                + $"{First(untrained)}.{neither}");
        }

        if (unvalidated.Length > 0)
        {
            channel.Warning($"{unvalidated.Length} series have a validation tail that is shorter than Horizon ({shape.Horizon}), beginning with "
                + $"{First(unvalidated)}: these rows are neither validated nor trained on. "
                + $"Raise Training.{nameof(TrainingOptions.ValidationFraction)}, or give a {nameof(ForecastingOptions.ValidationSet)}.");
        }
    }

    private static string First(IEnumerable<Series> series) => string.Join(", ", series.Take(5).Select(one => $"'{one.Key}'"));

    // Scaling is fitted only on the rows that training sees: without the tail, if the tail is used for validation.
    private Func<long, long> TrainingSteps(WindowShape shape, Windows? validation, bool tail)
    {
        double fraction = validation is not null && tail ? _options.Training.ValidationFraction : 0;
        return length => fraction == 0 ? length : Math.Max(shape.Context, Windows.Cut(length, fraction));
    }
}
