using Microsoft.ML;
using MLNet.Sequence.Samples.Output;
using MLNet.Sequence.Samples.Series;
using MLNet.Sequence.Samples.Studio.Runs;

namespace MLNet.Sequence.Samples.Studio.Answers;

/// <summary>Makes the forecasts of a model that the page shows.</summary>
/// <param name="ml">The context of the run.</param>
/// <param name="question">What was asked.</param>
/// <param name="rows">The rows.</param>
internal sealed class ForecastShow(MLContext ml, Question question, StudioRows rows)
{
    private const int MostOrigins = 240, MostSeries = 40, MostRows = 4_000, MostListed = 100;

    private readonly SplitTable _data = rows.Split;
    private readonly SeriesTable _table = rows.Split.Table;
    private readonly int _targets = question.Targets.Count;

    // The series that are shown, with their rows, the last ones.
    private readonly (SeriesRows Rows, int[] Shown)[] _series = [.. rows.Split.Table.Series.Take(MostSeries).Select(series =>
        (series, series.Rows.Skip(Math.Max(0, series.Rows.Count - Math.Min(MostRows, rows.Shown(series)))).ToArray()))];

    /// <summary>The number of series without charts and forecasts: a page of thousands would not open.</summary>
    public int SeriesLeftOut => _table.Series.Count - _series.Length;

    public ModelForecasts Of(string name, ForecastingTransformer model)
    {
        Dictionary<int, double[]> test = Forecasts(model, _data.Test, _data.TestRows);
        ErrorBands bands = Bands(model);
        ForecastingMetrics metrics = ml.Forecasting.EvaluateSequence(model.Transform(_data.Test), question.Season, _data.Train);
        ShownForecast[] origins = [.. Origins(test, bands)];
        return new ModelForecasts
        {
            Model = name,
            Targets = question.Targets,
            Horizon = question.Horizon,
            Series = [.. _series.Select(series => new ShownSeries(series.Rows.Key, rows.Times(series.Shown),
                [.. Enumerable.Range(0, _targets).Select(target => series.Shown.Select(row => _table.Value(row, target)).ToArray())]))],
            Origins = origins,
            Ahead = [.. _series.Index().Select(series => Ahead(series.Index, model.Model, bands))],
            Coverage = Coverage(origins),
            Steps = [.. metrics.PerStep.Select((step, i) => new StepError(i + 1, step.MeanAbsoluteError,
                metrics.Naive?.PerStep[i].MeanAbsoluteError ?? double.NaN, metrics.SeasonalNaive?.PerStep[i].MeanAbsoluteError ?? double.NaN))],
            PerSeries = [.. metrics.PerSeries.Select(series =>
                new SeriesError(series.Series, series.Count, series.Scores.MeanAbsoluteError, series.Scores.MeanAbsoluteScaledError))
                .OrderByDescending(series => double.IsNaN(series.Scaled) ? double.NegativeInfinity : series.Scaled).Take(MostListed)],
            SeriesNotListed = Math.Max(0, metrics.PerSeries.Count - MostListed),
            Residuals = Histogram.Of([.. Errors(test, deviations: false).SelectMany(window => window.Where((_, i) => i % _targets == 0))]),
        };
    }

    /// <summary>The forecasts after the last row, as a program gives them that has the model and the history.</summary>
    public (double[] History, double[] Future) Inputs(SeriesRows series)
    {
        int ahead = question.Planned, width = _table.Targets.Count, first = width - question.Known.Count;
        int[] past = [.. series.Rows.SkipLast(ahead)];
        return ([.. past.SelectMany(row => Enumerable.Range(0, width).Select(channel => _table.Value(row, channel)))],
            [.. series.Rows.TakeLast(ahead).SelectMany(row => Enumerable.Range(first, width - first).Select(channel => _table.Value(row, channel)))]);
    }

    private ShownForecast Ahead(int index, SequenceModel model, ErrorBands bands)
    {
        (SeriesRows series, int[] shown) = _series[index];
        (double[] history, double[] future) = Inputs(series);
        double[] forecast = model.Forecast(history, future, series.Key);
        return Shown((index, shown.Length - 1 - (future.Length > 0 ? question.Horizon : 0)), forecast, bands) with
        {
            Times = future.Length > 0 ? null : _table.Time?.Rhythm(series.Rows).After(question.Horizon)
                ?? [.. Enumerable.Range(1, question.Horizon).Select(step => FormattableString.Invariant($"+{step}"))],
        };
    }

    private IEnumerable<ShownForecast> Origins(Dictionary<int, double[]> forecasts, ErrorBands bands)
    {
        int each = Math.Max(1, MostOrigins / _series.Length);
        foreach ((int index, (_, int[] shown)) in _series.Index())
        {
            int[] places = [.. Enumerable.Range(0, Math.Max(0, shown.Length - question.Horizon - question.Planned))
                .Where(place => forecasts.ContainsKey(shown[place]))];
            IEnumerable<int> spread = places.Length <= each ? places
                : Enumerable.Range(0, each).Select(i => places[(int)((long)i * (places.Length - 1) / Math.Max(1, each - 1))]);
            foreach (int place in spread)
                yield return Shown((index, place), forecasts[shown[place]], bands);
        }
    }

    private ShownForecast Shown((int Series, int Row) at, double[] forecast, ErrorBands bands)
    {
        double[][] byTarget = [.. Enumerable.Range(0, _targets).Select(target => forecast.Where((_, i) => i % _targets == target).ToArray())];
        double[][][] edges = bands.Around(byTarget, rows.Deviations(_series[at.Series].Rows));
        return new ShownForecast(at.Series, at.Row) { Forecast = byTarget, Low = edges[0], InnerLow = edges[1], InnerHigh = edges[2], High = edges[3] };
    }

    private double Coverage(IReadOnlyList<ShownForecast> origins)
    {
        bool[] held = [.. from origin in origins
                          from target in Enumerable.Range(0, _targets)
                          from step in Enumerable.Range(0, question.Horizon)
                          let actual = _table.Value(_series[origin.Series].Shown[origin.Row + 1 + step], target)
                          where double.IsFinite(origin.Low[target][step])
                          select actual >= origin.Low[target][step] && actual <= origin.High[target][step]];
        return held.Length == 0 ? double.NaN : held.Count(one => one) / (double)held.Length;
    }

    private ErrorBands Bands(ForecastingTransformer model) =>
        new([.. Errors(Forecasts(model, _data.Validation, _data.ValidationRows), deviations: true)], question.Horizon, _targets);

    // Actual − forecast of each window whose actual values are all known.
    private IEnumerable<double[]> Errors(Dictionary<int, double[]> forecasts, bool deviations)
    {
        foreach (SeriesRows series in _table.Series)
        {
            double[] scale = deviations ? rows.Deviations(series) : [.. Enumerable.Repeat(1.0, _targets)];
            for (int place = 0; place + question.Horizon < series.Rows.Count - question.Planned; place++)
            {
                if (forecasts.TryGetValue(series.Rows[place], out double[]? forecast) && forecasts.ContainsKey(series.Rows[place + question.Horizon]))
                    yield return [.. forecast.Select((value, i) => (_table.Value(series.Rows[place + 1 + i / _targets], i % _targets) - value)
                        / scale[i % _targets])];
            }
        }
    }

    // By the row of the table; without those that have too little history.
    private static Dictionary<int, double[]> Forecasts(ForecastingTransformer model, IDataView view, IReadOnlyList<int> places) =>
        ForecastValues.At(model.Transform(view), Enumerable.Range(0, places.Count).Select(place => (long)place).ToHashSet())
            .Select((values, i) => (Row: places[i], Values: values)).Where(one => !float.IsNaN(one.Values[0]))
            .ToDictionary(one => one.Row, one => Array.ConvertAll(one.Values, value => (double)value));
}
