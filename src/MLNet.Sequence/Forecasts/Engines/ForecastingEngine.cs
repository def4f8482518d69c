using Microsoft.ML;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;

namespace MLNet.Sequence;

/// <summary>
/// Forecasts row by row with a whole fitted chain, its other transforms included: each row is the next step of its series, and the engine keeps the
/// states of all series. In plain C#, and equal to what <c>Transform</c> of the chain gives for all rows together.
/// </summary>
/// <typeparam name="TRow">A row: the columns that the chain reads.</typeparam>
/// <typeparam name="TForecast">What is returned for a row: a member for the forecast column, and for any others of the chain.</typeparam>
/// <remarks>
/// Thread-safe: calls run one after the other. Several engines over one model have separate states, so a pool must hold one engine, not many.
/// Disposing it leaves the model as it is.
/// <para>
/// The forecast is NaN for the first <see cref="Forecasting.Context"/> − 1 rows of a series: give an engine at least as many earlier rows with
/// <see cref="Update"/>, or the states of an earlier engine.
/// </para>
/// </remarks>
public sealed class ForecastingEngine<TRow, TForecast> : IDisposable
    where TRow : class
    where TForecast : class, new()
{
    private readonly Lock _calls = new();
    private readonly IHostEnvironment _environment;
    private readonly StreamedChain _chain;
    private readonly StreamedForecaster _streamed;
    private readonly PredictionEngine<TRow, TForecast> _engine;

    internal ForecastingEngine(IHostEnvironment environment, ITransformer model, string? checkPoint)
    {
        (_environment, _chain) = (environment, StreamedChain.Of(model));
        var host = new SequenceHost(environment, nameof(ForecastingTransformer));
        _streamed = new StreamedForecaster(host, _chain.Forecaster, _chain.Forecaster.Model.CreateSession());
        if (checkPoint is not null)
            Session.Restore(checkPoint);
        _engine = RowEngines.Create<TRow, TForecast>(environment, _chain.With(_streamed));
        if (!_streamed.IsRead)
        {
            throw new ArgumentException($"{typeof(TForecast).Name} has no member for the forecast column '{Task.ForecastColumnName}': expected one such as "
                + $"float[] {Task.ForecastColumnName}, or one with [ColumnName(\"{Task.ForecastColumnName}\")].", nameof(model));
        }
    }

    /// <summary>The states of the series, by key; <c>Session.Forget(key)</c> ends a series.</summary>
    public SequenceSession Session => _streamed.Session;

    private Forecasting Task => _chain.Forecaster.Task;

    /// <summary>Takes the next row of its series and forecasts the steps after it.</summary>
    /// <param name="row">The row.</param>
    /// <exception cref="InvalidOperationException">
    /// The time of the row is not after that of the row before it in its series, or the model has known inputs.
    /// </exception>
    public TForecast Predict(TRow row)
    {
        if (Task.KnownInputs.Count > 0)
        {
            string known = string.Join(", ", Task.KnownInputs.Select(column => $"'{column.Name}'"));
            throw new InvalidOperationException($"The model reads known inputs ({known}) of the {Task.Horizon} steps "
                + $"after the row: give these rows too, as Predict(row, ahead) takes them.");
        }

        return Run(row, []);
    }

    /// <summary>Takes the next row of its series and forecasts the steps after it, whose known inputs are given.</summary>
    /// <param name="row">The row.</param>
    /// <param name="ahead">
    /// The rows of the steps ahead, the next one first: <see cref="Forecasting.Horizon"/> of them, with key, time and known inputs; their targets are not
    /// read. None if the model has no known inputs.
    /// </param>
    /// <exception cref="ArgumentException">There are more or fewer rows ahead, or they are of another series.</exception>
    /// <exception cref="InvalidOperationException">
    /// A time is not after that of the row before it in its series, or a step ahead has no row.
    /// </exception>
    public TForecast Predict(TRow row, IReadOnlyList<TRow> ahead)
    {
        ArgumentNullException.ThrowIfNull(ahead);
        int expected = Task.KnownInputs.Count > 0 ? Task.Horizon : 0;
        if (ahead.Count != expected)
            throw new ArgumentException($"Expected the rows of {expected} steps ahead; found {ahead.Count}.", nameof(ahead));
        return Run(row, ahead);
    }

    /// <summary>Takes rows without forecasts, such as those before the first forecast.</summary>
    /// <param name="rows">The next rows of their series, in the order of their times.</param>
    public void Update(IEnumerable<TRow> rows)
    {
        ArgumentNullException.ThrowIfNull(rows);
        foreach (TRow row in rows)
            Run(row, []);
    }

    /// <summary>Writes the states of all series, for an engine of the same model in a later process. The model itself is not written.</summary>
    /// <param name="path">The file, which is replaced if it exists.</param>
    /// <exception cref="IOException">The file cannot be written; no incomplete file is left.</exception>
    public void CheckPoint(string path)
    {
        lock (_calls)
            Session.Save(path);
    }

    /// <summary>Releases the engine. The model can still be used.</summary>
    public void Dispose() => _engine.Dispose();

    private TForecast Run(TRow row, IReadOnlyList<TRow> ahead)
    {
        ArgumentNullException.ThrowIfNull(row);
        lock (_calls)
        {
            _streamed.ForgetFuture();
            if (ahead.Count > 0)
                Read(row, ahead);
            _streamed.HasRowsAhead = ahead.Count > 0;
            return _engine.Predict(row);
        }
    }

    // The row comes first, so that key and times of the others are compared with it.
    private void Read(TRow row, IReadOnlyList<TRow> ahead)
    {
        IDataView rows = _chain.Prepare(RowEngines.View(_environment, ahead.Prepend(row)));
        using DataViewRowCursor cursor = rows.GetRowCursor(SeriesReader.Columns(rows.Schema, Task));
        var values = new SeriesRow(cursor, Task) { Advice = () => "The first of these rows is the row itself, the others are the steps ahead in their order." };
        string? series = null;
        for (int i = 0; cursor.MoveNext(); i++)
        {
            values.Read();
            if (i == 0)
                series = values.Key;
            else if (values.Key != series)
                throw new ArgumentException($"Row {i} of the steps ahead is of series '{values.Key}', the row itself of '{series}'.", nameof(ahead));
            else if (values.Missing > 0)
                throw new InvalidOperationException($"Row {i} of the steps ahead does not follow the row before it: {values.Missing} steps are missing. "
                    + "A plan is not filled: give a row for each step ahead.");
            else
                values.Values.Slice(Task.FirstKnown, Task.KnownSize).CopyTo(_streamed.Future.AsSpan((i - 1) * Task.KnownSize));
        }
    }
}
