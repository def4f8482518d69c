using System.Collections;
using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;
using Microsoft.ML.Runtime;
using MLNet.Sequence.Forecasts;
using MLNet.Sequence.Hosting;
using MLNet.Sequence.Reports;

namespace MLNet.Sequence;

/// <summary>The forecast of a target at a step after the end of a series.</summary>
/// <param name="Series">The key of the series; null if the rows are one series.</param>
/// <param name="Step">The step, from 1: the first one after the last row.</param>
/// <param name="Target">The name of the column, or of its slot if it is a vector, that is forecast (<see cref="Forecasting.TargetChannels"/>).</param>
/// <param name="Forecast">In the data's units; of a model of quantiles the one that is nearest to the median. NaN: there is none.</param>
public sealed record ForecastRow(string? Series, int Step, string Target, double Forecast)
{
    /// <summary>
    /// The date of the step, as clocks show it, with the kind Unspecified; null: the model has no frequency, or its times are numbers.
    /// </summary>
    public DateTime? Time { get; init; }

    /// <summary>The offset of <see cref="Time"/>, that of the last row; null: the time column has no offsets.</summary>
    public TimeSpan? Offset { get; init; }

    /// <summary>The time of the step, if times are numbers, or TimeSpans, in seconds; otherwise null.</summary>
    public double? Number { get; init; }

    /// <summary>
    /// The lower bound of the model's intervals (<see cref="Forecasting.Intervals"/>), of a distribution or its sample paths
    /// (<see cref="SamplePaths.ConfidenceLevel"/>), or the lowest of at least two quantiles; otherwise null. NaN beyond the horizon, unless paths are drawn.
    /// </summary>
    public double? Lower { get; init; }

    /// <summary>The upper bound, of intervals, distributions, paths or quantiles as <see cref="Lower"/>.</summary>
    public double? Upper { get; init; }

    /// <summary>
    /// The quantiles, in the order of <see cref="Forecasting.Levels"/>, or of <see cref="SamplePaths.Levels"/> if paths are drawn; empty if there are none.
    /// Beyond the horizon, a model of quantiles gives only the one that is nearest to the median; the others are NaN.
    /// </summary>
    public IReadOnlyList<double> Quantiles { get; init => field = ValueList.Of(value); } = ValueList.Create<double>();

    /// <summary>Such as "2024-02-01 00:00 load +1: 103.2".</summary>
    public override string ToString()
    {
        string time = Time?.ToString("yyyy-MM-dd HH:mm ", CultureInfo.InvariantCulture) ?? "";
        string range = Lower is not null ? FormattableString.Invariant($" ({Lower:G7} to {Upper:G7})") : "";
        return FormattableString.Invariant($"{(Series is null ? "" : Series + " ")}{time}{Target} +{Step}: {Forecast:G7}{range}");
    }
}

/// <summary>
/// Forecasts after the end of each series, as a long table: a row for each series, step and target, in this order. Its page has fan charts: the
/// last known values, the forecasts and the areas between the quantiles.
/// </summary>
[TypeFormatterSource(typeof(NotebookFormatters))]
public sealed class ForecastTable : IReadOnlyList<ForecastRow>, IReport
{
    private readonly IHostEnvironment _environment;
    private readonly ForecastForm _form;
    private readonly ForecastRow[] _rows;

    private readonly IReadOnlyList<ForecastPast> _past;

    /// <param name="environment">The environment.</param>
    /// <param name="form">What the table has.</param>
    /// <param name="rows">The forecasts.</param>
    /// <param name="past">The values of each target of each series before them.</param>
    internal ForecastTable(IHostEnvironment environment, ForecastForm form, ForecastRow[] rows, IReadOnlyList<ForecastPast> past) =>
        (_environment, _form, _rows, _past) = (environment, form, rows, past);

    ReportContent IReport.Content => ForecastContent.Of(this, _past, _form);

    private Forecasting Task => _form.Task;

    /// <summary>The number of rows: series × steps × targets.</summary>
    public int Count => _rows.Length;

    /// <summary>The row at an index, from 0.</summary>
    /// <exception cref="IndexOutOfRangeException">There is no such row.</exception>
    public ForecastRow this[int index] => _rows[index];

    /// <inheritdoc/>
    public IEnumerator<ForecastRow> GetEnumerator() => _rows.AsEnumerable().GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    /// <summary>
    /// The table as a view. Its columns: the series and the time under their names in the data, where the model has them; Step (Int32), Target
    /// (text), Forecast (Double); with intervals or quantiles Lower and Upper; of quantiles also one column for each level, such as q0.9. The time is
    /// DateTime, DateTimeOffset or Double. <c>table.ToDataFrame()</c> is a DataFrame of the same columns.
    /// </summary>
    public IDataView ToDataView()
    {
        var view = new TableView(_environment);
        if (Task.SeriesColumnName is { } series)
            view.Add(series, _rows.Select(row => row.Series ?? ""));
        if (Task.TimeColumnName is { } time && _rows.Length > 0)
            AddTime(view, time);
        view.Add("Step", NumberDataViewType.Int32, _rows.Select(row => row.Step))
            .Add("Target", _rows.Select(row => row.Target))
            .Add("Forecast", NumberDataViewType.Double, _rows.Select(row => row.Forecast));
        if (_form.HasBounds)
        {
            view.Add("Lower", NumberDataViewType.Double, _rows.Select(row => row.Lower!.Value))
                .Add("Upper", NumberDataViewType.Double, _rows.Select(row => row.Upper!.Value));
        }

        foreach ((int level, double share) in _form.Levels.Index())
            view.Add(LevelName(share), NumberDataViewType.Double, _rows.Select(row => row.Quantiles[level]));
        return view.Build();
    }

    /// <summary>The number of steps, and the first rows as aligned text; in the invariant culture.</summary>
    public override string ToString() => ForecastContent.Text(((IReport)this).Content);

    /// <summary>The name of the column of a quantile.</summary>
    internal static string LevelName(double level) => string.Create(CultureInfo.InvariantCulture, $"q{level}");

    private void AddTime(TableView view, string name)
    {
        if (_rows[0].Offset is not null)
            view.Add(name, DateTimeOffsetDataViewType.Instance, _rows.Select(row => new DateTimeOffset(row.Time!.Value, row.Offset!.Value)));
        else if (_rows[0].Time is not null)
            view.Add(name, DateTimeDataViewType.Instance, _rows.Select(row => row.Time!.Value));
        else if (_rows[0].Number is not null)
            view.Add(name, NumberDataViewType.Double, _rows.Select(row => row.Number!.Value));
    }
}
