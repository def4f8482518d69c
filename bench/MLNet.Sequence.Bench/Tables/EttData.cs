using System.Globalization;
using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Bench.Tables;

/// <summary>
/// ETTh1 or ETTm1 in the protocol of Zhou et al., "Informer", AAAI 2021: 12, 4 and 4 months of training, validation and test rows; each channel in
/// standard deviations (ddof 0) of its training rows; every origin whose horizon lies in the part, the last ones included. Each channel is a series
/// of its own, so one set of weights forecasts all, each from its own past.
/// </summary>
internal sealed class EttData
{
    private readonly string[] _channels;
    private readonly double[][] _values;

    public EttData(string set)
    {
        string[][] table = [.. DataFiles.ReadGzip(Path(set))];
        int month = (set == "ETTm1" ? 4 : 1) * 30 * 24;
        (TrainingEnd, ValidationEnd, TestEnd) = (12 * month, 16 * month, 20 * month);
        _channels = table[0][1..];
        _values = [.. _channels.Select((_, channel) => Standardized(
            [.. table.Skip(1).Take(TestEnd).Select(row => double.Parse(row[channel + 1], CultureInfo.InvariantCulture))]))];
    }

    public int TrainingEnd { get; }

    public int ValidationEnd { get; }

    public int TestEnd { get; }

    /// <summary>The channels, standardised.</summary>
    public IReadOnlyList<double[]> Values => _values;

    public static string Path(string set) => DataFiles.Shared("ett", $"{set}.csv.gz");

    /// <summary>A table of rows [from, to) of channels, channel by channel.</summary>
    public IDataView Rows(MLContext ml, Range channels, int from, int to) => ml.Data.LoadFromEnumerable(_values.Zip(_channels).Take(channels)
        .SelectMany(channel => channel.First[from..to].Select(value => new Reading { Channel = channel.Second, Value = value })));

    /// <summary>The forecasts of all origins of rows [from, to): channel by channel, origin by origin, step by step.</summary>
    /// <param name="models">A model of all channels, or one for each.</param>
    /// <param name="from">The first row.</param>
    /// <param name="to">The row after the last one.</param>
    public float[] Forecast(IReadOnlyList<ForecastingTransformer> models, int from, int to) => models.Count == 1
        ? Forecast(models[0], .., from, to)
        : [.. models.SelectMany((model, channel) => Forecast(model, channel..(channel + 1), from, to))];

    private float[] Forecast(ForecastingTransformer model, Range channels, int from, int to)
    {
        var task = (Forecasting)model.Model.Task;
        IDataView rows = Rows(new MLContext(), channels, from - task.Context, to), scored = model.Transform(rows);
        int length = to - from + task.Context, origins = to - from - task.Horizon + 1, place = 0;
        var all = new float[_channels.Take(channels).Count() * origins * task.Horizon];
        DataViewSchema.Column column = scored.Schema[task.ForecastColumnName];
        using DataViewRowCursor cursor = scored.GetRowCursor([column]);
        ValueGetter<VBuffer<float>> getter = cursor.GetGetter<VBuffer<float>>(column);
        VBuffer<float> forecast = default;
        for (long row = 0; cursor.MoveNext(); row++)
        {
            long origin = row % length - (task.Context - 1);
            if (origin < 0 || origin >= origins)
                continue;
            getter(ref forecast);
            forecast.GetValues().CopyTo(all.AsSpan(place));
            place += task.Horizon;
        }

        return all;
    }

    /// <summary>The mean squared error of forecasts in the order of <see cref="Forecast"/>, in standard deviations.</summary>
    public double Error(float[] forecasts, int from, int to, int horizon)
    {
        int origins = to - from - horizon + 1, place = 0;
        double sum = 0;
        foreach (double[] values in _values)
        {
            for (int origin = 0; origin < origins; origin++)
            {
                for (int step = 0; step < horizon; step++, place++)
                    sum += Math.Pow(forecasts[place] - values[from + origin + step], 2);
            }
        }

        return double.IsFinite(sum) ? sum / place : throw new InvalidOperationException("A forecast is not a number: the training diverged.");
    }

    /// <summary>The windows before all origins of rows [from, to): channel by channel, origin by origin.</summary>
    public float[][] Windows(int context, int horizon, int from, int to) => [.. _values.SelectMany(values =>
        Enumerable.Range(from, to - from - horizon + 1).Select(origin => Array.ConvertAll(values[(origin - context)..origin], value => (float)value)))];

    private double[] Standardized(double[] values)
    {
        double mean = values.Take(TrainingEnd).Average(), deviation = Math.Sqrt(values.Take(TrainingEnd).Average(value => (value - mean) * (value - mean)));
        return Array.ConvertAll(values, value => (value - mean) / deviation);
    }

    internal sealed class Reading
    {
        public string Channel { get; set; } = "";

        public double Value { get; set; }
    }
}
