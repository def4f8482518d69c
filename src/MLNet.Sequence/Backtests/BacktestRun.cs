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

    /// <summary>Checks everything that can be checked before a fold is fitted.</summary>
    public BacktestRun(SequenceHost host, IDataView data, IEstimator<ITransformer> estimator, BacktestOptions options)
    {
        (_host, _estimator, _options) = (host, estimator, options);
        _forecaster = FittedChain.Forecaster(estimator).Options;
        options.Validate(_forecaster);
        _data = data = Arranged(host, data, estimator is SequenceForecaster, _forecaster);
        _folds = new FoldRows(options, _forecaster.Horizon);
        var order = new SeriesOrder(options.SeriesColumnName ?? _forecaster.SeriesColumnName, options.TimeColumnName ?? _forecaster.TimeColumnName);
        _lengths = SeriesLengths.Count(host, data, order);
        _short = _forecaster.ShortSeries;
        if (_short == ShortSeries.Pad && order.Series != _forecaster.SeriesColumnName)
        {
            throw new ArgumentException($"{nameof(ForecastingOptions.ShortSeries)}.{_short} needs the forecaster's series column "
                + $"'{_forecaster.SeriesColumnName}' in the data; the backtest's is '{order.Series}'. Use Skip.", nameof(options));
        }

        // A context that is chosen is as short as the first fold needs it.
        int context = _forecaster.Context ?? LeastContext;
        bool pads = _short == ShortSeries.Pad;
        long needed = (pads ? 1L : context) + _forecaster.Horizon + _folds.Tested;
        _lengths = _lengths.With(host, _short, length => length >= needed, $"For all folds, each needs at least {needed} rows: {_folds.Tested} for tests, and "
            + $"{(pads ? "1" : $"Context {context}")} + Horizon {_forecaster.Horizon} before them to train on. Choose fewer folds, or leave short series out.");
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
            (SeriesLengths tested, Func<long, int> history) = History(models[fold], fold);
            bool IsOrigin(string? key, long place) => _folds.IsOrigin(place, history(Length(key)));
            IDataView scored = FittedChain.Score(models[fold], new StepsView(_data, tested, length => _folds.Test(own, length, history(length))), IsOrigin);
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
            yield return stop => parts.Join(fitted, forecaster.FitWithin(forecaster, prepared, stop));
        }
    }

    // One model, and one pass over the rows of all folds.
    private BacktestResult Once(HostRun run)
    {
        IDataView training = Training(0);
        ITransformer model = FittedChain.Fit(_estimator, training, run.Cancellation.Token);
        run.ThrowIfCancelled();
        (SeriesLengths tested, Func<long, int> history) = History(model, fold: 0);
        int? FoldOf(string? key, long place) => _folds.FoldOf(place, history(Length(key)));
        IDataView scored = FittedChain.Score(
            model, new StepsView(_data, tested, length => _folds.All(length, history(length))), (key, place) => FoldOf(key, place) is not null);
        ForecastEvaluation evaluation = Evaluation(model, scored, training);
        ForecastingEvaluator[] evaluators = [.. Enumerable.Range(0, _options.Folds).Select(_ => evaluation.NewEvaluator())];
        evaluation.Feed((key, place) => FoldOf(key, place) is { } fold ? evaluators[fold] : null);
        ForecastingEvaluator all = evaluation.NewEvaluator();
        foreach (ForecastingEvaluator evaluator in evaluators)
            all.Add(evaluator);
        return new BacktestResult([.. evaluators.Select((evaluator, fold) => RandomParts.Result(model, evaluator.Compute(), scored, fold))], all.Compute());
    }

    // The series that are tested, and the rows before the first test row of each that the model reads. Places are counted from the first of them.
    private (SeriesLengths Tested, Func<long, int> History) History(ITransformer model, int fold)
    {
        int context = FittedChain.Forecaster(model).Task.Context;
        if (_short == ShortSeries.Pad)
            return (_lengths, length => (int)Math.Min(context, _folds.Before(fold, length)));
        SeriesLengths tested = _lengths.With(_host, _short, length => _folds.Before(fold, length) >= context, $"The context that was chosen for fold "
            + $"{fold + 1} is {context}: each needs as many rows before its first test row. Set Context, choose fewer folds, or leave short series out.");
        return (tested, _ => context);
    }

    // Only what is padded needs the length; a chain may give a series another key.
    private long Length(string? key) => _short == ShortSeries.Pad ? _lengths.ByKey[key ?? ""] : 0;

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
