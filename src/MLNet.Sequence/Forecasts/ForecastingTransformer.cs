using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Columns;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Scoring;

namespace MLNet.Sequence;

/// <summary>
/// A fitted forecaster. For each row it adds the forecast of the steps after it and, if the data has them, the actual values,
/// both in the data's own units. Rows with less history than the context have NaN.
/// </summary>
public sealed class ForecastingTransformer : SequenceTransformer
{
    private readonly SequenceHost _host;
    private readonly ForecastingColumns _columns;
    private readonly NetworkScorer _scorer;
    private readonly Lazy<CoarseChannel?> _coarse;
    private bool _toldSeries, _toldKeys, _toldSpacing;

    internal ForecastingTransformer(IHostEnvironment environment, SequenceModel model)
        : base(model)
    {
        _host = new SequenceHost(environment, nameof(ForecastingTransformer));
        _columns = new ForecastingColumns(_host);
        _scorer = new NetworkScorer(_host, model);
        _coarse = new Lazy<CoarseChannel?>(() => SingleSpacing.Worst(Task.Channels, Model.Scaling, Enumerable.Range(0, Task.TargetChannels.Count)));
    }

    /// <inheritdoc/>
    public override ScoringBackend Backend
    {
        get => _scorer.Backend;
        set => _scorer.Backend = value;
    }

    /// <summary>False: a forecast reads the rows before its own.</summary>
    public override bool IsRowToRowMapper => false;

    internal Forecasting Task => Model.Task.Series!;

    /// <inheritdoc/>
    public override DataViewSchema GetOutputSchema(DataViewSchema inputSchema)
    {
        ArgumentNullException.ThrowIfNull(inputSchema);
        _columns.Check(inputSchema, Task);
        var builder = new DataViewSchema.Builder();
        builder.AddColumns(inputSchema);
        ForecastAnnotations.AddColumns(builder, Model);
        ForecastAnnotations.AddColumn(builder, Task.ActualColumnName, Model);
        return builder.ToSchema();
    }

    /// <inheritdoc/>
    public override IDataView Transform(IDataView input)
    {
        ArgumentNullException.ThrowIfNull(input);
        return Transform(input, TestRows.OriginsOf(input));
    }

    /// <summary>Forecasts from some rows only: those whose series and place among its rows make them origins; null: from all.</summary>
    internal IDataView Transform(IDataView input, Func<string?, long, bool>? isOrigin)
    {
        ArgumentNullException.ThrowIfNull(input);
        DataViewSchema schema = GetOutputSchema(input.Schema);
        WholeSeries.Warn(_host, input);
        DataFrameColumns.Warn(_host, input, SeriesReader.Columns(input.Schema, Task));
        return new ForecastingView(ArrangedView.Of(_host, input, Task), schema, this) { IsOrigin = isOrigin };
    }

    /// <summary>
    /// Forecasts the steps after the end of each series, with their dates, in plain C# and in double. Times go on by the model's frequency
    /// (<see cref="Forecasting.Frequency"/>): month ends stay month ends, business days skip weekends.
    /// </summary>
    /// <param name="history">The rows of all series, with the columns that the model reads; a DataFrame is such a view. The last context is read.</param>
    /// <param name="future">
    /// Rows with the known inputs of the steps ahead, at least <see cref="Forecasting.Horizon"/> of each series, and its series and time
    /// columns. Null, the default: the model has no known inputs, or the rows at the end of each series whose targets are missing (NaN) hold
    /// them.
    /// </param>
    /// <exception cref="ArgumentOutOfRangeException">A column is missing or has the wrong type.</exception>
    /// <exception cref="InvalidOperationException">
    /// A series has fewer rows than the context, its times do not follow the frequency, or its known inputs do not cover the horizon.
    /// </exception>
    public ForecastTable Forecast(IDataView history, IDataView? future = null) => Forecast(history, future, asked: null);

    /// <summary>
    /// Forecasts any number of steps after the end of each series, also beyond the horizon. There the model goes on from its own forecasts: those of a
    /// horizon become rows, from which the next horizon is forecast, and so on. Errors add up: a model that is trained for the longer horizon is usually
    /// better.
    /// </summary>
    /// <inheritdoc cref="Forecast(IDataView, IDataView?)"/>
    /// <param name="history">The rows of all series, with the columns that the model reads.</param>
    /// <param name="steps">The number of steps; at least 1.</param>
    /// <param name="future">Rows with the known inputs of all these steps, as above. Null, the default: there are none, or the history holds them.</param>
    /// <param name="paths">
    /// What is drawn from a model of distributions, whose table then has bounds and quantiles. Null, the default: beyond the horizon default options.
    /// </param>
    /// <remarks>
    /// The first steps, up to the horizon, are the model's own forecasts. Beyond it:
    /// <list type="bullet">
    /// <item>of a model of distributions, the mean, bounds and quantiles of sample paths (<see cref="SamplePaths"/>);</item>
    /// <item>of a model of quantiles, the quantile that is nearest to the median; the others are NaN, since those of one step do not say what those of
    /// the next horizon are;</item>
    /// <item>of conformal intervals, the forecast; the bounds are NaN, since no errors were measured there.</item>
    /// </list>
    /// Inputs that are not known ahead (<see cref="Forecasting.Inputs"/>) are missing values there, which the model must handle
    /// (<see cref="Forecasting.MissingValues"/>).
    /// </remarks>
    /// <exception cref="ArgumentException">
    /// A known input has no value; the message names it, with its step. Or an option of the paths is out of range, or the model gives no distribution.
    /// </exception>
    public ForecastTable Forecast(IDataView history, int steps, IDataView? future = null, SamplePaths? paths = null)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(steps, 1);
        if (paths is not null)
        {
            ForecastContinuation.MustBeDistribution(Task);
            paths.Validate(isForTable: true);
        }

        return Forecast(history, future, (steps, paths));
    }

    private ForecastTable Forecast(IDataView history, IDataView? future, (int Steps, SamplePaths? Paths)? asked)
    {
        ArgumentNullException.ThrowIfNull(history);
        using HostCancellation cancellation = _host.LinkCancellation();
        return new ForecastAhead(_host, this, history, asked, plansFollow: future is null && Task.KnownInputs.Count > 0, cancellation).Of(future);
    }

    /// <inheritdoc/>
    public override IRowToRowMapper GetRowToRowMapper(DataViewSchema inputSchema) => throw _host.NotRowToRow();

    /// <inheritdoc/>
    public override void Dispose() => _scorer.Dispose();

    /// <summary>Whether the columns, which are Single, are too coarse for the level of the data.</summary>
    internal bool IsCoarse => _coarse.Value is not null;

    /// <summary>
    /// Warns once of problems in rows: series or keys were not in training, or Single is too coarse for the forecasts.
    /// </summary>
    /// <param name="unknown">The series of the rows that were not in training.</param>
    /// <param name="keys">The keys of the rows, with their columns, that were not in training.</param>
    internal void Warn(IReadOnlyCollection<string?> unknown, IReadOnlyCollection<(string Column, string Key)> keys)
    {
        if (keys.Count > 0 && !Interlocked.Exchange(ref _toldKeys, true))
        {
            using HostChannel told = _host.Start("Scoring");
            told.Warning($"{keys.Count} {(keys.Count == 1 ? "key was" : "keys were")} not in training, beginning with "
                + $"{string.Join(", ", keys.Take(5).Select(one => $"'{one.Key}' of '{one.Column}'"))}: each is read as the mean of those that were.");
        }

        bool series = unknown.Count > 0 && !Interlocked.Exchange(ref _toldSeries, true), spacing = !Interlocked.Exchange(ref _toldSpacing, true);
        CoarseChannel? coarse = spacing ? _coarse.Value : null;
        if (!series && coarse is null)
            return;
        using HostChannel channel = _host.Start("Scoring");
        if (series)
        {
            channel.Warning($"{unknown.Count} series were not in training, beginning with {string.Join(", ", unknown.Take(5).Select(key => $"'{key}'"))}: "
                + "each of their windows is scaled by its own mean and deviation.");
        }

        if (coarse is not null)
        {
            channel.WarnOnce(coarse.Topic, $"{coarse}: the columns '{Task.ForecastColumnName}' and '{Task.ActualColumnName}' have the same limit. "
                + "SequenceModel.Forecast and sessions give forecasts in double.");
        }
    }

    /// <inheritdoc cref="SequenceHost.LinkCancellation"/>
    internal HostCancellation LinkCancellation() => _host.LinkCancellation();

    internal void ThrowIfCanceled() => _host.ThrowIfCanceled();

    /// <inheritdoc cref="NetworkScorer.Start"/>
    internal CarriedState Start(int steps) => _scorer.Start(steps);

    /// <summary>[steps, channels] standardised to [steps, horizon · targets] standardised, after the steps that the state has seen.</summary>
    internal float[] Score(float[] steps, CarriedState state) => _scorer.Score(steps, state);

    /// <summary>[batch, context, channels] and the further inputs, standardised, to [batch, horizon · targets] standardised.</summary>
    internal float[] Score(float[] windows, int batch, float[]? beside) => _scorer.Score(windows, batch, beside: beside);
}
