using System.Diagnostics;
using System.Globalization;
using Microsoft.ML;
using MLNet.Sequence.Backtests;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Training;

namespace MLNet.Sequence.Tuning;

/// <summary>Successive halving over random trials: rung by rung, on the folds of a backtest.</summary>
internal sealed class TuneRun
{
    private readonly SequenceHost _host;
    private readonly IDataView _data;
    private readonly ForecastingOptions _forecaster;
    private readonly SearchSpace _space;
    private readonly TuneOptions _options;
    private readonly long _seed;
    // No timer waits longer.
    private static readonly TimeSpan LongestTimer = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly IReadOnlyList<TuneRung> _rungs;
    private readonly TuneSettings[] _settings;
    private readonly int[] _contexts;
    private readonly TuneFile _file;
    private readonly double _before;
    private readonly long _start;
    private readonly Lock _chaining = new();
    private bool _ended;

    /// <summary>Checks everything that can be checked before a trial is trained.</summary>
    public TuneRun(SequenceHost host, IDataView data, (ForecastingOptions Forecaster, SearchSpace Space) what, TuneOptions options)
    {
        (_host, _data, _forecaster, _space, _options) = (host, data, what.Forecaster, what.Space, options);
        options.Validate();
        _space.Validate();
        options.Validation.Validate(_forecaster);
        _seed = options.Seed ?? TuneFile.SeedOf(options.File) ?? host.NextSeed();
        _rungs = TuneRung.Of(options.Trials, options.Reduction, _forecaster.Training.UsedEpochs);
        SearchRange? contexts = _space.Context ?? Around(host, data, _forecaster);
        _settings = [.. Enumerable.Range(0, options.Trials).Select(number => _space.Draw(new RandomStream(_seed, number), contexts))];
        _contexts = [.. _settings.Select(settings => settings.Context ?? _forecaster.Context).OfType<int>().Distinct()];
        _file = new TuneFile(options.File, Search());
        _before = _file.Seconds;
        _start = options.Clock.GetTimestamp();
    }

    private double Seconds => _before + _options.Clock.GetElapsedTime(_start).TotalSeconds;

    private TimeSpan? Left => _options.MaxTime is { } most ? most - TimeSpan.FromSeconds(Seconds) : null;

    private int AtOnce => _options.TrialsAtOnce ?? (_options.Chain is null && _host.GpuDeviceId is null ? Environment.ProcessorCount : 1);

    public TuneReport Run()
    {
        using var run = new HostRun(_host, "Tune", _options.CancellationToken, _forecaster.Training.CancellationToken);
        var last = new Dictionary<int, TuneTrial>();
        int[] going = [.. Enumerable.Range(0, _options.Trials)];
        for (int rung = 0; rung < _rungs.Count && !_ended; rung++)
        {
            int own = rung;
            TuneTrial[] trained = [.. Trained(run, going, own)];
            foreach (TuneTrial trial in trained)
                last[trial.Number] = trial;
            TuneTrial[] ranked = [.. Ranked(trained).Where(trial => double.IsFinite(trial.Loss))];
            if (ranked.Length == 0)
                break;
            going = [.. ranked.Take(rung + 1 < _rungs.Count ? _rungs[rung + 1].Trials : 0).Select(trial => trial.Number)];
        }

        TuneTrial[] all = [.. Ranked(last.Values)];
        if (!double.IsFinite(all[0].Loss))
            throw Nothing(all);
        run.Channel.Info($"Best: {all[0]}.");
        return Report(all, run);
    }

    private TuneReport Report(TuneTrial[] all, HostRun run)
    {
        ForecastingOptions best = all[0].Settings.Apply(_forecaster);
        best = best with { Training = best.Training with { Seed = best.Training.Seed ?? _seed } };
        TrainingOptions stoppable = best.Training with { CancellationToken = run.Cancellation.Token };
        run.ThrowIfCancelled();
        return new TuneReport(all, all[0], _options.Metric.ToString())
        {
            Options = best,
            Model = Estimator(all[0].Settings.Architecture, best with { Training = stoppable }).Fit(_data),
            StoppedBecause = _ended
                ? FormattableString.Invariant($"the limit of {_options.MaxTime!.Value.TotalMinutes:0.##} minutes was reached.")
                : "all rungs were trained.",
        };
    }

    private IEnumerable<TuneTrial> Trained(HostRun run, int[] going, int rung)
    {
        using CancellationTokenSource? end = Left is { } left
            ? new CancellationTokenSource(TimeSpan.FromTicks(Math.Clamp(left.Ticks, 0, LongestTimer.Ticks)), _options.Clock)
            : null;
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(run.Cancellation.Token, end?.Token ?? default);
        // There is always a result: the first trial is trained however little time there is.
        bool MustRun(int place) => rung == 0 && place == 0;
        TuneTrial?[] trained = SideBySide.Run(
            [.. going.Select((number, place) => (Func<CancellationToken, TuneTrial?>)(_ =>
                Trial(number, rung, run, MustRun(place) ? run.Cancellation.Token : stop.Token)))],
            AtOnce, run.Cancellation.Token, place => MustRun(place) || Left is null || Left > TimeSpan.Zero);
        run.ThrowIfCancelled();
        _ended = trained.Contains(null);
        return trained.OfType<TuneTrial>();
    }

    // Null: the time was over before it had ended.
    private TuneTrial? Trial(int number, int rung, HostRun run, CancellationToken stop)
    {
        var trial = new TuneTrial(number, _settings[number]) { Rung = rung, Epochs = _rungs[rung].Epochs };
        bool isKnown = _file.Find(number, rung) is not null;
        if (_file.Find(number, rung) is not { } result)
        {
            try
            {
                _file.Add(result = Measure(trial, stop), Seconds);
            }
            catch (OperationCanceledException) when (stop.IsCancellationRequested)
            {
                return null;
            }
        }

        trial = trial with { Loss = result.Loss, Seconds = result.Seconds, Failure = result.Failure };
        run.Channel.Info($"{trial}{(isKnown ? " (from the file)" : "")}.");
        _options.Progress?.Report(trial);
        return trial;
    }

    private TuneFile.Result Measure(TuneTrial trial, CancellationToken stop)
    {
        long start = Stopwatch.GetTimestamp();
        double Took() => Stopwatch.GetElapsedTime(start).TotalSeconds;
        try
        {
            double loss = Backtest(trial, stop);
            string undefined = $"{_options.Metric} is not defined on these rows: choose another {nameof(TuneOptions.Metric)}.";
            return new(trial.Number, trial.Rung, loss, Took(), double.IsFinite(loss) ? null : undefined);
        }
        // A trial may be impossible or diverge; the others go on.
        catch (Exception refused) when (refused is InvalidOperationException or ArgumentException)
        {
            return new(trial.Number, trial.Rung, double.NaN, Took(), refused.Message);
        }
    }

    private double Backtest(TuneTrial trial, CancellationToken stop)
    {
        ForecastingOptions options = trial.Settings.Apply(_forecaster);
        bool isWhole = trial.Rung == _rungs.Count - 1;
        options = options with
        {
            Training = options.Training with
            {
                Seed = options.Training.Seed ?? _seed,
                Pause = isWhole ? null : new TrainingPause { After = trial.Epochs },
                ShowProgress = false,
                CancellationToken = stop,
            },
        };
        BacktestOptions folds = _options.Validation with { FoldsAtOnce = _options.Validation.FoldsAtOnce ?? 1, CancellationToken = stop };
        BacktestResult result = new BacktestRun(_host, _data, Estimator(trial.Settings.Architecture, options), folds, _contexts).Run();
        foreach (ITransformer model in result.Folds.Select(fold => fold.Model).Distinct())
            (model as IDisposable)?.Dispose();
        return _options.Of(result.Metrics);
    }

    private IEstimator<ITransformer> Estimator(Architecture architecture, ForecastingOptions options)
    {
        var forecaster = new SequenceForecaster(_host.Environment, architecture, options);
        // A chain is made by the user's code, which need not be thread-safe.
        lock (_chaining)
            return _options.Chain?.Invoke(forecaster) ?? forecaster;
    }

    private static IOrderedEnumerable<TuneTrial> Ranked(IEnumerable<TuneTrial> trials) => trials
        .OrderByDescending(trial => double.IsFinite(trial.Loss))
        .ThenByDescending(trial => trial.Rung).ThenBy(trial => double.IsFinite(trial.Loss) ? trial.Loss : double.PositiveInfinity)
        .ThenBy(trial => trial.Number);

    private static InvalidOperationException Nothing(TuneTrial[] all) =>
        new($"No trial could be trained. The first one, {all[0].Settings}: {all[0].Failure}");

    // Half to twice of the usual context; a short series has no room for more.
    private static SearchRange? Around(SequenceHost host, IDataView data, ForecastingOptions options)
    {
        if (options.Context is { } given)
            return new SearchRange(Math.Max(2, given / 2), 2.0 * given) { IsLogarithmic = true };
        // A chain may make the columns that order the rows.
        if (new[] { options.SeriesColumnName, options.TimeColumnName }.OfType<string>().Any(name => data.Schema.GetColumnOrNull(name) is null))
            return null;
        int chosen = ContextChoice.In(host, data, options).Context!.Value;
        return new SearchRange(Math.Max(2, chosen / 2), chosen < ContextChoice.Usual ? chosen : 2.0 * chosen) { IsLogarithmic = true };
    }

    // What decides the results of trials.
    private Dictionary<string, string> Search()
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal) { [TuneFile.SeedName] = _seed.ToString(CultureInfo.InvariantCulture) };
        void Add(string prefix, object options, params string[] without)
        {
            foreach ((string name, string text) in TrainingFingerprint.Options(options, property => !without.Contains(property.Name)))
                all[$"{prefix}.{name}"] = text;
        }

        Add("forecaster", _forecaster, nameof(ForecastingOptions.Training), nameof(ForecastingOptions.ValidationSet));
        Add("training", _forecaster.Training, nameof(TrainingOptions.Clock), nameof(TrainingOptions.Threads), nameof(TrainingOptions.Progress),
            nameof(TrainingOptions.ShowProgress), nameof(TrainingOptions.CancellationToken), nameof(TrainingOptions.Cluster));
        Add("space", _space);
        Add("validation", _options.Validation, nameof(BacktestOptions.FoldsAtOnce), nameof(BacktestOptions.CancellationToken));
        all["trials"] = _options.Trials.ToString(CultureInfo.InvariantCulture);
        all["reduction"] = _options.Reduction.ToString(CultureInfo.InvariantCulture);
        all["metric"] = _options.Metric.ToString();
        // They follow from the space, and from the frequency and the length of the rows.
        all["first settings"] = string.Join("; ", _settings.Take(3));
        all["chain"] = _options.Chain is null ? "none" : "given";
        all["rows"] = Rows();
        return all;
    }

    private string Rows()
    {
        BacktestOptions validation = _options.Validation;
        var order = new SeriesOrder(validation.SeriesColumnName ?? _forecaster.SeriesColumnName, validation.TimeColumnName ?? _forecaster.TimeColumnName);
        SeriesLengths lengths = SeriesLengths.Count(_host, _data, order);
        return string.Create(CultureInfo.InvariantCulture, $"{lengths.ByKey.Values.Sum(one => one.Rows)} in {lengths.ByKey.Count} series");
    }
}
