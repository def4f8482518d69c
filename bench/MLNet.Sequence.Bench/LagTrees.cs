using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Bench;

/// <summary>
/// What a user of ML.NET would take for series without this library's networks: boosted trees over lags (<c>SlidingWindow</c>), with default options,
/// one step ahead; further steps follow from the forecasts. One model learns all series, each divided by the mean of its absolute values.
/// </summary>
internal static class LagTrees
{
    public const string LightGbm = "LightGBM over lags", FastTree = "FastTree over lags";

    /// <summary>The forecasts after the end of each series.</summary>
    /// <param name="trainer">One of the names.</param>
    /// <param name="series">The series.</param>
    /// <param name="lags">The lags; each series has more rows.</param>
    /// <param name="horizon">The steps ahead.</param>
    public static Dictionary<string, double[]> Forecast(string trainer, IReadOnlyDictionary<string, double[]> series, int lags, int horizon)
    {
        var scales = series.ToDictionary(one => one.Key, one => Math.Max(1e-9, one.Value.Average(Math.Abs)));
        float[] Scaled(string key, double[] values) => Array.ConvertAll(values, value => (float)(value / scales[key]));
        ITransformer model = Fit(trainer, series.Select(one => (one.Key, Scaled(one.Key, one.Value))), lags);
        float[][] forecasts = Forecast(model, [.. series.Select(one => Scaled(one.Key, one.Value[^lags..]))], horizon);
        return series.Keys.Zip(forecasts).ToDictionary(one => one.First, one => Array.ConvertAll(one.Second, value => value * scales[one.First]));
    }

    /// <summary>The trees, from series that need no scaling.</summary>
    public static ITransformer Fit(string trainer, IEnumerable<(string Key, float[] Values)> series, int lags)
    {
        var ml = new MLContext(seed: 1);
        IDataView rows = ml.Data.LoadFromEnumerable(series.SelectMany(one => one.Values.Select(value => new Row { Series = one.Key, Value = value })));
        IDataView windows = ml.Transforms.SlidingWindow(new SlidingWindowOptions
        {
            Columns = [nameof(Row.Value)],
            LabelColumnName = nameof(Row.Value),
            SeriesColumnName = nameof(Row.Series),
            Context = lags,
        }).Fit(rows).Transform(rows);
        return trainer == LightGbm ? ml.Regression.Trainers.LightGbm().Fit(windows) : ml.Regression.Trainers.FastTree().Fit(windows);
    }

    /// <summary>The steps after windows of lags, each fed back; all windows at once.</summary>
    public static float[][] Forecast(ITransformer model, float[][] windows, int horizon)
    {
        var ml = new MLContext(seed: 1);
        int lags = windows[0].Length;
        var input = SchemaDefinition.Create(typeof(Lags));
        input[nameof(Lags.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, lags, 1);
        Lags[] all = [.. windows.Select(window => new Lags { Features = [.. window] })];
        IDataView rows = ml.Data.LoadFromEnumerable(all, input), scored = model.Transform(rows);
        float[][] forecasts = [.. windows.Select(_ => new float[horizon])];
        for (int step = 0; step < horizon; step++)
        {
            float[] next = [.. scored.GetColumn<float>("Score")];
            for (int i = 0; i < all.Length; i++)
            {
                forecasts[i][step] = next[i];
                all[i].Features.AsSpan(1).CopyTo(all[i].Features);
                all[i].Features[^1] = next[i];
            }
        }

        return forecasts;
    }

    private sealed class Row
    {
        public string Series { get; set; } = "";

        public float Value { get; set; }
    }

    private sealed class Lags
    {
        public float[] Features { get; set; } = [];
    }
}
