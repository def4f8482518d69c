using System.Globalization;
using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Data;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence.Comparison;

/// <summary>Forecasting: an example is a window of the test rows.</summary>
internal sealed class ComparedForecasting(SequenceHost host, ForecastingOptions options, int seasonality) : ComparedTask
{
    private const int LongestStream = 100_000, MostInputs = 2048;

    // The number of contexts that gradients flow back over if state is carried.
    private const int CarriedContexts = 8;

    // Passes over series that replace one pass over their windows.
    private const int CarriedPasses = 8;

    private ComparedWindows? _windows;
    private IDataView? _validation;
    private SeriesScaling? _unit;
    private string[] _targets = [];
    private int _channels;
    private int _silent;

    public override TrainingOptions Training => options.Training;

    public override IDataView? ValidationSet => options.ValidationSet;

    public override IEnumerable<string> Columns =>
    [
        .. options.Targets, .. options.Inputs, .. options.KnownInputs, .. options.StaticColumns,
        .. new[] { options.SeriesColumnName, options.TimeColumnName }.OfType<string>(),
    ];

    public override int Overlap => options.Horizon;

    public override IReadOnlyList<long> Times => Windows.Times;

    public override IEnumerable<string> Remarks
    {
        get
        {
            string[] constant = [.. _targets.Where((_, i) => _unit!.Pooled.Moments.IsConstant(i)).Select(name => $"'{name}'")];
            if (constant.Length > 0 && constant.Length < _targets.Length)
                yield return $"{string.Join(", ", constant)}: one value in all training rows; left out of the errors, which are in deviations.";
            if (Windows.WithoutValues > 0)
            {
                yield return string.Create(CultureInfo.InvariantCulture, $"{Windows.WithoutValues} windows beside the {Windows.All} have a missing actual "
                    + $"value, or no value before them: they are left out, for all.");
            }

            string season = string.Create(
                CultureInfo.InvariantCulture, $"{Windows.WithoutSeason} of {Windows.All} windows have no season of {seasonality} rows before them");
            string leftOut = Windows.HasSeason ? "they are left out, for all models and naive forecasts" : "the seasonal naive forecast is left out";
            if (Windows.WithoutSeason > 0)
                yield return $"{season}: {leftOut}.";
            if (_silent > 0)
            {
                yield return string.Create(
                    CultureInfo.InvariantCulture, $"{_silent} of {Windows.All} windows have no forecast by one of the models: they are left out, for all.");
            }
        }
    }

    private ComparedWindows Windows => _windows ?? throw new InvalidOperationException("The test rows have not been read yet.");

    // A target that did not vary in training has no standardised error, unless no target varied.
    private bool[] Counted
    {
        get
        {
            bool[] varying = [.. _targets.Select((_, target) => !_unit!.Pooled.Moments.IsConstant(target))];
            return varying.Contains(true) ? varying : [.. varying.Select(_ => true)];
        }
    }

    // Least squares on 1, 2, 4, … of the last steps, on a season, and on all visible steps, as long as they are quickly solved.
    public override IEnumerable<Reference> References(IEnumerable<Reference> asked)
    {
        Reference[] seasonal = seasonality > 1 && seasonality <= options.UsedContext ? [new SeasonalNaive { Season = seasonality }] : [];
        IEnumerable<int> ladder = DataMemory.Rungs(options.UsedContext, seasonality).Where(lags => lags > 0)
            .TakeWhile(lags => lags == 1 || (long)lags * _channels <= MostInputs);
        Reference[] usual = [new Mean(), new Naive(), .. seasonal, new Drift(), .. ladder.Select(lags => new Ridge { Lags = lags })];
        return usual.Union(asked).OrderBy(reference => reference is Ridge).ThenBy(reference => reference is Ridge ? reference.Steps(options.UsedContext) : 0);
    }

    public override int Context => options.CarriesState ? 0 : options.UsedContext;

    public override int Season => seasonality;

    public override IReadOnlyList<(string Name, ComparedTask Task)> Variants => options.Normalization is not null || options.CarriesState
        || options.UsedContext == 1
        ? []
        :
        [
            ("values", With(options with { Normalization = WindowNormalization.None })),
            ("mean", With(options with { Normalization = WindowNormalization.Mean })),
            ("mean-and-deviation", With(options with { Normalization = WindowNormalization.MeanAndDeviation })),
            ("last-value", With(options with { Normalization = WindowNormalization.LastValue })),
        ];

    // A window of one step has no level of its own.
    public override ComparedTask Seeing(int steps) => With(options with
    {
        Context = steps,
        Normalization = steps == 1 ? WindowNormalization.None : options.Normalization,
    });

    public override ComparedTask Carrying() => With(options with
    {
        CarriesState = true,
        Normalization = WindowNormalization.None,
        Stride = 1,
        // A pass reads each row once, not once for every window that contains it, and takes a few steps of the optimiser.
        Training = options.Training with
        {
            BackpropSteps = CarriedContexts * options.UsedContext,
            Epochs = checked(CarriedPasses * options.Training.UsedEpochs),
            Patience = CarriedPasses * options.Training.Patience,
        },
    });

    public override bool Accepts(Architecture architecture) => !For(architecture).Problems(architecture).Any();

    public override void Check(Architecture architecture)
    {
        if (options.Differencing is not null)
        {
            throw new ArgumentException("Comparisons measure how many last values a model needs, and differences need further ones: leave Differencing null, "
                + "and compare forecasters with differences by Backtest.");
        }

        For(architecture).Validate(architecture);
    }

    public override float[] Read(IDataView train, IDataView test)
    {
        var columns = new ForecastingColumns(host);
        Forecasting task = columns.Bind(train.Schema, options);
        columns.Check(test.Schema, task);
        if (options.ValidationSet is { } given)
            new ForecastingColumns(host.ForValidationSet()).Check(given.Schema, task);
        using HostCancellation cancellation = host.LinkCancellation(options.Training.CancellationToken);
        TimedSeries Timed(IDataView given) => ArrangedView.Of(host, given, task) is var data
            ? TimedSeries.Of(SeriesReader.Read(data, task, allowMissing: false, cancellation), data, options.TimeColumnName) : null!;
        TimedSeries timed = Timed(test);
        Series longest = timed.Set.Series.MaxBy(series => series.Length) ?? throw new InvalidOperationException("The test data has no rows.");
        _validation = Kept(host, options.ValidationSet);
        _windows = new ComparedWindows(task, (timed, [.. new[] { train, _validation }.OfType<IDataView>().Select(Timed)]), seasonality);
        (_targets, _channels) = ([.. task.TargetChannels], timed.Set.Channels);
        if (_windows.Count == 0)
        {
            throw new InvalidOperationException(
                $"The test data has no window: its longest series has {longest.Length} rows; "
                + $"at least {task.Context + task.Horizon} are needed: Context {task.Context} + Horizon {task.Horizon}.");
        }

        var values = new double[Math.Min(longest.Length, LongestStream) * timed.Set.Channels];
        longest.Rows.CopyTo(0, values);
        return Array.ConvertAll(values, value => (float)value);
    }

    // Without a validation set each round ends one validation tail earlier than the previous one.
    public override SequenceTransformer Fit(IDataView train, Architecture architecture, TrainingOptions training, int round) =>
        new SequenceForecaster(host.Environment, architecture, For(architecture) with
        {
            RolledBack = options.ValidationSet is null ? round : 0,
            ValidationSet = _validation,
            Training = training,
        }).Fit(train);

    // A reference has no state to carry.
    private ForecastingOptions For(Architecture architecture) =>
        (architecture is Reference ? options with { CarriesState = false } : options).For(architecture);

    public override IEnumerable<ExampleLoss> Losses(IDataView scored, SequenceModel model)
    {
        _unit ??= model.Scaling;
        bool[] counted = Counted;
        foreach ((int window, double[] forecast, double[] actual) in Forecasts(scored))
            yield return Loss(window, forecast, actual, counted);
    }

    public override void Keep(IReadOnlyList<bool> examples)
    {
        _silent = examples.Count(kept => !kept);
        Windows.Keep(examples);
    }

    public override IReadOnlyDictionary<string, double> Metrics(IDataView train, IDataView scored, SequenceModel model)
    {
        ForecastingEvaluator evaluator = Evaluator();
        foreach ((int window, double[] forecast, double[] actual) in Forecasts(scored))
            evaluator.Add(forecast, actual, Windows.History(window, 1), Windows.Scale(window));
        return Named(evaluator.Compute().Overall);
    }

    public override IEnumerable<ComparedBaseline> Baselines(IDataView train, IDataView scored, SequenceModel model)
    {
        (string, int)[] seasons = [("naive", 1), .. Windows.HasSeason ? [("seasonal naive", seasonality)] : Array.Empty<(string, int)>()];
        foreach ((string name, int season) in seasons)
        {
            ForecastingEvaluator evaluator = Evaluator();
            var losses = new ExampleLoss[Windows.Count];
            bool[] counted = Counted;
            double[] forecast = new double[options.Horizon * _targets.Length], actual = new double[forecast.Length];
            for (int window = 0; window < losses.Length; window++)
            {
                Windows.Naive(window, season, forecast);
                Windows.Actual(window, actual);
                losses[window] = Loss(window, forecast, actual, counted);
                evaluator.Add(forecast, actual, Windows.History(window, 1), Windows.Scale(window));
            }

            yield return new ComparedBaseline(name, losses.Average(loss => loss.Own))
            {
                PooledError = options.SeriesColumnName is null ? null : losses.Average(loss => loss.Pooled),
                Metrics = Named(evaluator.Compute().Overall),
            };
        }
    }

    // For the same windows in the same unit.
    private ComparedForecasting With(ForecastingOptions changed) =>
        new(host, changed, seasonality) { _windows = _windows, _validation = _validation, _unit = _unit, _targets = _targets, _channels = _channels };

    // The forecasts of a view at the windows, in their order; the array is reused for the next window.
    private IEnumerable<(int Window, double[] Forecast, double[] Actual)> Forecasts(IDataView scored)
    {
        DataViewSchema.Column column = scored.Schema[options.ForecastColumnName];
        using DataViewRowCursor cursor = DataFrameColumns.Open(host, scored, [column]);
        Action<double[]> read = ForecastReader.Create(cursor, column);
        double[] forecast = new double[options.Horizon * _targets.Length], actual = new double[forecast.Length];
        int window = 0;
        for (long row = 0; window < Windows.Count && cursor.MoveNext(); row++)
        {
            if (Windows.Row(window) != row)
                continue;
            read(forecast);
            Windows.Actual(window, actual);
            yield return (window++, forecast, actual);
        }
    }

    // The mean squared error of a window in units of a deviation, over horizon and targets.
    private ExampleLoss Loss(int window, double[] forecast, double[] actual, bool[] counted)
    {
        IReadOnlyList<double> own = Windows.Deviation(window, _unit!);
        ValueList<double> pooled = _unit!.Pooled.Moments.Deviation;
        (double inOwn, double inPooled, int count) = (0, 0, 0);
        for (int i = 0; i < forecast.Length; i++)
        {
            int target = i % counted.Length;
            if (!counted[target])
                continue;
            double error = forecast[i] - actual[i];
            inOwn += Math.Pow(error / own[target], 2);
            inPooled += Math.Pow(error / pooled[target], 2);
            count++;
        }

        return new ExampleLoss(inOwn / count, inPooled / count);
    }

    private ForecastingEvaluator Evaluator() => new(new ForecastingEvaluatorOptions
    {
        Targets = _targets,
        Horizon = options.Horizon,
        Seasonality = seasonality,
        StandardDeviations = [.. _targets.Select((_, target) =>
            _unit!.Pooled.Moments.IsConstant(target) ? double.NaN : _unit.Pooled.Moments.Deviation[target])],
    });

    private static Dictionary<string, double> Named(ForecastingScores scores) => new()
    {
        ["mse"] = scores.MeanSquaredError,
        ["mae"] = scores.MeanAbsoluteError,
        ["rmse"] = scores.RootMeanSquaredError,
        ["smape"] = scores.SymmetricMeanAbsolutePercentageError,
        ["mase"] = scores.MeanAbsoluteScaledError,
        ["mseStandardised"] = scores.StandardizedMeanSquaredError,
        ["maeStandardised"] = scores.StandardizedMeanAbsoluteError,
    };
}
