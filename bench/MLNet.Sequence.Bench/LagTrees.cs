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
        var ml = new MLContext(seed: 1);
        var scales = series.ToDictionary(one => one.Key, one => Math.Max(1e-9, one.Value.Average(Math.Abs)));
        IDataView rows = ml.Data.LoadFromEnumerable(series.SelectMany(one => one.Value.Select(value => new Row
        {
            Series = one.Key,
            Value = (float)(value / scales[one.Key]),
        })));
        IDataView windows = ml.Transforms.SlidingWindow(new SlidingWindowOptions
        {
            Columns = [nameof(Row.Value)],
            LabelColumnName = nameof(Row.Value),
            SeriesColumnName = nameof(Row.Series),
            Context = lags,
        }).Fit(rows).Transform(rows);
        ITransformer model = trainer == LightGbm ? ml.Regression.Trainers.LightGbm().Fit(windows) : ml.Regression.Trainers.FastTree().Fit(windows);
        var input = SchemaDefinition.Create(typeof(Lags));
        input[nameof(Lags.Features)].ColumnType = new VectorDataViewType(NumberDataViewType.Single, lags, 1);
        using PredictionEngine<Lags, Answer> engine = ml.Model.CreatePredictionEngine<Lags, Answer>(model, inputSchemaDefinition: input);
        return series.ToDictionary(one => one.Key, one =>
        {
            List<float> known = [.. one.Value.TakeLast(lags).Select(value => (float)(value / scales[one.Key]))];
            for (int step = 0; step < horizon; step++)
                known.Add(engine.Predict(new Lags { Features = [.. known.TakeLast(lags)] }).Score);
            return known.TakeLast(horizon).Select(value => value * scales[one.Key]).ToArray();
        });
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

    private sealed class Answer
    {
        public float Score { get; set; }
    }
}
