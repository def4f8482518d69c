using System.Runtime.InteropServices;
using Microsoft.ML;
using Microsoft.ML.Data;
using Architecture = MLNet.Sequence.Architecture;

namespace MLNet.Sequence.Tests.Forecasts;

/// <summary>A time step of one series.</summary>
internal sealed class Step
{
    public string Series { get; set; } = "a";

    public DateTime Time { get; set; }

    public float Load { get; set; }

    public float Price { get; set; }

    public override string ToString() => $"{Series} {Time:O}";
}

/// <summary>Small series and models: training takes milliseconds.</summary>
internal static class TinyForecasting
{
    public const int Context = 8, Horizon = 3;

    public static Architecture TinyLstm => new Lstm { HiddenSize = 4 };

    public static Architecture TinyTcn => new Tcn { Channels = 4, KernelSize = 2 };

    public static TrainingOptions BriefTraining => new() { Epochs = 2, Seed = 11, LearningRate = 0.01 };

    public static ForecastingOptions Options => new() { Targets = ["Load"], Context = Context, Horizon = Horizon, Training = BriefTraining };

    public static ForecastingOptions SeriesOptions => Options with { SeriesColumnName = "Series", TimeColumnName = "Time", Inputs = ["Price"] };

    /// <summary>A wave with noise around a level that follows from the seed.</summary>
    public static List<Step> Steps(int count, int seed = 1, string series = "a")
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, count).Select(i => new Step
        {
            Series = series,
            Time = new DateTime(2020, 1, 1).AddHours(i),
            Load = (float)(100 * seed + 10 * Math.Sin(i / 3.0) + random.NextDouble()),
            Price = (float)(5 + random.NextDouble() * seed),
        })];
    }

    /// <summary>The steps of two series in turn, in pieces of different lengths.</summary>
    public static List<Step> Interleaved(List<Step> first, List<Step> second)
    {
        var rows = new List<Step>();
        for ((int i, int j) = (0, 0); i < first.Count || j < second.Count;)
        {
            for (int k = 0; k < 2 && i < first.Count; k++)
                rows.Add(first[i++]);
            if (j < second.Count)
                rows.Add(second[j++]);
        }

        return rows;
    }

    public static IDataView View(MLContext ml, IEnumerable<Step> steps) => ml.Data.LoadFromEnumerable(steps.ToList());

    public static ForecastingTransformer Fit(IEnumerable<Step> steps, ForecastingOptions? options = null, Architecture? architecture = null)
    {
        var ml = new MLContext(seed: 3);
        return ml.Forecasting.Trainers.Sequence(architecture ?? TinyLstm, options ?? Options).Fit(View(ml, steps));
    }

    /// <summary>The vectors of a column, row by row.</summary>
    public static float[][] Column(IDataView view, string name = "Forecast") => [.. view.GetColumn<float[]>(name)];

    /// <summary>The bits of numbers: NaN equals NaN, and only identical values are equal.</summary>
    public static int[] Bits(params IEnumerable<float[]> rows) => [.. rows.SelectMany(row => MemoryMarshal.Cast<float, int>(row).ToArray())];

    public static int[] Bits(SequenceModel model) => Bits(model.Weights.Select(weight => weight.Values.Items));

    public static void AssertNear(float[][] expected, float[][] actual, double tolerance)
    {
        Assert.HasCount(expected.Length, actual);
        for (int row = 0; row < expected.Length; row++)
        {
            Assert.HasCount(expected[row].Length, actual[row]);
            for (int i = 0; i < expected[row].Length; i++)
            {
                bool near = float.IsNaN(expected[row][i])
                    ? float.IsNaN(actual[row][i])
                    : expected[row][i] == actual[row][i] || Math.Abs(expected[row][i] - actual[row][i]) <= tolerance * Math.Max(1, Math.Abs(expected[row][i]));
                Assert.IsTrue(near, $"row {row}, value {i}: expected {expected[row][i]}, found {actual[row][i]}");
            }
        }
    }
}
