using Microsoft.ML;
using Microsoft.ML.Data;

namespace MLNet.Sequence.Bench;

/// <summary>Rows of seven noisy waves, generated when they are read.</summary>
internal static class Waves
{
    public const int Channels = 7;

    public static IDataView Rows(MLContext ml, int count) => ml.Data.LoadFromEnumerable(Enumerate(count));

    public static IDataView OneChannel(MLContext ml, int count) => ml.Data.LoadFromEnumerable(EnumerateOne(count));

    private static IEnumerable<Row> Enumerate(int count)
    {
        var random = new Random(1);
        for (int i = 0; i < count; i++)
        {
            var row = new Row { Values = new float[Channels] };
            for (int channel = 0; channel < Channels; channel++)
                row.Values[channel] = (float)(Math.Sin(i * (0.05 + 0.03 * channel)) + 0.1 * random.NextDouble());
            yield return row;
        }
    }

    private static IEnumerable<One> EnumerateOne(int count)
    {
        // One object for all rows, because the library's memory is measured.
        var row = new One();
        for (int i = 0; i < count; i++)
        {
            row.Value = MathF.Sin(i * 0.05f);
            yield return row;
        }
    }

    private sealed class Row
    {
        [VectorType(Channels)]
        public float[] Values { get; set; } = [];
    }

    private sealed class One
    {
        public float Value { get; set; }
    }
}
