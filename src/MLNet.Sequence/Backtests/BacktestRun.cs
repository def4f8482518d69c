using Microsoft.ML;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Backtests;

/// <summary>Fits and scores the folds of a backtest.</summary>
internal sealed class BacktestRun
{
    private const int LeastContext = 2;

    private readonly SequenceHost _host;
    private readonly IDataView _data;
    private readonly IEstimator<ITransformer> _estimator;
    private readonly ForecastingOptions _forecaster;
    private readonly BacktestOptions _options;
    private readonly FoldRows _folds;
    private readonly SeriesLengths _lengths;
    private readonly ShortSeries _short;
    private readonly int _least;

    /// <summary>Checks everything that can be checked before a fold is fitted.</summary>
    /// <param name="host">The host.</param>
    /// <param name="data">The rows.</param>
    /// <param name="estimator">A chain that ends with a forecaster.</param>
    /// <param name="options">The folds.</param>
    /// <param name="contexts">
    /// The contexts of the forecasters whose backtests are compared with this one: all test the series that are long enough for the longest one that any
    /// series is long enough for. Default: none.
    /// </param>
    public BacktestRun(SequenceHost host, IDataView data, IEstimator<ITransformer> estimator, BacktestOptions options, params int[] contexts)
    {
        (_host, _estimator, _options) = (host, estimator, options);
        _forecaster = FittedChain.Forecaster(estimator).Options;
        options.Validate(_forecaster);
        _data = data = Arranged(host, data, estimator is SequenceForecaster, _forecaster);
        _folds = new FoldRows(options, _forecaster.Horizon);
        var order = new SeriesOrder(options.SeriesColumnName ?? _forecaster.SeriesColumnName, options.TimeColumnName ?? _forecaster.TimeColumnName);
        _lengths = SeriesLengths.Count(host, data, order, _forecaster);
        _short = _forecaster.ShortSeries;
        if (_short == ShortSeries.Pad && order.Series != _forecaster.SeriesColumnName)
        {
            throw new ArgumentException($"{nameof(ForecastingOptions.ShortSeries)}.{_short} needs the forecaster's series column "
                + $"'{_forecaster.SeriesColumnName}' in the data; the backtest's is '{order.Series}'. Use Skip.", nameof(options));
        }

        // A context that is chosen is as short as the first fold needs it.
        int context = _forecaster.Context ?? LeastContext;
        bool pads = _short == ShortSeries.Pad;
        long least = pads ? 1 : context, needed = least + _forecaster.Horizon + _folds.Tested;
        _lengths = _lengths.With(host, _short, one => IsTrained(one, fold: 0, least), $"For all folds, each needs at least {needed} rows: {_folds.Tested} for "
            + $"tests, and {(pads ? "1" : $"Context {context}")} + Horizon {_forecaster.Horizon} before them to train on. Choose fewer folds, or leave short "
            + "series out.");
        _least = _short != ShortSeries.Skip ? 0
            : contexts.Where(other => _lengths.ByKey.Values.Any(one => IsTrained(one, fold: 0, other))).DefaultIfEmpty().Max();
        FutureInputs.Check(host, data, _forecaster);
    }

    // Folds are cut by steps.
    private static IDataView Arranged(SequenceHost host, IDataView data, bool isAlone, ForecastingOptions forecaster)
    {
        if (!forecaster.Sort && forecaster.Resample == Resampling.None)
            return data;
        if (!isAlone)
        {
            throw new ArgumentException("A backtest cuts its folds before the chain, by steps: give it the rows of ml.Forecasting.Arrange, and leave Sort "
                + "and Resample out of the forecaster's options.", nameof(forecaster));
        }

        return ArrangedView.Of(host, data, new ForecastingColumns(host).Bind(data.Schema, forecaster));
    }

    private ChainParts? Parts => field ??= ChainParts.Of(_estimator);

    private int AtOnce => _options.FoldsAtOnce
        ?? (_host.GpuDeviceId is null && (_estimator is SequenceForecaster || Parts is not null) ? Environment.ProcessorCount : 1);

    public BacktestResult Run()
    {
        using var run = new HostRun(_host, "Backtest", _options.CancellationToken);
        return _options.Refit ? Refitted(run) : Once(run);
    }

    private BacktestResult Refitted(HostRun run)
    {
        IDataView[] training = [.. Enumerable.Range(0, _options.Folds).Select(Training)];
        ITransformer[] models = SideBySide.Run([.. Fits(training, run)], AtOnce, run.Cancellation.Token);
        var folds = new List<TrainCatalogBase.CrossValidationResult<ForecastingMetrics>>();
        ForecastingEvaluator? all = null;
        for (int fold = 0; fold < models.Length; fold++)
        {
            run.ThrowIfCancelled();
            int own = fold;
            FoldHistory history = History(models[fold], fold);
            bool IsOrigin(string? key, long place) => _folds.IsOrigin(place, history.Of(key));
            IDataView scored = FittedChain.Score(
                models[fold], new StepsView(_data, history.Tested, rows => _folds.Test(own, rows, history.Of(rows))), IsOrigin);
            ForecastEvaluation evaluation = Evaluation(models[fold], scored, training[fold]);
            ForecastingEvaluator evaluator = evaluation.NewEvaluator();
            evaluation.Feed((key, place) => IsOrigin(key, place) ? evaluator : null);
            all ??= evaluation.NewEvaluator();
            all.Add(evaluator);
            folds.Add(RandomParts.Result(models[fold], evaluator.Compute(), scored, fold));
            run.Channel.Info(FormattableString.Invariant($"Fold {fold + 1} of {models.Length}: MAE {folds[^1].Metrics.MeanAbsoluteError:G4}."));
        }

        return new BacktestResult(folds, all!.Compute());
    }

    // The transforms of a chain are fitted fold by fold, in order, and only its forecasters side by side.
    private IEnumerable<Func<CancellationToken, ITransformer>> Fits(IDataView[] training, HostRun run)
    {
        SequenceForecaster forecaster = FittedChain.Forecaster(_estimator);
        foreach (IDataView rows in training)
        {
            run.ThrowIfCancelled();
            if (Parts is not { } parts)
            {
                yield return stop => FittedChain.Fit(_estimator, rows, stop);
                continue;
            }

            (ITransformer[] fitted, IDataView prepared) = parts.FitTransforms(rows);
            if (rows == training[0])
                MustKeepKeys(prepared);
            yield return stop => parts.Join(fitted, forecaster.FitWithin(forecaster, prepared, stop));
        }
    }

    // One model, and one pass over the rows of all folds.
    private BacktestResult Once(HostRun run)
    {
        IDataView training = Training(0);
        ITransformer model = FittedChain.Fit(_estimator, training, run.Cancellation.Token);
        run.ThrowIfCancelled();
        FoldHistory history = History(model, fold: 0);
        int? FoldOf(string? key, long place) => _folds.FoldOf(place, history.Of(key));
        IDataView scored = FittedChain.Score(
            model, new StepsView(_data, history.Tested, rows => _folds.All(rows, history.Of(rows))), (key, place) => FoldOf(key, place) is not null);
        ForecastEvaluation evaluation = Evaluation(model, scored, training);
        ForecastingEvaluator[] evaluators = [.. Enumerable.Range(0, _options.Folds).Select(_ => evaluation.NewEvaluator())];
        evaluation.Feed((key, place) => FoldOf(key, place) is { } fold ? evaluators[fold] : null);
        ForecastingEvaluator all = evaluation.NewEvaluator();
        foreach (ForecastingEvaluator evaluator in evaluators)
            all.Add(evaluator);
        return new BacktestResult([.. evaluators.Select((evaluator, fold) => RandomParts.Result(model, evaluator.Compute(), scored, fold))], all.Compute());
    }

    // The series that are tested: those that the fold has trained on.
    private FoldHistory History(ITransformer model, int fold)
    {
        int context = FittedChain.Forecaster(model).Task.Context;
        SeriesLengths tested = _short == ShortSeries.Pad ? _lengths
            : _lengths.With(_host, _short, one => IsTrained(one, fold, context) && IsTrained(one, fold: 0, _least), $"In fold {fold + 1}, each needs Context "
                + $"{Math.Max(context, _least)} + Horizon {_forecaster.Horizon} rows before its first test row. Set Context, choose fewer folds, or leave "
                + "short series out.");
        return new FoldHistory(tested, context, rows => _folds.Before(fold, rows));
    }

    // Whether a fold has a window of a series to train on. Steps that are filled count, as in training.
    private bool IsTrained(SeriesLength one, int fold, long context) => one.Steps(_folds.Training(fold, one.Rows)) >= context + _forecaster.Horizon;

    // What has fewer rows than the context is found by its key, of which a chain may make another one.
    private void MustKeepKeys(IDataView prepared)
    {
        bool MayBeShort(SeriesLength one) => (_short == ShortSeries.Pad || one.HasGaps) && _folds.Before(0, one.Rows) < _forecaster.UsedContext;
        if (!_lengths.ByKey.Values.Any(MayBeShort))
            return;
        foreach (string key in SeriesLengths.Count(_host, prepared, new SeriesOrder(_forecaster.SeriesColumnName, Time: null)).ByKey.Keys)
            FoldHistory.Find(_lengths, key);
    }

    private StepsView Training(int fold) => new(_data, _lengths, length => _folds.Training(fold, length));

    private ForecastEvaluation Evaluation(ITransformer model, IDataView scored, IDataView training) =>
        ForecastEvaluation.Of(_host, scored, new ForecastingEvaluationOptions
        {
            Seasonality = _options.Seasonality,
            History = FittedChain.Prepare(model, training),
            ForecastColumnName = _forecaster.ForecastColumnName,
            References = _options.References,
        });
}
